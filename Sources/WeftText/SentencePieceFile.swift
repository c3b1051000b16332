// The check of a SentencePiece model before the library reads it.

/// Looks into the parts of a model file that the library trusts without checking them.
///
/// The character map of a normalizer is a double-array trie (S. Yata's Darts-clone) with the strings that it points
/// to; the library walks through it without looking at its bounds, so that a damaged one makes it read foreign memory.
enum SentencePieceFile {
    /// Why the library must not read the file; nil if it may.
    static func flaw(_ bytes: [UInt8]) -> String? {
        bytes.withUnsafeBytes { buffer in
            var isSound = true
            // ModelProto: the normalizer is field 3, the denormalizer field 5; their character map is field 2.
            let isReadable = forEachField(buffer) { number, content in
                guard number == 3 || number == 5 else { return }
                let isSpecReadable = forEachField(content) { number, content in
                    if number == 2, !isMapSound(content) { isSound = false }
                }
                if !isSpecReadable { isSound = false }
            }
            return isReadable && isSound ? nil : "it is damaged, or no SentencePiece model"
        }
    }

    /// Calls `body` with each field that has bytes (wire type 2); false if the message is not well-formed.
    private static func forEachField(
        _ message: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var place = 0
        while place < message.count {
            guard let tag = varint(message, &place), tag >> 3 > 0, tag <= UInt64(UInt32.max) else { return false }
            switch tag & 7 {
            case 0: guard varint(message, &place) != nil else { return false }
            case 1: place += 8
            case 5: place += 4
            case 2:
                guard let length = varint(message, &place), length <= UInt64(message.count - place) else {
                    return false
                }
                let end = place + Int(length)
                body(Int(tag >> 3), UnsafeRawBufferPointer(rebasing: message[place..<end]))
                place = end
            default: return false
            }
        }
        return place == message.count
    }

    private static func varint(_ message: UnsafeRawBufferPointer, _ place: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard place < message.count else { return nil }
            let byte = message[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    /// Whether no walk through the trie leaves it and no value points beyond the strings.
    ///
    /// The map: the trie's size in bytes (32 bits), its units (32 bits each), strings that each end with a zero byte.
    private static func isMapSound(_ map: UnsafeRawBufferPointer) -> Bool {
        if map.isEmpty { return true }
        guard map.count > 4 else { return false }
        let size = Int(UInt32(littleEndian: map.loadUnaligned(as: UInt32.self)))
        guard size >= 4, size % 4 == 0, size < map.count - 4, map.last == 0 else { return false }
        let count = size / 4
        let strings = map.count - 4 - size
        func unit(_ index: Int) -> UInt32 {
            UInt32(littleEndian: map.loadUnaligned(fromByteOffset: 4 + 4 * index, as: UInt32.self))
        }
        for index in 0..<count {
            let node = unit(index)
            // Units with this bit are values; a walk only reads them through the nodes that they belong to.
            if node >> 31 == 1 { continue }
            let offset = Int(node >> 10) << Int((node & 1 << 9) >> 6)
            let children = index ^ offset
            guard children | 0xFF < count else { return false }
            let hasValue = node >> 8 & 1 == 1
            if hasValue, Int(unit(children) & 0x7FFF_FFFF) >= strings { return false }
        }
        return true
    }
}
