// weft grid: pictures in rows and columns with labels.

import ArgumentParser
import Foundation
import Weft
import WeftPixels

struct Grid: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts pictures with labels into one picture.",
        discussion: """
            Without --x and --y, pictures stand in the order given. With them, each stands where its metadata says: \
            weft grid *.png --x seed --y prompt -o sheet.png. Several --x or --y are nested, the first outermost.
            """)

    @Argument(help: "PNG files.")
    var pictures: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("The sheet.", valueName: "file.png"))
    var output: String

    @Option(parsing: .unconditional, help: "Pictures in a row. (default: about as many as rows)")
    var columns: Int?

    @Option(
        help: ArgumentHelp(
            "What stands under pictures: none, or some of \(GridField.list). (default: names; with --x or --y none)",
            valueName: "field,..."))
    var labels: GridLabels?

    @Option(help: ArgumentHelp("Columns by a field, in the manner of --labels.", valueName: "field"))
    var x: [GridField] = []

    @Option(help: ArgumentHelp("Rows by a field.", valueName: "field"))
    var y: [GridField] = []

    @Option(help: ArgumentHelp("Titles of columns; several are nested, the first outermost.", valueName: "text,..."))
    var columnTitles: [String] = []

    @Option(help: ArgumentHelp("Titles of rows.", valueName: "text,..."))
    var rowTitles: [String] = []

    @Option(help: ArgumentHelp("What stands above all.", valueName: "text"))
    var title = ""

    @Option(parsing: .unconditional, help: "How many pixels wide and high each pixel of the pictures becomes.")
    var scale = 1

    @Option(parsing: .unconditional, help: "The size of the labels in pixels, 8 to 96.")
    var fontSize = LabelledSheet.standardFontSize

    @Option(help: ArgumentHelp("A TrueType or OpenType font. (default: DejaVu Sans)", valueName: "file"))
    var font: String?

    func validate() throws {
        if let columns, columns < 1 { throw ValidationError("--columns must be at least 1, got \(columns)") }
        guard (1...64).contains(scale) else { throw ValidationError("--scale must be in 1...64, got \(scale)") }
        guard (8...96).contains(fontSize) else {
            throw ValidationError("--font-size must be in 8...96, got \(fontSize)")
        }
        guard output.lowercased().hasSuffix(".png") else {
            throw ValidationError("--output \(output): pictures are PNG files, end the name with .png")
        }
        let inOrder = [
            ("--columns", columns != nil), ("--column-titles", !columnTitles.isEmpty),
            ("--row-titles", !rowTitles.isEmpty),
        ]
        if let flag = inOrder.first(where: \.1)?.0, !x.isEmpty || !y.isEmpty {
            throw ValidationError("\(flag) is for pictures in the order given, --x and --y for an order by fields")
        }
        for (flag, fields) in [("--x", x), ("--y", y)] where fields.contains(.names) {
            throw ValidationError("\(flag) names: every picture has a name of its own")
        }
    }

    func run() throws {
        try OutputPath.check(output, flag: "--output")
        let target = URL(fileURLWithPath: output).standardizedFileURL
        if pictures.contains(where: { URL(fileURLWithPath: $0).standardizedFileURL == target }) {
            throw ValidationError("--output \(output) is one of the pictures")
        }
        let font = try font.map { try SheetFont(path: $0) }
        let files = try pictures.map { try GridFile(path: $0, scale: scale) }
        let sheet = try (x.isEmpty && y.isEmpty ? inOrder(files, font) : byFields(files, font)).drawn()
        try OutputPath.makeFolder(of: output)
        try PNG.write(sheet, to: output)
    }
}
