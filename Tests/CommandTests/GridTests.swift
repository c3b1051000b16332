// weft grid.

import Foundation
import Testing
import WeftPixels

@Suite final class GridTests {
    private let folder: String

    /// Six pictures of two prompts and three seeds, one of another program, and what is no picture.
    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("weft-grid-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
        for (row, prompt) in ["a red circle", "a blue star, small"].enumerated() {
            for seed in [10, 2, 1] {
                let text = try GenerationMetadata(
                    prompt: prompt, steps: 16, sampler: "categorical", guidanceScale: seed == 2 ? 2 : 1.5,
                    seed: UInt64(seed), width: 30, height: 20, model: "tiny", request: "{}"
                ).text()
                try PNG.write(Self.picture(row, seed), text: text, to: "\(folder)/\(row)-\(seed).png")
            }
        }
        try PNG.write(Picture(width: 8, height: 8, color: .black), to: "\(folder)/plain.png")
        try Data("no picture".utf8).write(to: url.appendingPathComponent("text.png"))
        try PNG.write(
            Picture(width: 8, height: 8, color: .black), text: [TextChunk(keyword: "weft", text: "{}")],
            to: "\(folder)/half.png")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func picture(_ row: Int, _ seed: Int) throws -> Picture {
        try Picture(width: 30, height: 20, color: RGB(red: UInt8(100 * row), green: UInt8(20 * seed), blue: 0))
    }

    private var all: [String] { [0, 1].flatMap { row in [10, 2, 1].map { "\(row)-\($0).png" } } }

    private func grid(_ arguments: [String]) throws -> Outcome { try Program.run(["grid"] + arguments, in: folder) }

    /// The sheet that some arguments make.
    private func sheet(_ arguments: String...) throws -> Picture {
        let outcome = try grid(arguments + ["-o", "new/sheet.png"])
        #expect(outcome.code == 0 && outcome.output == "" && outcome.errors == "")
        let (picture, text) = try PNG.read(path: "\(folder)/new/sheet.png")
        #expect(text == [])
        return picture
    }

    /// The sheet that the library makes of rows of pictures, named by row and seed, with captions.
    private func expected(
        title: String = "", columns: [SheetTitle] = [], rows: [SheetTitle] = [], _ names: [[(Int, Int)?]],
        caption: (Int, Int) -> String = { _, _ in "" }
    ) throws -> Picture {
        let cells = try names.map { row in
            try row.map { name in
                try SheetCell(
                    name.map { try Self.picture($0.0, $0.1) }, caption: name.map { caption($0.0, $0.1) } ?? "")
            }
        }
        return try LabelledSheet(title: title, columns: columns, rows: rows, cells: cells).drawn()
    }

    // MARK: - In the order given

    @Test func picturesAreNamed() throws {
        let names = [[(0, 10), (0, 2)], [(0, 1)]]
        let sheet = try sheet("0-10.png", "0-2.png", "0-1.png")
        #expect(try sheet == expected(names) { "\($0)-\($1)" })
        #expect(try self.sheet("0-10.png", "0-2.png", "0-1.png", "--labels", "names") == sheet)
        let bare = try self.sheet("0-10.png", "0-2.png", "0-1.png", "--labels", "none", "--columns", "1")
        #expect(try bare == expected([[(0, 10)], [(0, 2)], [(0, 1)]]))
    }

    @Test func labelsComeFromTheMetadata() throws {
        let sheet = try sheet("1-10.png", "--labels", "prompt,seed,size,tokens,sampler,guidance,model")
        let lines = "a blue star, small\nseed 10\n30x20\n16 tokens\ncategorical\nguidance 1.5\ntiny"
        #expect(try sheet == expected([[(1, 10)]]) { _, _ in lines })
        #expect(try self.sheet("0-2.png", "--labels", "guidance") == expected([[(0, 2)]]) { _, _ in "guidance 2" })
        // The size is known of every picture.
        #expect(try self.sheet("plain.png", "--labels", "size,names").width == 26 + 91 + 26)
    }

    @Test func titlesAreNested() throws {
        let sheet = try sheet(
            "0-1.png", "0-2.png", "1-1.png", "1-2.png", "--column-titles", "x,y", "--column-titles", "first,second",
            "--row-titles", "row", "--title", "All of them", "--labels", "none")
        let columns = [SheetTitle("x", ["first", "second"]), SheetTitle("y", ["first", "second"])]
        let names = [[(0, 1), (0, 2), (1, 1), (1, 2)]]
        #expect(try sheet == expected(title: "All of them", columns: columns, rows: ["row"], names))
        let rows = try self.sheet("0-1.png", "0-2.png", "1-1.png", "--row-titles", "a,b", "--labels", "none")
        #expect(try rows == expected(rows: ["a", "b"], [[(0, 1), (0, 2)], [(1, 1)]]))
    }

    @Test func pixelsAndLettersAreEnlarged() throws {
        let sheet = try sheet("0-10.png", "--scale", "3", "--font-size", "26", "--labels", "size")
        let cell = SheetCell(try Self.picture(0, 10).enlarged(by: 3), caption: "30x20")
        #expect(try sheet == LabelledSheet(cells: [[cell]], fontSize: 26).drawn())
    }

    @Test func anotherFontIsUsed() throws {
        let font = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
        try #require(FileManager.default.fileExists(atPath: font), "install fonts-dejavu-core")
        let sheet = try sheet("0-10.png", "--font", font)
        let cell = SheetCell(try Self.picture(0, 10), caption: "0-10")
        #expect(try sheet == LabelledSheet(cells: [[cell]], font: SheetFont(path: font)).drawn())
        #expect(try sheet != expected([[(0, 10)]]) { "\($0)-\($1)" })
    }

    // MARK: - By fields

    @Test func picturesStandWhereTheirFieldsSay() throws {
        let names = [[(0, 1), (0, 2), (0, 10)], [(1, 1), (1, 2), (1, 10)]]
        let seeds: [SheetTitle] = ["seed 1", "seed 2", "seed 10"]
        let prompts: [SheetTitle] = ["a red circle", "a blue star, small"]
        let sheet = try Program.run(
            ["grid"] + all + ["--x", "seed", "--y", "prompt", "-o", "a.png"], in: folder)
        #expect(sheet.code == 0)
        #expect(try PNG.read(path: "\(folder)/a.png").0 == expected(columns: seeds, rows: prompts, names))
        let other = try grid(all + ["--y", "seed", "--x", "prompt", "-o", "b.png", "--labels", "seed"])
        #expect(other.code == 0)
        let turned = (0..<3).map { row in (0..<2).map { names[$0][row] } }
        #expect(
            try PNG.read(path: "\(folder)/b.png").0
                == expected(columns: prompts, rows: seeds, turned) { "seed \($1)" })
    }

    @Test func fieldsAreNestedAndGapsAreGray() throws {
        let sheet = try sheet("0-10.png", "1-2.png", "0-2.png", "--x", "guidance", "--x", "seed", "--y", "prompt")
        let seeds: [SheetTitle] = ["seed 2", "seed 10"]
        let columns = [SheetTitle("guidance 1.5", seeds), SheetTitle("guidance 2", seeds)]
        let names = [[nil, (0, 10), (0, 2), nil], [nil, nil, (1, 2), nil]]
        #expect(try sheet == expected(columns: columns, rows: ["a red circle", "a blue star, small"], names))
    }

    // MARK: - Errors

    @Test func whatCannotBeDrawnIsAnErrorAndWritesNothing() throws {
        let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let cases = [
            (["no.png"], "no.png: cannot be read: No such file or directory"),
            (["text.png"], "text.png: it is not a PNG file"),
            (["half.png"], "half.png: the picture's metadata has no text \"parameters\""),
            (
                ["0-1.png", "plain.png", "--labels", "names,seed"],
                "plain.png: has no metadata of weft, and so nothing for --labels seed"
            ),
            (["plain.png", "--y", "model"], "plain.png: has no metadata of weft, and so nothing for --y model"),
            (
                ["0-1.png", "0-2.png", "--y", "prompt"],
                "0-1.png and 0-2.png have the same place: no --x or --y tells them apart"
            ),
            (["0-1.png", "--font", "no.ttf"], "no.ttf: cannot be read: No such file or directory"),
            (["0-1.png", "--font", "text.png"], "text.png: it is not a font, or a damaged one"),
            (["0-1.png", "--column-titles", "a,b"], "columns of the contact sheet: 1, titles for them: 2"),
            (
                ["0-1.png", "0-2.png", "0-10.png", "1-1.png", "1-2.png", "--row-titles", "a,b,c,d"],
                "rows of the contact sheet: 3, titles for them: 4"
            ),
        ]
        for (arguments, line) in cases {
            let outcome = try grid(arguments + ["-o", "new/sheet.png"])
            #expect(outcome.errors == "Error: \(line)\n")
            #expect(outcome.code == 1 && outcome.output == "")
        }
        let levels = Array(repeating: ["--column-titles", String(repeating: ",", count: 999)], count: 20).joined()
        let many = try grid(["0-1.png", "-o", "x.png"] + levels)
        #expect(many.errors == "Error: --column-titles: more than 1260 do not fit on a sheet\n" && many.code == 1)
        let nested = Array(repeating: ["--x", "seed"], count: 50).joined()
        let seeds = try grid(["0-1.png", "0-2.png", "-o", "x.png"] + nested)
        #expect(seeds.errors == "Error: --x: more than 1260 do not fit on a sheet\n" && seeds.code == 1)
        let place = try grid(["0-1.png", "-o", "no/such/sheet.png"])
        #expect(
            place.errors == "Error: --output no/such/sheet.png: the folder no/such does not exist and cannot be made\n")
        let large = try grid(
            Array(repeating: "0-1.png", count: 10) + ["--scale", "64", "--columns", "10", "-o", "x.png"])
        #expect(large.errors.hasPrefix("Error: a sheet of 10 pictures would have 19369x"))
        #expect(large.code == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
    }

    @Test func wrongFlagsAreUsageErrors() throws {
        let cases = [
            ([], "Missing expected argument '<pictures> ...'"),
            (["0-1.png", "--columns", "0"], "--columns must be at least 1, got 0"),
            (["0-1.png", "--columns", "-2"], "--columns must be at least 1, got -2"),
            (["0-1.png", "--scale", "0"], "--scale must be in 1...64, got 0"),
            (["0-1.png", "--font-size", "7"], "--font-size must be in 8...96, got 7"),
            (["0-1.png", "--x", "names"], "--x names: every picture has a name of its own"),
            (
                ["0-1.png", "--x", "seed", "--columns", "2"],
                "--columns is for pictures in the order given, --x and --y for an order by fields"
            ),
            (
                ["0-1.png", "--y", "seed", "--row-titles", "a"],
                "--row-titles is for pictures in the order given, --x and --y for an order by fields"
            ),
            (
                ["0-1.png", "--labels", "seed,nothing"],
                "The value 'seed,nothing' is invalid for '--labels <field,...>'"
            ),
        ]
        for (arguments, line) in cases {
            let outcome = try grid(arguments + ["-o", "sheet.png"])
            #expect(outcome.errors.hasPrefix("Error: \(line)"), "\(outcome.errors)")
            #expect(outcome.code == 64 && outcome.output == "")
        }
        let name = try grid(["0-1.png", "-o", "sheet.jpg"])
        #expect(
            name.errors.hasPrefix("Error: --output sheet.jpg: pictures are PNG files, end the name with .png")
                && name.code == 64)
        let before = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/0-1.png"))
        let same = try grid(["0-2.png", "0-1.png", "-o", "./0-1.png"])
        #expect(same.errors.hasPrefix("Error: --output ./0-1.png is one of the pictures") && same.code == 64)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/0-1.png")) == before)
    }
}
