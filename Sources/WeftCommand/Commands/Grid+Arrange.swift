// Where the pictures of weft grid stand.

import ArgumentParser
import Weft
import WeftPixels

extension Grid {
    /// The pictures as they were given, in rows.
    func inOrder(_ files: [GridFile], _ font: SheetFont?) throws -> LabelledSheet {
        let columnLevels = columnTitles.map(Self.parts)
        let rowLevels = rowTitles.map(Self.parts)
        let columnCount = try count(of: columnLevels, flag: "--column-titles")
        let rowCount = try count(of: rowLevels, flag: "--row-titles")
        let width = columns ?? columnCount ?? rowCount.map { (files.count + $0 - 1) / $0 }
        let cells = try LabelledSheet.rows(
            of: files.map { SheetCell($0.picture, caption: try caption(of: $0)) }, columns: width)
        return try LabelledSheet(
            title: title, columns: SheetTitle.combinations(of: columnLevels),
            rows: SheetTitle.combinations(of: rowLevels), cells: cells, fontSize: fontSize, font: font)
    }

    /// The pictures where their fields say.
    func byFields(_ files: [GridFile], _ font: SheetFont?) throws -> LabelledSheet {
        let columns = try GridAxis(x, of: files, flag: "--x")
        let rows = try GridAxis(y, of: files, flag: "--y")
        let columnCount = try count(of: columns.levels, flag: "--x") ?? 1
        let rowCount = try count(of: rows.levels, flag: "--y") ?? 1
        let empty = [SheetCell](repeating: SheetCell(nil), count: columnCount)
        var cells = [[SheetCell]](repeating: empty, count: rowCount)
        var taken: [[Int]: String] = [:]
        for file in files {
            let place = try [rows.place(of: file), columns.place(of: file)]
            if let other = taken.updateValue(file.path, forKey: place) {
                throw WeftError(
                    .invalidFile, "\(other) and \(file.path) have the same place: no --x or --y tells them apart")
            }
            cells[place[0]][place[1]] = SheetCell(file.picture, caption: try caption(of: file))
        }
        return try LabelledSheet(
            title: title, columns: columns.titles, rows: rows.titles, cells: cells, fontSize: fontSize, font: font)
    }

    private func caption(of file: GridFile) throws -> String {
        let fields = labels?.fields ?? (x.isEmpty && y.isEmpty ? [.names] : [])
        return try fields.map { try $0.label(of: file, flag: "--labels") }.joined(separator: "\n")
    }

    /// The rows or columns of nested levels; nil without a level.
    private func count(of levels: [[String]], flag: String) throws -> Int? {
        // The gap between two is as large as the letters, so that more could not fit.
        let most = PNG.maximumSide / fontSize
        let count = levels.reduce(1) { min($0, most + 1) * $1.count }
        guard count <= most else {
            throw WeftError(.invalidRequest, "\(flag): more than \(most) do not fit on a sheet")
        }
        return levels.isEmpty ? nil : count
    }

    private static func parts(of titles: String) -> [String] {
        titles.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
