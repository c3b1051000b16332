// The model of a byte-pair tokenizer: pieces, merges, and what happens to characters that no piece has.

/// A vocabulary with ranked merges.
struct BytePairModel: Sendable {
    /// The pieces.
    let pieces: PieceTable
    /// What two pieces become, by the ids of both.
    let merges: [UInt64: Merge]
    /// The id for characters without a piece; nil if there is none.
    let unknownID: Int32?
    /// Whether neighbouring unknown characters become one unknown piece.
    let fusesUnknown: Bool
    /// Whether a word that is a piece is that piece, whatever the merges say.
    let ignoresMerges: Bool
    /// The ids of the pieces `<0x00>` to `<0xFF>` that stand in for characters without a piece; -1 where one is
    /// missing. Empty if the model does not do that.
    let byteIDs: [Int32]

    /// The key of two ids in `merges`.
    static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// The ids of a word; `scratch` is memory that is used again.
    func append(_ word: ArraySlice<UInt16>, to ids: inout [Int], scratch: inout [UInt8]) {
        scratch.removeAll(keepingCapacity: true)
        _ = transcode(word.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) {
            scratch.append($0)
        }
        guard !scratch.isEmpty else { return }
        scratch.withUnsafeBufferPointer { bytes in
            if ignoresMerges, let id = pieces.id(of: bytes) {
                ids.append(Int(id))
                return
            }
            ids += PairMerger.ids(of: symbols(bytes)) { left, right in merges[Self.pair(left.id, right.id)] }
        }
    }

    /// One symbol for each character, and those that stand in for characters without a piece.
    private func symbols(_ bytes: UnsafeBufferPointer<UInt8>) -> [MergeSymbol] {
        var symbols: [MergeSymbol] = []
        symbols.reserveCapacity(bytes.count)
        // The unknown piece is added late, after bytes that follow it, as the reference library does.
        var unknown: MergeSymbol?
        var start = 0
        while start < bytes.count {
            var end = start + 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            defer { start = end }
            let character = start..<end
            if let id = pieces.id(of: UnsafeBufferPointer(rebasing: bytes[character])) {
                if let waiting = unknown { symbols.append(waiting) }
                unknown = nil
                symbols.append(MergeSymbol(id: id, bytes: character))
                continue
            }
            if !byteIDs.isEmpty, character.allSatisfy({ byteIDs[Int(bytes[$0])] >= 0 }) {
                for place in character {
                    symbols.append(MergeSymbol(id: byteIDs[Int(bytes[place])], bytes: place..<(place + 1)))
                }
                continue
            }
            guard let unknownID else { continue }
            if let waiting = unknown {
                if fusesUnknown { continue }
                symbols.append(waiting)
            }
            unknown = MergeSymbol(id: unknownID, bytes: character)
        }
        if let unknown { symbols.append(unknown) }
        return symbols
    }
}
