// The pieces of a vocabulary by their bytes and by their ids.

/// A two-way table of pieces and ids, in flat arrays; pieces are told apart by their bytes.
struct PieceTable: Sendable {
    /// Ids are below this.
    static let maximumID = 1 << 24

    private var text: [UInt8] = []
    private var entries: [Entry] = []
    /// By the hash of the piece; -1 is empty.
    private var slots: [Int32]
    /// The entry of each id; -1 if no piece has the id.
    private var entryOfID: [Int32] = []

    private struct Entry {
        let start: Int
        let length: Int
        let id: Int32
    }

    /// The number of pieces.
    var count: Int { entries.count }
    /// One more than the largest id.
    var idLimit: Int { entryOfID.count }
    /// The length of the longest piece in bytes.
    private(set) var longest = 0

    /// A table with room for `capacity` pieces.
    init(capacity: Int = 0) {
        slots = Array(repeating: -1, count: max(16, Self.powerOfTwo(above: 2 * capacity)))
        entries.reserveCapacity(capacity)
    }

    private static func powerOfTwo(above count: Int) -> Int { 1 << (Int.bitWidth - count.leadingZeroBitCount) }

    /// Adds a piece.
    ///
    /// - Throws: ``TextError`` if the id is out of range or the piece or the id is there already.
    mutating func insert(_ piece: String, id: Int) throws {
        var piece = piece
        try piece.withUTF8 { try insert($0, id: id) }
    }

    /// Adds a piece by its bytes.
    ///
    /// - Throws: ``TextError`` if the id is out of range or the piece or the id is there already.
    mutating func insert(_ piece: UnsafeBufferPointer<UInt8>, id: Int) throws {
        let name = { String(decoding: piece, as: UTF8.self).shortened }
        guard id >= 0, id < Self.maximumID else {
            throw TextError("the piece \(name()) has the id \(id); ids are 0 to \(Self.maximumID - 1)")
        }
        if 2 * entries.count >= slots.count { grow() }
        var slot = firstSlot(piece)
        while slots[slot] >= 0 {
            if matches(entries[Int(slots[slot])], piece) { throw TextError("the piece \(name()) stands there twice") }
            slot = (slot + 1) & (slots.count - 1)
        }
        if id < entryOfID.count, entryOfID[id] >= 0 {
            throw TextError("the id \(id) of the piece \(name()) belongs to another piece too")
        }
        if id >= entryOfID.count {
            entryOfID.append(contentsOf: repeatElement(-1, count: id + 1 - entryOfID.count))
        }
        slots[slot] = Int32(entries.count)
        entryOfID[id] = Int32(entries.count)
        entries.append(Entry(start: text.count, length: piece.count, id: Int32(id)))
        text.append(contentsOf: piece)
        longest = max(longest, piece.count)
    }

    /// The id of a piece by its bytes.
    func id(of piece: UnsafeBufferPointer<UInt8>) -> Int32? {
        guard piece.count <= longest else { return nil }
        var slot = firstSlot(piece)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if matches(entry, piece) { return entry.id }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The id of a piece.
    func id(of piece: String) -> Int32? {
        var piece = piece
        return piece.withUTF8 { id(of: $0) }
    }

    /// The bytes of the piece of an id.
    func piece(of id: Int) -> ArraySlice<UInt8>? {
        guard entryOfID.indices.contains(id), entryOfID[id] >= 0 else { return nil }
        let entry = entries[Int(entryOfID[id])]
        return text[entry.start..<(entry.start + entry.length)]
    }

    /// The hash is seeded by the process, so that no file can be made to have only collisions.
    private func firstSlot(_ piece: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(piece))
        return hasher.finalize() & (slots.count - 1)
    }

    private func matches(_ entry: Entry, _ piece: UnsafeBufferPointer<UInt8>) -> Bool {
        guard entry.length == piece.count else { return false }
        return text.withUnsafeBufferPointer { text in
            UnsafeBufferPointer(rebasing: text[entry.start..<(entry.start + entry.length)]).elementsEqual(piece)
        }
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: 2 * slots.count)
        text.withUnsafeBufferPointer { text in
            for (index, entry) in entries.enumerated() {
                var slot = firstSlot(UnsafeBufferPointer(rebasing: text[entry.start..<(entry.start + entry.length)]))
                while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
                slots[slot] = Int32(index)
            }
        }
    }
}
