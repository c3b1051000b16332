// The key "model" of a tokenizer.json.

extension BytePairModel {
    /// Reads a model of type BPE.
    ///
    /// - Throws: ``TextError`` that names the key and its value.
    init(_ value: JSONValue) throws {
        var object = try JSONComponent(value, path: "model")
        if let type = object.take("type") {
            guard case .string("BPE") = type else { throw TextError("model.type \(type.summary) is not supported") }
        }
        if let dropout = object.take("dropout") {
            guard case .integer(0) = dropout else {
                throw TextError("model.dropout \(dropout.summary) is not supported")
            }
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let value = object.take(key) {
                guard case .string("") = value else {
                    throw TextError("model.\(key) \(value.summary) is not supported")
                }
            }
        }
        let pieces = try Self.vocabulary(object.take("vocab"))
        self.pieces = pieces
        merges = try Self.merges(object.list("merges"), pieces)
        if let name = object.take("unk_token") {
            guard case .string(let piece) = name, let id = pieces.id(of: piece) else {
                throw TextError("model.unk_token \(name.summary) is no piece of the vocabulary")
            }
            unknownID = id
        } else {
            unknownID = nil
        }
        fusesUnknown = try object.flag("fuse_unk", otherwise: false)
        ignoresMerges = try object.flag("ignore_merges", otherwise: false)
        byteIDs =
            try object.flag("byte_fallback", otherwise: false)
            ? (UInt8.min...UInt8.max).map { pieces.id(of: Self.name(of: $0)) ?? -1 } : []
        try object.finish()
    }

    private static func name(of byte: UInt8) -> String {
        (byte < 16 ? "<0x0" : "<0x") + String(byte, radix: 16, uppercase: true) + ">"
    }

    private static func vocabulary(_ value: JSONValue?) throws -> PieceTable {
        guard case .object(let entries) = value else {
            throw TextError("model.vocab is \(value?.summary ?? "missing"), not an object")
        }
        var table = PieceTable(capacity: entries.count)
        for entry in entries {
            guard case .integer(let id) = entry.value else {
                let name = entry.key.shortened
                throw TextError("model.vocab: the piece \(name) has \(entry.value.summary) as its id")
            }
            do { try table.insert(entry.key, id: id) } catch let error as TextError {
                throw TextError("model.vocab: \(error)")
            }
        }
        return table
    }

    /// The later one of two merges of the same pieces counts, as in the reference library.
    private static func merges(_ items: [JSONValue], _ pieces: PieceTable) throws -> [UInt64: Merge] {
        var merges: [UInt64: Merge] = Dictionary(minimumCapacity: items.count)
        var joined: [UInt8] = []
        for (rank, item) in items.enumerated() {
            guard let (left, right) = parts(item) else {
                throw TextError("model.merges[\(rank)] is \(item.summary), not two pieces")
            }
            joined.removeAll(keepingCapacity: true)
            joined.append(contentsOf: left.utf8)
            joined.append(contentsOf: right.utf8)
            guard let first = pieces.id(of: left), let second = pieces.id(of: right),
                let whole = joined.withUnsafeBufferPointer({ pieces.id(of: $0) })
            else {
                let missing = [left, right].first { pieces.id(of: $0) == nil } ?? left + right
                throw TextError("model.merges[\(rank)]: \(missing.shortened) is no piece of the vocabulary")
            }
            merges[pair(first, second)] = Merge(rank: Int32(rank), id: whole)
        }
        return merges
    }

    /// The pieces of `"a b"` or `["a", "b"]`.
    private static func parts(_ item: JSONValue) -> (String, String)? {
        switch item {
        case .string(let line):
            let utf8 = line.utf8
            guard let space = utf8.firstIndex(of: 0x20) else { return nil }
            let right = utf8[utf8.index(after: space)...]
            guard !right.contains(0x20) else { return nil }
            return (String(line[..<space]), String(line[right.startIndex...]))
        case .array(let items):
            guard items.count == 2, case .string(let left) = items[0], case .string(let right) = items[1] else {
                return nil
            }
            return (left, right)
        default: return nil
        }
    }
}
