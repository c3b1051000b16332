// Adds lines to a results file.

import Foundation

/// A results file that grows by whole lines; they are on the disk when ``append(_:)`` returns.
struct ResultsWriter: ~Copyable {
    private let file: Descriptor
    private var length: Int
    private var isBroken = false

    /// Opens a file, which is made if there is none, and cuts off a line that was not written to its end.
    ///
    /// - Parameter unfinishedSize: the size of that line in bytes
    init(_ path: String, unfinishedSize: Int) throws {
        let file = try Descriptor(path, O_WRONLY | O_CREAT | O_APPEND)
        let length = try file.size() - unfinishedSize
        if unfinishedSize > 0 {
            if ftruncate(file.number, off_t(length)) != 0 { throw Descriptor.failure(path, "cannot be written") }
            try file.sync()
        }
        self.file = file
        self.length = length
    }

    /// Adds one line or several, each with the newline at its end.
    ///
    /// - Throws: ``WeftError``; the file then is as it was before. If not even that could be done, all later
    ///   calls throw, and the next ``init(_:unfinishedSize:)`` does it.
    mutating func append(_ lines: [UInt8]) throws {
        if isBroken { throw WeftError(.invalidFile, "\(file.path): cannot be written since the last error") }
        do {
            try file.write(lines)
            try file.sync()
        } catch {
            isBroken = ftruncate(file.number, off_t(length)) != 0
            throw error
        }
        length += lines.count
    }
}
