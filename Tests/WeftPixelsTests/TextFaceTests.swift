// Fonts: widths, kerning, broken lines, pixels of letters, and files that are no fonts.

import Foundation
import Testing
@testable import WeftPixels

/// The same numbers in every run, so that a failure can be found again (Knuth's multiplier for 64 bits).
private struct FixedNumbers {
    private var state: UInt64 = 7

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}

@Suite struct TextFaceTests {
    private let face: TextFace

    init() throws { face = try TextFace(SheetFont.standard().regular, pixels: 16) }

    /// The pixels of a line in black on white.
    private func drawn(_ text: String, x: Int = 8) throws -> Picture {
        var picture = try Picture(width: 120, height: 40, color: .white)
        try face.draw(text, in: &picture, x: x, baseline: 28, color: .black)
        return picture
    }

    // MARK: - Widths, from the tables of DejaVu Sans 2.37: 2048 units an em

    @Test func widthsAreTheFonts() throws {
        // i has 569 units, W 2025, space 651: 16 / 2048 pixels each
        #expect(try face.width(of: "") == 0)
        #expect(try face.width(of: "i") == 5)
        #expect(try face.width(of: "iiiiiiii") == 36)
        #expect(try face.width(of: "WWWWWWWW") == 127)
        #expect(try face.width(of: " ") == 6)
    }

    @Test func pairsAreKerned() throws {
        let pair = try face.width(of: String(repeating: "AV", count: 10))
        let apart =
            try face.width(of: String(repeating: "A", count: 10)) + face.width(of: String(repeating: "V", count: 10))
        #expect(pair < apart - 10)
    }

    @Test func invisibleScalarsHaveNoWidth() throws {
        #expect(try face.width(of: "a\u{200D}b\u{FE0F}\u{AD}") == face.width(of: "ab"))
    }

    @Test func heightsFollowTheSize() throws {
        #expect(face.ascent == 15 && face.lineHeight == 19)
        let large = try TextFace(SheetFont.standard().regular, pixels: 64)
        #expect((3.8...4.2).contains(Double(large.lineHeight) / Double(face.lineHeight)))
    }

    // MARK: - Pixels

    @Test func lettersStandOnTheBaseline() throws {
        let picture = try drawn("H")
        let dark = (0..<40).filter { y in (0..<120).contains { picture[$0, y].red < 128 } }
        #expect(dark.first == 16 && dark.last == 27)
        let columns = (0..<120).filter { x in (0..<40).contains { picture[x, $0].red < 128 } }
        #expect((8...11).contains(columns.first ?? 0) && (17...20).contains(columns.last ?? 0))
    }

    @Test func edgesAreSmooth() throws {
        let values = Set(try drawn("OSe").pixels)
        #expect(values.count > 20 && values.contains(255) && (values.min() ?? 255) < 30)
    }

    @Test func lettersOfManyScriptsAreNotBoxes() throws {
        let box = try drawn("\u{10FFFF}")
        #expect(box != (try drawn("")))
        for letter in ["\u{416}", "\u{3A9}", "\u{5D0}", "\u{1EC7}", "\u{2192}", "\u{531}"] {
            let scalar = try #require(letter.unicodeScalars.first)
            #expect(face.has(scalar))
            #expect(try drawn(letter) != box && drawn(letter) != drawn(""))
        }
        #expect(!face.has("\u{4E2D}"))
        #expect(try drawn("\u{4E2D}") == box)
    }

    @Test func whatLiesOutsideIsLeftOut() throws {
        let whole = try drawn("WWW", x: 8)
        let cut = try drawn("WWW", x: -8)
        #expect(try cut.cropped(x: 0, y: 0, width: 60, height: 40) == whole.cropped(x: 16, y: 0, width: 60, height: 40))
        #expect(try drawn("W", x: 500) == drawn(""))
        var small = try Picture(width: 3, height: 3, color: .white)
        try face.draw("W", in: &small, x: -4, baseline: 6, color: .black)
        #expect(small.width == 3)
    }

    @Test func colorsAreMixedByShares() throws {
        var picture = try Picture(width: 4, height: 1, color: RGB(red: 100, green: 0, blue: 255))
        [UInt8(0), 51, 255, 255].withUnsafeBufferPointer {
            picture.cover($0, x: 0, y: 0, color: RGB(red: 200, green: 255, blue: 0))
            picture.cover($0, x: 3, y: 0, color: .black)
            picture.cover($0, x: 0, y: 1, color: .black)
        }
        #expect(picture.pixels == [100, 0, 255, 120, 51, 204, 200, 255, 0, 200, 255, 0])
    }

    // MARK: - Lines

    @Test func linesBreakAtSpaces() throws {
        #expect(try face.lines(of: "three red circles", width: 80, limit: 9) == ["three red", "circles"])
        #expect(try face.lines(of: "three red circles", width: 500, limit: 9) == ["three red circles"])
        #expect(try face.lines(of: "  a \t b\r\n\u{2028}c\u{0} d \n ", width: 500, limit: 9) == ["a b", "", "c d"])
        #expect(try face.lines(of: "", width: 10, limit: 1) == [])
        #expect(try face.lines(of: " \n\t", width: 10, limit: 1) == [])
    }

    @Test func longWordsBreakBetweenLetters() throws {
        #expect(try face.lines(of: "iiiiiiii", width: 18, limit: 9) == ["iiii", "iiii"])
        #expect(try face.lines(of: "WWW", width: 1, limit: 9) == ["W", "W", "W"])
        // Marks stay with their letters, and letters that exist as one are one.
        #expect(try face.lines(of: "q\u{301}q\u{301}", width: 11, limit: 9) == ["q\u{301}", "q\u{301}"])
        #expect(try face.lines(of: "e\u{301}", width: 99, limit: 9)[0].unicodeScalars.count == 1)
    }

    @Test func tooManyLinesEndWithAnEllipsis() throws {
        let two = try face.lines(of: "three red circles and a star", width: 80, limit: 2)
        #expect(two == ["three red", "circles\u{2026}"])
        #expect(try face.width(of: "circles a\u{2026}") > 80)
        #expect(try face.lines(of: "a\nb", width: 80, limit: 1) == ["a\u{2026}"])
        #expect(try face.lines(of: "three red circles", width: 80, limit: 2) == ["three red", "circles"])
        #expect(try face.lines(of: "WW", width: 1, limit: 1) == ["\u{2026}"])
    }

    @Test(arguments: [20, 37, 64, 91, 200])
    func noLineIsTooWide(width: Int) throws {
        var random = FixedNumbers()
        for _ in 0..<50 {
            let text = String((0..<60).map { _ in Array("abcW \u{416}i\n-")[random.next(9)] })
            let lines = try face.lines(of: text, width: width, limit: 5)
            #expect(lines.count <= 5)
            for line in lines { #expect(try face.width(of: line) <= width, "\(text.debugDescription)") }
        }
    }
}

@Suite struct SheetFontTests {
    @Test func theStandardFontHasABoldKind() throws {
        let font = try SheetFont.standard()
        #expect(font.regular.path.hasSuffix("/DejaVuSans.ttf"))
        #expect(font.bold.path.hasSuffix("/DejaVuSans-Bold.ttf"))
        let named = try SheetFont(path: font.regular.path)
        #expect(named.bold == named.regular && named.regular == font.regular)
    }

    @Test func theFirstFolderThatHasItCounts() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weft-font-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(
            throws: PictureError(
                "there is no font for labels: DejaVuSans.ttf is not in /nowhere, \(folder.path); "
                    + "install fonts-dejavu-core (Debian) or dejavu-sans-fonts (Fedora), or name a font file")
        ) { try SheetFont.standard(in: ["/nowhere", folder.path]) }
        let bytes = try SheetFont.standard().regular.bytes
        try Data(bytes).write(to: folder.appendingPathComponent("DejaVuSans.ttf"))
        let font = try SheetFont.standard(in: ["/nowhere", folder.path])
        #expect(font.regular.bytes == bytes && font.bold == font.regular)
    }

    @Test func whatIsNoFontIsAnErrorThatNamesIt() throws {
        #expect(throws: PictureError("cannot be read: No such file or directory", file: "/no/font.ttf")) {
            try SheetFont(path: "/no/font.ttf")
        }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("weft-\(UUID().uuidString).ttf").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let whole = try SheetFont.standard().regular.bytes
        let cases = [
            ([], "the file is empty"), (Array("no font".utf8), "it is not a font, or a damaged one"),
            (Array(whole[..<1000]), "it is not a font, or a damaged one"),
        ]
        for (bytes, reason) in cases {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(throws: PictureError(reason, file: path)) { try SheetFont(path: path) }
        }
    }

    @Test func sizesAreChecked() throws {
        let file = try SheetFont.standard().regular
        for size in [3, 257, 0] {
            #expect(throws: PictureError("letters cannot have \(size) pixels; 4 to 256 can be drawn", file: file.path))
            {
                try TextFace(file, pixels: size)
            }
        }
        for size in [-1, Int.max] { #expect(throws: PictureError.self) { try TextFace(file, pixels: size) } }
    }

    /// A damaged font gives letters or an error.
    @Test func damagedFontsDoNotCrash() throws {
        let whole = try SheetFont.standard().regular
        var random = FixedNumbers()
        var outcomes: Set<Bool> = []
        for round in 0..<60 {
            var bytes = whole.bytes
            // Half of the rounds hit the table directory and the first tables.
            for _ in 0..<40 { bytes[random.next(round % 2 == 0 ? 400 : bytes.count)] = UInt8(random.next(256)) }
            let file = SheetFont.File(path: "damaged", bytes: bytes)
            do {
                let face = try TextFace(file, pixels: 24)
                var picture = try Picture(width: 100, height: 40, color: .white)
                try face.draw("Weft \u{416}", in: &picture, x: 0, baseline: 30, color: .black)
                outcomes.insert(true)
            } catch let error as PictureError {
                #expect(error.file == "damaged")
                outcomes.insert(false)
            }
        }
        #expect(outcomes == [true, false])
    }
}
