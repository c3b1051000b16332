// What a zip file says about one of its entries, in the directory and before the entry.

import Foundation

/// A header of the zip directory.
struct ZipEntryHeader {
    /// The entry's name.
    let name: String
    /// Where the entry starts: a header of its own, then its bytes.
    let localHeader: Int
    /// Where the next header of the directory starts.
    let end: Int
    private let nameBytes: Range<Int>
    private let flags: Int
    private let method: Int
    private let size: Int
    private let compressedSize: Int

    /// Reads a header; nil if it is malformed or does not end by `limit`.
    init?(_ file: UnsafeRawBufferPointer, at start: Int, limit: Int) {
        guard start <= limit - 46, file.number(UInt32.self, at: start) == 0x0201_4b50,
            let flags = file.number(UInt16.self, at: start + 8), let method = file.number(UInt16.self, at: start + 10),
            let compressedSize = file.number(UInt32.self, at: start + 20),
            let size = file.number(UInt32.self, at: start + 24),
            let nameLength = file.number(UInt16.self, at: start + 28),
            let extraLength = file.number(UInt16.self, at: start + 30),
            let commentLength = file.number(UInt16.self, at: start + 32),
            let localHeader = file.number(UInt32.self, at: start + 42)
        else { return nil }
        nameBytes = start + 46..<start + 46 + nameLength
        let extra = nameBytes.upperBound..<nameBytes.upperBound + extraLength
        end = extra.upperBound + commentLength
        guard end <= limit, let name = String(bytes: file[nameBytes], encoding: .utf8),
            let numbers = Self.widened([size, compressedSize, localHeader], file, extra)
        else { return nil }
        self.name = name
        self.flags = flags
        self.method = method
        (self.size, self.compressedSize, self.localHeader) = (numbers[0], numbers[1], numbers[2])
    }

    /// Replaces the numbers that need more than 32 bits by those that stand in the extra field 1, in the same order.
    private static func widened(_ numbers: [Int], _ file: UnsafeRawBufferPointer, _ extra: Range<Int>) -> [Int]? {
        guard numbers.contains(0xffff_ffff) else { return numbers }
        var field = extra.lowerBound
        while let kind = file.number(UInt16.self, at: field), let length = file.number(UInt16.self, at: field + 2),
            field + 4 + length <= extra.upperBound
        {
            guard kind == 1 else {
                field += 4 + length
                continue
            }
            var (result, position) = (numbers, field + 4)
            for index in result.indices where result[index] == 0xffff_ffff {
                guard position + 8 <= field + 4 + length, let number = file.number(UInt64.self, at: position) else {
                    return nil
                }
                result[index] = number
                position += 8
            }
            return result
        }
        return nil
    }

    /// Where the entry's bytes lie, which must end by `limit`.
    ///
    /// Throws ``WeightsError`` for an entry that is not stored as it is, or whose own header says otherwise.
    func data(in file: UnsafeRawBufferPointer, limit: Int, path: String) throws -> Range<Int> {
        func error(_ reason: String) -> WeightsError {
            WeightsError(file: path, "the zip entry \"\(name)\" \(reason)")
        }
        guard flags & 1 == 0 else { throw error("is encrypted") }
        guard method == 0, size == compressedSize else {
            throw error("is compressed, which PyTorch's files never are")
        }
        guard file.number(UInt32.self, at: localHeader) == 0x0403_4b50,
            file.number(UInt16.self, at: localHeader + 8) == method,
            let nameLength = file.number(UInt16.self, at: localHeader + 26),
            let extraLength = file.number(UInt16.self, at: localHeader + 28), nameLength == nameBytes.count,
            localHeader + 30 + nameLength + extraLength <= limit,
            file[localHeader + 30..<localHeader + 30 + nameLength].elementsEqual(file[nameBytes])
        else { throw error("has no header of its own that agrees with the zip directory") }
        let start = localHeader + 30 + nameLength + extraLength
        guard size <= limit - start else { throw error("lies outside of the file: \(size) bytes at \(start)") }
        return start..<start + size
    }
}
