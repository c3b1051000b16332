// The table as Markdown, CSV and JSON lines.

import Foundation

extension ExperimentTable {
    /// A table of GitHub's Markdown; after each mean stands its 95% interval in brackets. Ends with a newline.
    public var markdown: String {
        let rules = titles.indices.map { $0 < summary.axes.count ? "---" : "---:" }
        let cells = summary.cells.map { cell in
            cell.values.map { TableText.markdown($0.text) } + texts(of: cell).dropFirst(cell.values.count)
        }
        let rows = [titles.map(TableText.markdown), rules] + cells
        return rows.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    /// A table of comma-separated values with a header (RFC 4180: lines end with CR LF); an infinite number is `inf`.
    public var csv: String {
        let header = summary.axes.map(\.key) + Self.measuredColumns
        let rows = summary.cells.map { cell in
            cell.values.map(\.text) + numbers(of: cell).map { $0.map(Self.number) ?? "" }
        }
        return ([header] + rows).map { $0.map(TableText.csv).joined(separator: ",") + "\r\n" }.joined()
    }

    /// A JSON object a line with the same keys and order as ``csv``; the axes' values are texts, a number that is not
    /// there is `null`, and an infinite one the text `"inf"`.
    public var jsonLines: String {
        summary.cells.map { cell in
            let values = cell.values.map { "\(TableText.json($0.key)):\(TableText.json($0.text))" }
            let numbers = zip(Self.measuredColumns, numbers(of: cell)).map { column, number in
                let text = number.map { $0.isFinite ? Self.number($0) : TableText.json(Self.number($0)) } ?? "null"
                return "\"\(column)\":\(text)"
            }
            return "{\((values + numbers).joined(separator: ","))}\n"
        }.joined()
    }

    /// All digits that tell a number from its neighbors; a whole number without a point.
    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}
