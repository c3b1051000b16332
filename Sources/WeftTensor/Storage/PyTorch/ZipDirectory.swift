// The directory of a zip file whose entries are stored as they are.

/// Where the entries of a zip file lie: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
///
/// Only entries without compression are known, as PyTorch writes them; so no file can grow while it is read.
struct ZipDirectory {
    /// The entries by name, in bytes from the start of the file.
    private(set) var entries: [String: Range<Int>] = [:]

    /// More entries than any checkpoint has.
    private static let largestCount = 1 << 18

    private let file: UnsafeRawBufferPointer
    private let path: String

    /// Reads the directory at the end of the bytes of a whole file; throws ``WeightsError``.
    init(_ file: UnsafeRawBufferPointer, path: String) throws {
        self.file = file
        self.path = path
        let end = try findEnd()
        var count = Int(number(end + 10, UInt16.self))
        var size = Int(number(end + 12, UInt32.self))
        var start = Int(number(end + 16, UInt32.self))
        if count == 0xffff || size == 0xffff_ffff || start == 0xffff_ffff {
            (count, size, start) = try large(before: end)
        }
        guard count >= 0, count <= Self.largestCount else { throw error("the directory has \(count) entries") }
        guard start >= 0, size >= 0, start <= end, size <= end - start else {
            throw error("the directory lies outside of the file: cut off or not a zip file")
        }
        var position = start
        for _ in 0..<count { try readEntry(&position, limit: start + size) }
        try checkOverlaps()
    }

    /// The place of the record that ends the file.
    private func findEnd() throws -> Int {
        guard file.count >= 22 else { throw error("has \(file.count) bytes, too few for a zip file") }
        var position = file.count - 22
        let last = max(0, file.count - 22 - 0xffff)
        while position >= last {
            if number(position, UInt32.self) == 0x0605_4b50 { return position }
            position -= 1
        }
        throw error("has no directory at its end: cut off or not a zip file")
    }

    /// Count, size and start of the directory in the record for large files.
    private func large(before end: Int) throws -> (Int, Int, Int) {
        guard end >= 20, number(end - 20, UInt32.self) == 0x0706_4b50 else {
            throw error("the record of a large zip file is missing")
        }
        guard let place = Int(exactly: number(end - 12, UInt64.self)), place >= 0, place <= end - 56,
            number(place, UInt32.self) == 0x0606_4b50, let count = Int(exactly: number(place + 32, UInt64.self)),
            let size = Int(exactly: number(place + 40, UInt64.self)),
            let start = Int(exactly: number(place + 48, UInt64.self))
        else { throw error("the record of a large zip file is damaged") }
        return (count, size, start)
    }

    private mutating func readEntry(_ position: inout Int, limit: Int) throws {
        guard limit - position >= 46, number(position, UInt32.self) == 0x0201_4b50 else {
            throw error("the directory is damaged")
        }
        let lengths = (28...32).filter { $0 % 2 == 0 }.map { Int(number(position + $0, UInt16.self)) }
        let (nameLength, extraLength, commentLength) = (lengths[0], lengths[1], lengths[2])
        guard limit - position - 46 >= nameLength + extraLength + commentLength else {
            throw error("the directory is damaged")
        }
        let nameBytes = file[position + 46..<position + 46 + nameLength]
        guard let name = String(validating: nameBytes, as: UTF8.self) else {
            throw error("an entry's name is not UTF-8")
        }
        var sizes = [
            UInt64(number(position + 24, UInt32.self)), UInt64(number(position + 20, UInt32.self)),
            UInt64(number(position + 42, UInt32.self)),
        ]
        try readLargeSizes(&sizes, position + 46 + nameLength, count: extraLength, name: name)
        let method = number(position + 10, UInt16.self)
        guard method == 0 else {
            throw error("the entry \"\(name)\" is compressed; PyTorch stores tensors as they are")
        }
        guard number(position + 8, UInt16.self) & 1 == 0 else { throw error("the entry \"\(name)\" is encrypted") }
        guard let size = Int(exactly: sizes[0]), sizes[1] == sizes[0], let header = Int(exactly: sizes[2]),
            header <= file.count - 30, number(header, UInt32.self) == 0x0403_4b50
        else { throw error("the entry \"\(name)\" lies outside of the file") }
        let data = header + 30 + Int(number(header + 26, UInt16.self)) + Int(number(header + 28, UInt16.self))
        guard data <= file.count, size <= file.count - data else {
            throw error("the entry \"\(name)\" lies outside of the file")
        }
        guard entries.updateValue(data..<data + size, forKey: name) == nil else {
            throw error("the entry \"\(name)\" is there twice")
        }
        position += 46 + nameLength + extraLength + commentLength
    }

    /// Replaces the sizes that do not fit into 32 bits: size, stored size, place.
    private func readLargeSizes(_ sizes: inout [UInt64], _ start: Int, count: Int, name: String) throws {
        var position = start
        let end = start + count
        while end - position >= 4 {
            let (kind, length) = (number(position, UInt16.self), Int(number(position + 2, UInt16.self)))
            position += 4
            guard length <= end - position else { throw error("the entry \"\(name)\" is damaged") }
            if kind == 1 {
                var field = position
                for index in sizes.indices where sizes[index] == 0xffff_ffff {
                    guard position + length - field >= 8 else { throw error("the entry \"\(name)\" is damaged") }
                    sizes[index] = number(field, UInt64.self)
                    field += 8
                }
            }
            position += length
        }
    }

    private func checkOverlaps() throws {
        var last = 0
        for (name, range) in entries.sorted(by: { $0.value.lowerBound < $1.value.lowerBound }) where !range.isEmpty {
            guard range.lowerBound >= last else { throw error("the entry \"\(name)\" overlaps another one") }
            last = range.upperBound
        }
    }

    private func number<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> T {
        T(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    private func error(_ reason: String) -> WeightsError { WeightsError(file: path, reason) }
}
