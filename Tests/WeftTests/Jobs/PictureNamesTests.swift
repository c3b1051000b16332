// File names that every file system holds, one for each id.

import Testing

@testable import Weft

@Suite struct PictureNamesTests {
    @Test(arguments: [
        ("a", "a.png"), ("a b-c_d(1)", "a b-c_d(1).png"), ("\u{E9}\u{1F408}", "\u{E9}\u{1F408}.png"),
        ("a/b\\c:d", "a%2Fb%5Cc%3Ad.png"), ("*?\"<>|%~", "%2A%3F%22%3C%3E%7C%25%7E.png"), (".a.", "%2Ea%2E.png"),
        (" a ", "%20a%20.png"), (".", "%2E.png"), ("..", "%2E%2E.png"), ("a.b", "a.b.png"), ("con", "%63on.png"),
        ("NUL.txt", "%4EUL.txt.png"), ("com1", "%63om1.png"), ("com0", "com0.png"), ("console", "console.png"),
    ])
    func encodes(id: String, name: String) { #expect(PictureNames.files([id]) == [name]) }

    @Test func namesThatAFileSystemMixesUpAreToldApart() {
        func mark(_ id: String, _ digits: Int = 16) -> String {
            "~\(SHA256.hex(of: Array(id.utf8)).prefix(digits)).png"
        }
        #expect(PictureNames.files(["a", "A", "b"]) == ["a.png", "A" + mark("A"), "b.png"])
        #expect(PictureNames.files(["A", "a"]) == ["A.png", "a" + mark("a")])
        #expect(PictureNames.files(["\u{C9}", "e\u{301}"]) == ["\u{C9}.png", "e\u{301}" + mark("e\u{301}")])
        // An id that looks like a name that was made has another, since ~ is encoded.
        let made = "A~\(SHA256.hex(of: Array("A".utf8)).prefix(16))"
        #expect(PictureNames.files(["a", made, "A"])[1] == made.replacing("~", with: "%7E") + ".png")
    }

    @Test func longNamesAreCut() {
        let slashes = [199, 200].map { String(repeating: "/", count: $0) }
        let names = PictureNames.files(
            slashes + [String(repeating: "\u{E9}", count: 100), String(repeating: "x", count: 200)])
        #expect(Set(names).count == 4)
        #expect(names.allSatisfy { $0.utf8.count <= 221 && $0.hasSuffix(".png") })
        #expect(names[0].hasPrefix("%2F%2F") && names[0].contains("~"))
        #expect(names[2] == String(repeating: "\u{E9}", count: 100) + ".png")
        #expect(names[3] == String(repeating: "x", count: 200) + ".png")
    }

    @Test func idsAreChecked() throws {
        func text(_ id: String) -> String {
            errorText { try JobPicture(id: id, row: 7, index: 0, prompt: "", seed: 0) }
        }
        #expect(text("") == "row 7: the id is empty")
        #expect(text("a\nb") == "row 7: the id \"a\\nb\" has a control character")
        #expect(text("a\u{0}") == "row 7: the id \"a\\0\" has a control character")
        #expect(text("\u{85}").hasSuffix("has a control character"))
        let long = String(repeating: "x", count: 201)
        #expect(text(long) == "row 7: the id \"\(long.prefix(40))...\" has 201 bytes; the most is 200")
        #expect(text(String(long.dropLast())) == "")
    }
}
