// Labelled sheets: where pictures stand, to the pixel, and that text is where it belongs.

import Foundation
import Testing
@testable import WeftPixels

private let red = RGB(red: 200, green: 10, blue: 10)
private let blue = RGB(red: 10, green: 10, blue: 200)
private let hairline = RGB(red: 218, green: 221, blue: 225)

private func square(_ color: RGB, _ width: Int = 40, _ height: Int = 40) throws -> Picture {
    try Picture(width: width, height: height, color: color)
}

/// The pixels of a part of a picture that are not white.
private func inked(_ picture: Picture, x: Range<Int>, y: Range<Int>) -> Int {
    y.reduce(0) { sum, row in sum + x.count { picture[$0, row] != .white } }
}

@Suite struct LabelledSheetTests {
    // MARK: - Without text, where no font is needed

    @Test func picturesStandInRowsWithHairlines() throws {
        let cells = [[SheetCell(try square(red)), SheetCell(try square(blue))], [SheetCell(try square(blue, 30, 20))]]
        let sheet = try LabelledSheet(cells: cells).drawn()
        // margins of 26, gaps of 13
        #expect(sheet.width == 26 + 40 + 13 + 40 + 26)
        #expect(sheet.height == 26 + 40 + 13 + 20 + 26)
        #expect(try sheet.cropped(x: 26, y: 26, width: 40, height: 40) == square(red))
        #expect(try sheet.cropped(x: 79, y: 26, width: 40, height: 40) == square(blue))
        #expect(try sheet.cropped(x: 26, y: 79, width: 30, height: 20) == square(blue, 30, 20))
        #expect(sheet[25, 25] == hairline && sheet[66, 66] == hairline)
        #expect(sheet[24, 25] == .white && sheet[67, 66] == .white)
        // The second row is short.
        #expect(inked(sheet, x: 58..<sheet.width, y: 68..<sheet.height) == 0)
    }

    @Test func missingPicturesAreGray() throws {
        let sheet = try LabelledSheet(cells: [[SheetCell(try square(red)), SheetCell(nil)], [SheetCell(nil)]]).drawn()
        #expect(sheet[79, 26] == RGB(red: 243, green: 244, blue: 246))
        #expect(sheet[26, 26 + 40 + 13 + 12] == RGB(red: 243, green: 244, blue: 246))
        #expect(sheet.height == 26 + 40 + 13 + 13 + 26)
    }

    @Test func groupsStandApart() throws {
        let cells = Array(repeating: Array(repeating: SheetCell(try square(red)), count: 4), count: 2)
        let columns = SheetTitle.combinations(of: [["", ""], ["", ""]])
        let sheet = try LabelledSheet(
            columns: columns, rows: [SheetTitle("", [""]), SheetTitle("", [""])], cells: cells)
        let layout = try SheetLayout(of: sheet, faces: nil)
        #expect(layout.columns.map(\.x) == [26, 79, 151, 204])
        #expect(layout.rows.map(\.y) == [26, 98])
        // Halfway between the groups of rows, from margin to margin
        let drawn = try sheet.drawn()
        #expect(layout.rowRules == [82])
        #expect(drawn[26, 82] == hairline && drawn[drawn.width - 27, 82] == hairline)
        #expect(drawn[25, 82] == .white && drawn[drawn.width - 26, 82] == .white)
    }

    @Test func rowsAreCutFromAList() throws {
        let cells = [SheetCell](repeating: SheetCell(nil), count: 5)
        #expect(try LabelledSheet.rows(of: cells).map(\.count) == [3, 2])
        #expect(try LabelledSheet.rows(of: cells, columns: 2).map(\.count) == [2, 2, 1])
        #expect(try LabelledSheet.rows(of: cells, columns: .max).map(\.count) == [5])
        #expect(try LabelledSheet.rows(of: []) == [])
        #expect(throws: PictureError("a contact sheet cannot have 0 columns")) {
            try LabelledSheet.rows(of: cells, columns: 0)
        }
    }

    // MARK: - With text

    @Test func textStandsWhereItBelongs() throws {
        let cell = SheetCell(try square(red, 100, 50), caption: "under")
        let sheet = try LabelledSheet(title: "Title", columns: ["column"], rows: ["row"], cells: [[cell]])
        let faces = try SheetFaces(.standard(), size: 13)
        let layout = try SheetLayout(of: sheet, faces: faces)
        let drawn = try sheet.drawn()
        let (left, top) = (layout.columns[0].x, layout.rows[0].y)
        #expect(try drawn.cropped(x: left, y: top, width: 100, height: 50) == square(red, 100, 50))
        let heading = faces.heading(level: 0)
        #expect(left == 26 + (try heading.width(of: "row")) + 16)
        #expect(top == 26 + faces.title.lineHeight + 13 + heading.lineHeight + 5)
        #expect(drawn.height == top + 50 + 5 + faces.caption.lineHeight + 26)
        // title, title of the column, title of the row, caption; and nothing else
        let titleBottom = 26 + faces.title.lineHeight
        let parts = [
            (26..<drawn.width - 26, 26..<titleBottom), (left..<left + 100, titleBottom..<top - 1),
            (26..<left - 16, top..<top + heading.lineHeight), (left..<left + 100, top + 51..<drawn.height - 26),
        ]
        let inks = parts.map { inked(drawn, x: $0.0, y: $0.1) }
        #expect(inks.allSatisfy { $0 > 40 })
        let whole = inked(drawn, x: 0..<drawn.width, y: 0..<drawn.height)
        #expect(inks.reduce(0, +) + 102 * 52 == whole)
    }

    @Test func equalSheetsHaveEqualPixels() throws {
        let cells = [[SheetCell(try square(red), caption: "one"), SheetCell(nil, caption: "failed")]]
        let sheet = try LabelledSheet(title: "\u{416}", columns: ["a", "b"], cells: cells, fontSize: 20)
        #expect(try sheet.drawn() == sheet.drawn())
        let other = [[SheetCell(try square(red), caption: "two"), SheetCell(nil, caption: "failed")]]
        #expect(
            try LabelledSheet(title: "\u{416}", columns: ["a", "b"], cells: other, fontSize: 20).drawn()
                != sheet.drawn())
    }

    @Test func captionsAndTitlesAreBroken() throws {
        let long = String(repeating: "words without end ", count: 50)
        let cell = SheetCell(try square(red, 64, 64), caption: long)
        let sheet = try LabelledSheet(rows: [SheetTitle(long, ["short"])], cells: [[cell]])
        let faces = try SheetFaces(.standard(), size: 13)
        let layout = try SheetLayout(of: sheet, faces: faces)
        let caption = layout.captions[0][0].lines
        #expect(layout.columns[0].width == 91)
        #expect(caption.count == 8 && caption[7].hasSuffix("\u{2026}"))
        for line in caption { #expect(try faces.caption.width(of: line) <= 91) }
        // The group's title has no more lines than its row has room for.
        let group = layout.rowTitles[0][0].lines
        #expect(group.count * faces.heading(level: 0).lineHeight <= layout.rows[0].height)
        #expect(group.count > 4 && group.last?.hasSuffix("\u{2026}") == true)
        #expect(layout.height == layout.rows[0].y + layout.rows[0].height + 26)
    }

    @Test func captionsStandUnderTheirOwnPictures() throws {
        let cells = [
            [SheetCell(try square(red, 90, 90), caption: "a"), SheetCell(try square(red, 30, 30), caption: "b")]
        ]
        let layout = try SheetLayout(of: LabelledSheet(cells: cells), faces: SheetFaces(.standard(), size: 13))
        #expect(layout.captions[0].map(\.y) == [26 + 90 + 5, 26 + 30 + 5])
        #expect(layout.columns.map(\.width) == [91, 91])
    }

    @Test func groupsOfColumnsAreUnderlined() throws {
        let cells = [[SheetCell](repeating: SheetCell(try square(red)), count: 4)]
        let columns = SheetTitle.combinations(of: [["64x64", "128x128"], ["0.7", "1"]])
        let sheet = try LabelledSheet(columns: columns, cells: cells)
        let layout = try SheetLayout(of: sheet, faces: SheetFaces(.standard(), size: 13))
        let drawn = try sheet.drawn()
        let y = layout.columnRules[0]
        let (first, second) = (layout.columns[0], layout.columns[2])
        #expect((first.x..<first.x + 91 + 13 + 91).allSatisfy { drawn[$0, y] == hairline })
        #expect(drawn[second.x - 1, y] == .white && drawn[second.x, y] == hairline)
        #expect(second.x - first.x == 2 * 91 + 13 + 13 + 19)
        #expect(
            layout.columnTitles.map { $0.map(\.lines) } == [
                [["64x64"], ["128x128"]], [["0.7"], ["1"], ["0.7"], ["1"]],
            ])
    }

    // MARK: - Errors

    @Test func whatCannotBeASheetIsAnError() throws {
        let cell = SheetCell(try square(red))
        #expect(throws: PictureError("a contact sheet needs a picture")) { try LabelledSheet(cells: []) }
        #expect(throws: PictureError("a contact sheet needs a picture")) {
            try LabelledSheet(cells: [[SheetCell(nil)]])
        }
        #expect(throws: PictureError("columns of the contact sheet: 2, titles for them: 3")) {
            try LabelledSheet(columns: ["a", SheetTitle("b", ["c", "d"])], cells: [[cell, cell], [cell]])
        }
        #expect(throws: PictureError("rows of the contact sheet: 1, titles for them: 2")) {
            try LabelledSheet(rows: ["a", "b"], cells: [[cell]])
        }
        #expect(throws: PictureError("some titles of the columns are nested more deeply than others")) {
            try LabelledSheet(columns: ["a", SheetTitle("b", ["c"])], cells: [[cell, cell]])
        }
        for size in [7, 97, -1, Int.max] {
            #expect(
                throws: PictureError("the labels of a contact sheet cannot have \(size) pixels; 8 to 96 are possible")
            ) { try LabelledSheet(cells: [[cell]], fontSize: size) }
        }
    }

    @Test func sheetsThatNoFileCanHoldAreErrors() throws {
        let wide = SheetCell(try square(red, 9000, 1))
        #expect(
            throws: PictureError(
                "a sheet of 2 pictures would have 18065x65 pixels; a side has at most 16384, and all have 67108864")
        ) { try LabelledSheet(cells: [[wide, wide]]).drawn() }
        let long = SheetCell(try square(red, 1, 9000))
        #expect(throws: PictureError.self) { try LabelledSheet(cells: [[wide], [long]]).drawn() }
    }
}

@Suite struct SheetTitleTests {
    @Test func combinationsAreNested() {
        #expect(SheetTitle.combinations(of: []) == [])
        #expect(SheetTitle.combinations(of: [["a", "b"]]) == ["a", "b"])
        #expect(
            SheetTitle.combinations(of: [["a", "b"], ["1", "2"]])
                == [SheetTitle("a", ["1", "2"]), SheetTitle("b", ["1", "2"])])
        #expect(SheetTitle.combinations(of: [["a"], []]) == [])
        #expect(SheetTitle.combinations(of: [[], ["a"]]) == [])
    }

    @Test func levelsSayWhatTitlesStandOver() throws {
        let titles: [SheetTitle] = [SheetTitle("a", ["1", "2"]), SheetTitle("b", ["3"])]
        #expect(
            try SheetTitle.levels(titles, kind: "rows") == [
                [SheetSpan(text: "a", range: 0..<2), SheetSpan(text: "b", range: 2..<3)],
                [
                    SheetSpan(text: "1", range: 0..<1), SheetSpan(text: "2", range: 1..<2),
                    SheetSpan(text: "3", range: 2..<3),
                ],
            ])
        #expect(try SheetTitle.levels([], kind: "rows") == [])
    }
}
