// Reads the rows of a file and collects what is wrong with them.

import WeftTensor

/// The rows of a file while it is read.
struct PromptRowReader {
    private var rows: [PromptRow] = []
    private var errors: PromptFileError
    /// Rows so far, those that are wrong included.
    private var count = 0

    /// Nothing is read yet.
    init(path: String) { errors = PromptFileError(file: path) }

    /// Reads a prompt a line.
    mutating func readText(_ bytes: UnsafeRawBufferPointer) throws {
        try PromptBytes.lines(bytes) { number, line in
            if line.first == UInt8(ascii: "#") || isBlank(line) { return }
            try take(line: number) { row in
                try row.set(.prompt, to: CSVCell(content: PromptBytes.text(of: line)))
            }
        }
    }

    /// Reads an object a line.
    mutating func readJSONLines(_ bytes: UnsafeRawBufferPointer) throws {
        try PromptBytes.lines(bytes) { number, line in
            if isBlank(line) { return }
            try take(line: number) { row in
                _ = try PromptBytes.text(of: line)
                guard let object = try JSONMembers(line) else {
                    throw RowProblem("must be a JSON object, got \(Excerpt.plain(line))")
                }
                if BatchRequest.keys.contains(where: { object[$0] != nil }) {
                    return try BatchRequest.read(object, into: &row)
                }
                for (key, value) in object.members { try row.set(PromptKey(naming: key), to: value) }
            }
        }
    }

    /// Reads rows of cells below a row of names.
    mutating func readCSV(_ bytes: UnsafeRawBufferPointer) throws {
        var reader = CSVReader(bytes)
        var columns: [PromptKey] = []
        while true {
            do {
                guard let record = try reader.next() else { return }
                if record.cells.count == 1, record.cells[0].content.allSatisfy(\.isWhitespace) { continue }
                if columns.isEmpty {
                    columns = try header(record)
                } else {
                    try take(line: record.line) { row in
                        guard record.cells.count == columns.count else {
                            throw RowProblem("has \(record.cells.count) cells; the header has \(columns.count)")
                        }
                        for (key, cell) in zip(columns, record.cells) { try row.set(key, to: cell) }
                    }
                }
            } catch let failure as CSVReader.Failure {
                errors.add(line: failure.line, failure.problem.description)
                // Without names there is nothing to make of the rows.
                if columns.isEmpty { try errors.throwIfAny() }
                count += 1
            }
        }
    }

    private func header(_ record: CSVReader.Record) throws -> [PromptKey] {
        var columns: [PromptKey] = []
        for (index, cell) in record.cells.enumerated() {
            func fail(_ reason: String) -> CSVReader.Failure {
                CSVReader.Failure(line: record.line, problem: RowProblem("column \(index + 1): \(reason)"))
            }
            let name = cell.content.trimmed
            if name.isEmpty { throw fail("has no name") }
            do {
                let key = try PromptKey(naming: name)
                if columns.contains(key) { throw fail("\(Excerpt.quoted(name)) stands in the header twice") }
                columns.append(key)
            } catch let problem as RowProblem {
                throw fail(problem.description)
            }
        }
        return columns
    }

    /// Takes a row that begins on a line.
    private mutating func take(line: Int, _ read: (inout PromptRowBuilder) throws -> Void) throws {
        guard count < PromptFile.mostRows else {
            throw PromptFileError(file: errors.file, "has more than \(PromptFile.mostRows) prompts; split it")
        }
        var builder = PromptRowBuilder(line: line, row: count)
        count += 1
        do {
            try read(&builder)
            rows.append(try builder.finish())
        } catch {
            errors.add(line: line, "\(error)")
        }
    }

    /// The rows.
    ///
    /// - Parameter validate: called with each of them
    /// - Throws: ``PromptFileError`` if any is wrong, if two pictures have the same id, or if there are none
    mutating func finish(_ validate: (PromptRow) throws -> Void) throws -> [PromptRow] {
        for row in rows {
            do { try validate(row) } catch { errors.add(line: row.line, "\(error)") }
        }
        PromptIds.check(rows, &errors)
        try errors.throwIfAny()
        guard !rows.isEmpty else { throw PromptFileError(file: errors.file, "holds no prompts") }
        return rows
    }

    private func isBlank(_ line: UnsafeRawBufferPointer) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmed: String {
        let kept = drop { $0 == " " || $0 == "\t" }
        return String(kept.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
