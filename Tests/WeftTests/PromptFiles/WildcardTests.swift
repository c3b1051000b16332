// Lines of files in place of wildcards.

import Foundation
import Testing
import Weft

@Suite struct WildcardTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    private func prompts(
        _ template: String, folder: String? = nil, _ mode: PromptExpansion.Mode = .combinations
    ) throws -> [String] {
        try PromptExpansion(fixture.file(template, "t.txt"), wildcards: folder, mode: mode).rows.map { row in
            guard case .text(let text) = row.prompt else { return "no text" }
            return text
        }
    }

    private func problem(_ template: String) -> [String] { fixture.lines { _ = try prompts(template) } }

    @Test func linesStandForTheWildcard() throws {
        try fixture.write(
            "# animals\nfox\r\n\n \n  red panda\n{wild|tame} cat\n2::dog\n".utf8, to: "wildcards/animal.txt")
        #expect(
            try prompts("a __animal__!") == ["a fox!", "a   red panda!", "a wild cat!", "a tame cat!", "a dog!"])
        #expect(try prompts("{__animal__|owl}").count == 6)
    }

    @Test func linesOfAWildcardAreChosenWithoutRepetition() throws {
        try fixture.write("a\nb\nc".utf8, to: "wildcards/x.txt")
        #expect(try prompts("{2$$__x__}") == ["a, b", "a, c", "b, a", "b, c", "c, a", "c, b"])
        #expect(try prompts("{2$$__x__|__x__}").count == 18)
        let drawn = try prompts("{3$$ $$__x__}", .random(count: 300, seed: 1))
        #expect(Set(drawn) == ["a b c", "a c b", "b a c", "b c a", "c a b", "c b a"])
    }

    @Test func wildcardsOfSubfoldersAndOfOtherFolders() throws {
        try fixture.write("oak".utf8, to: "wildcards/plants/old_tree-1.txt")
        try fixture.write("pine".utf8, to: "other/tree.txt")
        #expect(try prompts("__plants/old_tree-1__") == ["oak"])
        #expect(try prompts("__tree__", folder: fixture.folder + "/other") == ["pine"])
    }

    @Test func wildcardsMayHaveWildcards() throws {
        try fixture.write("__b__ x\n__c__".utf8, to: "wildcards/a.txt")
        try fixture.write("1\n2".utf8, to: "wildcards/b.txt")
        try fixture.write("__b____b__".utf8, to: "wildcards/c.txt")
        #expect(try prompts("__a__") == ["1 x", "2 x", "11", "12", "21", "22"])
    }

    @Test func wildcardsThatLeadBackAreErrors() throws {
        try fixture.write("x\n\n{y|__b__}".utf8, to: "wildcards/a.txt")
        try fixture.write("__a__".utf8, to: "wildcards/b.txt")
        #expect(
            problem("1\n__a__") == [
                #"t.txt:2: "prompt": __a__: wildcards/a.txt:3: __b__: wildcards/b.txt:1: __a__ leads back to itself: a > b > a"#
            ])
        try fixture.write("__c__".utf8, to: "wildcards/c.txt")
        #expect(
            problem("__c__") == [#"t.txt:1: "prompt": __c__: wildcards/c.txt:1: __c__ leads back to itself: c > c"#])
    }

    @Test func filesThatAreWrong() throws {
        #expect(problem("__no__") == [#"t.txt:1: "prompt": __no__: wildcards/no.txt: no such file"#])
        try fixture.write("# x\n\n".utf8, to: "wildcards/empty.txt")
        #expect(problem("__empty__") == [#"t.txt:1: "prompt": __empty__: wildcards/empty.txt: holds no lines"#])
        try fixture.write("a\n{b\n".utf8, to: "wildcards/open.txt")
        #expect(
            problem("__open__") == [
                #"t.txt:1: "prompt": __open__: wildcards/open.txt:2: a "{" has no "}"; write \{ for the character (byte 3 of the template)"#
            ])
        try fixture.write("0::a".utf8, to: "wildcards/zero.txt")
        #expect(
            problem("__zero__") == [
                #"t.txt:1: "prompt": __zero__: wildcards/zero.txt: the weights of a variant must have a sum above 0"#
            ])
        try fixture.write([0x61, 0x0a, 0xff], to: "wildcards/bytes.txt")
        #expect(
            problem("__bytes__") == [
                #"t.txt:1: "prompt": __bytes__: wildcards/bytes.txt:2: is not UTF-8 at byte 1 of the line"#
            ])
        try FileManager.default.createDirectory(
            atPath: fixture.folder + "/wildcards/folder.txt", withIntermediateDirectories: true)
        #expect(problem("__folder__") == [#"t.txt:1: "prompt": __folder__: wildcards/folder.txt: is a folder"#])
    }

    @Test(arguments: ["../secret", "/etc/hosts", "a/../../secret", "./a", "a//b", "a/"])
    func placesOutsideOfTheFolderAreErrors(name: String) throws {
        try fixture.write("s".utf8, to: "secret.txt")
        try fixture.write("s".utf8, to: "wildcards/a/b.txt")
        #expect(
            problem("__\(name)__") == [
                "t.txt:1: \"prompt\": __\(name)__: a wildcard's file must lie in the folder wildcards"
            ])
    }

    @Test func linksMayNotLeadOutside() throws {
        try fixture.write("s".utf8, to: "secret.txt")
        try fixture.write("in".utf8, to: "wildcards/a.txt")
        let files = FileManager.default
        try files.createSymbolicLink(
            atPath: fixture.folder + "/wildcards/out.txt", withDestinationPath: fixture.folder + "/secret.txt")
        try files.createSymbolicLink(atPath: fixture.folder + "/wildcards/in.txt", withDestinationPath: "a.txt")
        #expect(
            problem("__out__") == [
                #"t.txt:1: "prompt": __out__: wildcards/out.txt is a link to a place outside of the folder"#
            ])
        #expect(try prompts("__in__") == ["in"])
    }

    @Test(.timeLimit(.minutes(1))) func wildcardsThatDoubleThemselvesAreErrors() throws {
        for level in 0..<30 {
            try fixture.write("__w\(level + 1)____w\(level + 1)__".utf8, to: "wildcards/w\(level).txt")
        }
        try fixture.write("{|}".utf8, to: "wildcards/w30.txt")
        let problems = problem("__w0__")
        #expect(problems.count == 1 && problems[0].hasSuffix("takes more than 100000 variants for one prompt"))
    }

    @Test func wildcardsAreNestedToADepth() throws {
        for level in 0..<80 { try fixture.write("__d\(level + 1)__".utf8, to: "wildcards/d\(level).txt") }
        try fixture.write("x".utf8, to: "wildcards/d80.txt")
        #expect(try prompts("__d20__") == ["x"])
        #expect(problem("__d0__").count == 1 && problem("__d0__")[0].contains("is nested deeper than 64"))
        // What was read before does not make a chain longer.
        let problems = problem("__d20__\n__d0__")
        #expect(
            problems.count == 1 && problems[0].hasPrefix("t.txt:2:") && problems[0].contains("nested deeper than 64"))
    }
}
