// The bytes of a prompt file, if they can be those of one.

import Foundation

/// Reads files of text.
enum PromptBytes {
    /// All bytes of a file, without a byte order mark.
    ///
    /// - Throws: ``PromptFileError`` about the whole file: it cannot be read, is a folder, is too large or is UTF-16
    static func read(_ path: String) throws -> [UInt8] {
        func fail(_ reason: String) -> PromptFileError { PromptFileError(file: path, reason) }
        func failedCall() -> PromptFileError {
            errno == ENOENT ? fail("no such file") : fail("cannot be read: \(String(cString: strerror(errno)))")
        }
        if path.isEmpty { throw PromptFileError(file: "\"\"", "a file name cannot be empty") }
        if path.utf8.contains(0) { throw fail("a file name cannot have a zero character") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw failedCall() }
        defer { close(descriptor) }
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw failedCall() }
        if status.st_mode & S_IFMT == S_IFDIR { throw fail("is a folder") }
        let isTooLarge = fail("is larger than \(PromptFile.largestFile) bytes; split it")
        if status.st_size > PromptFile.largestFile { throw isTooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size) + 1)
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Foundation.read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw failedCall() }
            if count == 0 { break }
            bytes += piece[..<count]
            if bytes.count > PromptFile.largestFile { throw isTooLarge }
        }
        return try text(bytes, path)
    }

    /// The bytes without a byte order mark.
    ///
    /// - Throws: ``PromptFileError`` for UTF-16 and UTF-32
    static func text(_ bytes: [UInt8], _ path: String) throws -> [UInt8] {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return Array(bytes.dropFirst(3)) }
        let isMarked = bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff])
        // Without a mark, every other byte of common text is zero.
        let head = bytes.prefix(64)
        let zeros = head.indices.filter { head[$0] == 0 }
        if isMarked || head.count >= 4 && zeros.count * 5 >= head.count * 2 {
            throw PromptFileError(file: path, "is UTF-16 or UTF-32; save it as UTF-8")
        }
        return bytes
    }

    /// Calls `body` with each line, counted from 1, without its end; a line end is a line feed, or a carriage return and
    /// a line feed.
    static func lines(_ bytes: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer) throws -> Void) rethrows {
        var start = 0
        var number = 1
        while start < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
            let found = memchr(rest.baseAddress!, 0x0a, rest.count)
            let count = found.map { rest.baseAddress!.distance(to: $0) } ?? rest.count
            let end = count > 0 && rest[count - 1] == 0x0d ? count - 1 : count
            try body(number, UnsafeRawBufferPointer(rebasing: rest[..<end]))
            start += count + 1
            number += 1
        }
    }

    /// The text of a line.
    ///
    /// - Throws: ``RowProblem`` for a line that is too long, and for bytes that are no UTF-8
    static func text(of line: UnsafeRawBufferPointer) throws -> String {
        guard line.count <= PromptFile.largestLine else {
            throw RowProblem("the line has \(line.count) bytes; the most is \(PromptFile.largestLine)")
        }
        let text = String(decoding: line, as: UTF8.self)
        if let byte = firstInvalidByte(of: line, decoded: text) {
            throw RowProblem("is not UTF-8 at byte \(byte + 1) of the line")
        }
        return text
    }

    /// Where the bytes stop being UTF-8: what is wrong was decoded as U+FFFD, whose own bytes begin there.
    private static func firstInvalidByte(of bytes: UnsafeRawBufferPointer, decoded: String) -> Int? {
        guard !decoded.utf8.elementsEqual(bytes) else { return nil }
        let decoded = Array(decoded.utf8)
        var place = zip(decoded, bytes).prefix { $0 == $1 }.count
        while place > 0, place < decoded.count, decoded[place] & 0xc0 == 0x80 { place -= 1 }
        return place
    }
}
