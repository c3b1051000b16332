// The rows or columns of a grid that is sorted by what its pictures tell.

import WeftPixels

/// Rows or columns by fields of pictures.
struct GridAxis {
    private let fields: [GridField]
    private let flag: String
    /// The labels of each field, in the order of the sheet.
    let levels: [[String]]

    /// The labels that some pictures have: numbers in their order, words in the order of the pictures.
    init(_ fields: [GridField], of files: [GridFile], flag: String) throws {
        self.fields = fields
        self.flag = flag
        levels = try fields.map { field in
            var labels: [String] = []
            for label in try files.map({ try field.label(of: $0, flag: flag) }) where !labels.contains(label) {
                labels.append(label)
            }
            return field.order.map { labels.sorted(by: $0) } ?? labels
        }
    }

    var titles: [SheetTitle] { SheetTitle.combinations(of: levels) }

    /// The row or column of a picture.
    func place(of file: GridFile) throws -> Int {
        try zip(fields, levels).reduce(0) { place, part in
            let label = try part.0.label(of: file, flag: flag)
            return place * part.1.count + (part.1.firstIndex(of: label) ?? 0)
        }
    }
}
