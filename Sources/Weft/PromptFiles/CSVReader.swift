// Rows of a CSV file.

/// Reads comma-separated values front to back.
///
/// Source: RFC 4180; lines may end without a carriage return, too.
struct CSVReader {
    /// One row of cells.
    struct Record {
        /// The line on which it begins, from 1.
        let line: Int
        /// From left to right; an empty line is a record of one empty cell.
        let cells: [CSVCell]
    }

    /// What is wrong with a row; reading goes on behind it.
    struct Failure: Error {
        /// The line on which it is wrong, from 1.
        let line: Int
        let problem: RowProblem
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var line = 1

    /// `bytes` must outlive the reader.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next row, or nil at the end.
    ///
    /// - Throws: ``Failure``
    mutating func next() throws -> Record? {
        guard position < bytes.count else { return nil }
        let first = (line: line, position: position)
        var cells: [CSVCell] = []
        do {
            repeat { cells.append(try cell()) } while take(UInt8(ascii: ","))
        } catch {
            // The rest of a row that is wrong goes to the end of its line.
            while position < bytes.count, bytes[position] != 0x0a { position += 1 }
            _ = takeLineEnd()
            throw error
        }
        try check(UnsafeRawBufferPointer(rebasing: bytes[first.position..<position]), line: first.line)
        _ = takeLineEnd()
        return Record(line: first.line, cells: cells)
    }

    /// Throws if the bytes of a row are too many or no UTF-8.
    private func check(_ record: UnsafeRawBufferPointer, line first: Int) throws {
        guard record.count <= PromptFile.largestLine else {
            throw Failure(
                line: first,
                problem: RowProblem("the row has \(record.count) bytes; the most is \(PromptFile.largestLine)"))
        }
        try PromptBytes.lines(record) { number, line in
            do {
                _ = try PromptBytes.text(of: line)
            } catch let problem as RowProblem {
                throw Failure(line: first + number - 1, problem: problem)
            }
        }
    }

    /// Takes a cell, up to the comma or line end behind it.
    private mutating func cell() throws -> CSVCell {
        guard peek() == UInt8(ascii: "\"") else {
            let start = position
            while !isAtLineEnd, peek() != UInt8(ascii: ",") {
                if peek() == UInt8(ascii: "\"") {
                    throw failure("a cell that is not in quotation marks has one: \(shown(from: start))")
                }
                position += 1
            }
            return CSVCell(content: String(decoding: bytes[start..<position], as: UTF8.self))
        }
        return try quoted()
    }

    private mutating func quoted() throws -> CSVCell {
        let first = line
        var start = position + 1
        var content: [UInt8] = []
        position += 1
        while let byte = peek() {
            position += 1
            if byte == 0x0a { line += 1 }
            guard byte == UInt8(ascii: "\"") else { continue }
            content += bytes[start..<position - 1]
            start = position
            // Two quotation marks stand for one.
            if peek() == UInt8(ascii: "\"") {
                position += 1
                continue
            }
            guard isAtLineEnd || peek() == UInt8(ascii: ",") else {
                throw failure("behind the quotation mark that ends a cell stands \(shown(from: position))")
            }
            return CSVCell(content: String(decoding: content, as: UTF8.self))
        }
        throw Failure(line: first, problem: RowProblem("a quotation mark is never closed"))
    }

    private func failure(_ text: String) -> Failure { Failure(line: line, problem: RowProblem(text)) }

    private func shown(from start: Int) -> String { Excerpt.plain(bytes[start...].prefix { $0 != 0x0a && $0 != 0x0d }) }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// Whether a line feed, a carriage return with one, or the end of the file comes next.
    private var isAtLineEnd: Bool {
        guard let byte = peek() else { return true }
        if byte == 0x0a { return true }
        return byte == 0x0d && (position + 1 == bytes.count || bytes[position + 1] == 0x0a)
    }

    private mutating func takeLineEnd() -> Bool {
        _ = take(0x0d)
        guard take(0x0a) else { return false }
        line += 1
        return true
    }
}
