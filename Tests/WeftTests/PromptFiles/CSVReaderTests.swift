// Records of comma-separated values, with their lines.

import Testing

@testable import Weft

@Suite struct CSVReaderTests {
    /// A record, or what is wrong in its place.
    private struct Outcome: Equatable, CustomStringConvertible {
        let line: Int
        var cells: [String] = []
        var problem: String?
        var description: String { "\(line): \(problem ?? "\(cells)")" }
    }

    private func read(_ text: String) throws -> [Outcome] {
        try Array(text.utf8).withUnsafeBytes { bytes in
            var reader = CSVReader(bytes)
            var result: [Outcome] = []
            while true {
                do {
                    guard let record = try reader.next() else { return result }
                    result.append(Outcome(line: record.line, cells: record.cells.map(\.content)))
                } catch let failure as CSVReader.Failure {
                    result.append(Outcome(line: failure.line, problem: failure.problem.description))
                }
            }
        }
    }

    private static let cases: [(String, [(Int, [String])])] = [
        ("", []),
        ("a", [(1, ["a"])]),
        ("a\n", [(1, ["a"])]),
        ("a\r\n", [(1, ["a"])]),
        ("a\r", [(1, ["a"])]),
        ("a\n\nb", [(1, ["a"]), (2, [""]), (3, ["b"])]),
        ("a,b\r\nc,d\r\n", [(1, ["a", "b"]), (2, ["c", "d"])]),
        (",", [(1, ["", ""])]),
        ("a,\n,b", [(1, ["a", ""]), (2, ["", "b"])]),
        ("\"\"", [(1, [""])]),
        ("\"\",\"\"\n", [(1, ["", ""])]),
        ("\"a,b\",c", [(1, ["a,b", "c"])]),
        ("\"a\"\"b\"\"\",c", [(1, ["a\"b\"", "c"])]),
        ("\"\"\"\"", [(1, ["\""])]),
        ("\"a\r\nb\nc\",d\r\ne", [(1, ["a\r\nb\nc", "d"]), (4, ["e"])]),
        ("a\rb,c", [(1, ["a\rb", "c"])]),
        (" a , b ", [(1, [" a ", " b "])]),
        ("狐,\u{1F98A}\n", [(1, ["狐", "\u{1F98A}"])]),
    ]

    @Test(arguments: cases.indices) func recordsAreRead(index: Int) throws {
        let (text, expected) = Self.cases[index]
        #expect(try read(text) == expected.map { Outcome(line: $0.0, cells: $0.1) })
    }

    @Test func readingGoesOnAtTheNextLine() throws {
        let outcomes = try read("a\"b,c\n\"d\ne\"f,g\nh\n\"i\nj")
        #expect(
            outcomes == [
                Outcome(line: 1, problem: "a cell that is not in quotation marks has one: a\"b,c"),
                Outcome(line: 3, problem: "behind the quotation mark that ends a cell stands f,g"),
                Outcome(line: 4, cells: ["h"]),
                Outcome(line: 5, problem: "a quotation mark is never closed"),
            ])
    }

    @Test func whatIsShownOfALongLineIsShort() throws {
        let long = String(repeating: "x", count: 2_000_000)
        let outcomes = try read("\(long)\"\n\"a\" \(long)\nb\n")
        #expect(outcomes.map(\.line) == [1, 2, 3])
        let shown = long.prefix(60)
        #expect(outcomes[0].problem == "a cell that is not in quotation marks has one: \(shown)...")
        #expect(
            outcomes[1].problem == "behind the quotation mark that ends a cell stands  \(shown.dropLast())...")
        #expect(outcomes[2].cells == ["b"])
        #expect(try read(long)[0].problem == "the row has 2000000 bytes; the most is 1048576")
    }
}
