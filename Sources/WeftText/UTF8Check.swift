// Where bytes stop being UTF-8.

/// The check of UTF-8.
enum UTF8Check {
    /// The offset of the first byte that begins no well-formed sequence (Unicode, table 3-7), or nil if all do.
    static func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var place = 0
            while place < bytes.count {
                if bytes[place] < 0x80 {
                    place += 1
                    continue
                }
                guard let length = length(bytes, at: place) else { return place }
                place += length
            }
            return nil
        }
    }

    /// The length of the well-formed sequence of several bytes that begins at `place`.
    private static func length(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int? {
        let first = bytes[place]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if first == 0xE0 { second = 0xA0...0xBF }
            if first == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            length = 4
            if first == 0xF0 { second = 0x90...0xBF }
            if first == 0xF4 { second = 0x80...0x8F }
        default: return nil
        }
        guard place + length <= bytes.count, second.contains(bytes[place + 1]) else { return nil }
        for offset in 2..<max(2, length) where bytes[place + offset] & 0xC0 != 0x80 { return nil }
        return length
    }
}
