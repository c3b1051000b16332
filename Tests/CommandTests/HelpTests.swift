// The complete texts of --help and --version.

import Testing

@Suite struct HelpTests {
    @Test func theVersionIsPrinted() throws {
        let outcome = try Program.run(["--version"])
        #expect(outcome.output == "0.1.0\n")
        #expect(outcome.errors == "")
        #expect(outcome.code == 0)
    }

    @Test func noArgumentsPrintTheHelp() throws {
        let outcome = try Program.run([])
        #expect(outcome.output == Self.texts[""])
        #expect(outcome.code == 0)
    }

    @Test(arguments: texts.keys.sorted())
    func helpIsThisText(command: String) throws {
        let outcome = try Program.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(outcome.output == Self.texts[command])
        #expect(outcome.errors == "")
        #expect(outcome.code == 0)
        #expect(
            try Program.run(["help"] + command.split(separator: " ").map(String.init)).output == Self.texts[command])
    }
}
