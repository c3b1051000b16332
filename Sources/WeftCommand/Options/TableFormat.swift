// How tables are printed.

import ArgumentParser
import WeftPixels

/// A table's format on stdout.
enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    case md, csv, jsonl

    /// Writes a table in every format to a folder's `table.md`, `table.csv` and `table.jsonl`, and prints it in this one.
    func show(markdown: String, csv: String, jsonLines: String, in folder: String) throws {
        for format in Self.allCases {
            let text = format == .md ? markdown : format == .csv ? csv : jsonLines
            try AtomicFile.write([UInt8](text.utf8), to: "\(folder)/table.\(format.rawValue)")
            if format == self { print(text, terminator: "") }
        }
    }
}
