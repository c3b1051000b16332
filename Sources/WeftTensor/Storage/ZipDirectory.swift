// Finds the entries of a zip file: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

import Foundation

/// The checked directory of a zip file whose entries are stored as they are, the 64-bit form included.
///
/// Nothing is unpacked: an entry is a range of the file's bytes, and its name is only ever compared.
struct ZipDirectory {
    /// Where the bytes of each entry lie, by its name.
    let entries: [String: Range<Int>]

    /// Bytes of the directory.
    static let largestDirectory = 1 << 23
    /// Entries of a file.
    static let largestCount = 1 << 16

    /// Reads the directory at the end of the file and the header before each entry.
    ///
    /// Throws ``WeightsError`` for what is cut off or malformed, for entries that are compressed or encrypted, and for
    /// entries that overlap or have the same name.
    init(_ file: UnsafeRawBufferPointer, path: String) throws {
        let (directory, count) = try Self.find(file, path)
        guard directory.count <= Self.largestDirectory, count <= Self.largestCount else {
            throw WeightsError(file: path, "the zip directory is too large: \(count) entries, \(directory.count) bytes")
        }
        var entries: [String: Range<Int>] = [:]
        var spans: [(span: Range<Int>, name: String)] = []
        var position = directory.lowerBound
        for number in 0..<count {
            guard let header = ZipEntryHeader(file, at: position, limit: directory.upperBound) else {
                throw WeightsError(file: path, "entry \(number) of the zip directory is malformed")
            }
            let data = try header.data(in: file, limit: directory.lowerBound, path: path)
            guard entries.updateValue(data, forKey: header.name) == nil else {
                throw WeightsError(file: path, "the zip entry \"\(header.name)\" is there twice")
            }
            spans.append((header.localHeader..<data.upperBound, header.name))
            position = header.end
        }
        spans.sort { $0.span.lowerBound < $1.span.lowerBound }
        for (entry, following) in zip(spans, spans.dropFirst())
        where following.span.lowerBound < entry.span.upperBound {
            throw WeightsError(file: path, "the zip entries \"\(entry.name)\" and \"\(following.name)\" overlap")
        }
        self.entries = entries
    }

    /// Where the directory lies and how many entries it has, from the records that end the file.
    private static func find(_ file: UnsafeRawBufferPointer, _ path: String) throws -> (Range<Int>, Int) {
        let missing = WeightsError(file: path, "the zip directory is missing: the file is cut off")
        // A comment may follow the last record, which holds its length.
        let candidates = stride(from: file.count - 22, through: max(0, file.count - 22 - 0xffff), by: -1)
        guard
            let end = candidates.first(where: { end in
                file.number(UInt32.self, at: end) == 0x0605_4b50
                    && file.number(UInt16.self, at: end + 20) == file.count - end - 22
            }), var count = file.number(UInt16.self, at: end + 10), var size = file.number(UInt32.self, at: end + 12),
            var start = file.number(UInt32.self, at: end + 16)
        else { throw missing }
        var limit = end
        if file.number(UInt32.self, at: end - 20) == 0x0706_4b50 {
            guard let record = file.number(UInt64.self, at: end - 12), record <= end - 20 - 56,
                file.number(UInt32.self, at: record) == 0x0606_4b50,
                let longCount = file.number(UInt64.self, at: record + 32),
                let longSize = file.number(UInt64.self, at: record + 40),
                let longStart = file.number(UInt64.self, at: record + 48)
            else { throw missing }
            (count, size, start, limit) = (longCount, longSize, longStart, record)
        }
        guard start <= limit, size <= limit - start else {
            throw WeightsError(file: path, "the zip directory lies outside of the file's \(file.count) bytes")
        }
        return (start..<start + size, count)
    }
}

extension UnsafeRawBufferPointer {
    /// The little-endian number at an offset; nil if it is not inside of the bytes or no `Int`.
    func number<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> Int? {
        guard offset >= 0, offset <= count - MemoryLayout<T>.size else { return nil }
        return Int(exactly: T(littleEndian: loadUnaligned(fromByteOffset: offset, as: T.self)))
    }
}
