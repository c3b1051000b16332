// A byte-pair tokenizer from a tiktoken file: one piece in base64 and its rank a line.

import Foundation

/// A loaded tiktoken file with its special tokens; any number of threads may use it at once.
///
/// Texts are brought to Unicode's form NFC, special tokens are found, what is between them is cut into words by the
/// rule of Qwen, and the bytes of each word are joined by rank.
///
/// Source: OpenAI's tiktoken; the normalization, the words and the special tokens are those of Emu3.
public struct TiktokenTokenizer: TextTokenizer {
    /// The largest file that is read, in bytes.
    public static let maximumFileBytes = 1 << 24
    /// The longest text that is encoded, in bytes of UTF-8.
    public static let maximumBytes = 1 << 22

    /// One more than the largest id.
    public let vocabularySize: Int

    private let pieces: PieceTable
    private let specials: PieceTable
    private let specialTokens: AddedTokens
    private let words: SplitPattern
    private let byteIDs: [Int32]

    /// The words of Qwen and Emu3: a contraction, letters with one sign before them, one digit, signs, space.
    private static let wordsOfQwen =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"#
        + #"\s+(?!\S)|\s+"#

    /// Loads a tokenizer from a file; `specials` are found in texts and have their ids.
    ///
    /// - Throws: ``TextError`` that names the file and the line, or the special token.
    public init(path: String, specials: [String: Int]) throws {
        let bytes = try TextFile.bytes(path, limit: Self.maximumFileBytes)
        do { try self.init(bytes: bytes, specials: specials) } catch let error as TextError {
            throw TextError("\(path): \(error)")
        }
    }

    /// Loads a tokenizer from the bytes of a file.
    ///
    /// - Throws: ``TextError`` that names the line or the special token.
    public init(bytes: [UInt8], specials: [String: Int]) throws {
        guard bytes.count <= Self.maximumFileBytes else {
            throw TextError("the file has \(bytes.count) bytes; at most \(Self.maximumFileBytes) are read")
        }
        let pieces = try Self.pieces(bytes)
        self.pieces = pieces
        byteIDs = try (UInt8.min...UInt8.max).map { byte in
            guard let id = withUnsafeBytes(of: byte, { pieces.id(of: $0.bindMemory(to: UInt8.self)) }) else {
                throw TextError("the byte \(byte) has no rank")
            }
            return id
        }
        var table = PieceTable(capacity: specials.count)
        let sorted = specials.sorted { $0.value < $1.value }
        for (name, id) in sorted {
            try table.insert(name, id: id)
            if pieces.piece(of: id) != nil {
                throw TextError("the special token \(name.shortened) has the id \(id), which is a rank of the file")
            }
        }
        self.specials = table
        specialTokens = try AddedTokens(sorted.map { AddedToken(id: $0.value, content: $0.key) })
        words = try SplitPattern(expression: Self.wordsOfQwen)
        vocabularySize = max(pieces.idLimit, table.idLimit)
    }

    private static func pieces(_ bytes: [UInt8]) throws -> PieceTable {
        var table = PieceTable(capacity: bytes.count / 16)
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let fields = line.split { [0x20, 0x09, 0x0D].contains($0) }
            if fields.isEmpty { continue }
            guard fields.count == 2, let piece = Data(base64Encoded: Data(fields[0])),
                let rank = Int(String(decoding: fields[1], as: UTF8.self))
            else { throw TextError("line \(index + 1) is no piece in base64 with its rank") }
            do { try Array(piece).withUnsafeBufferPointer { try table.insert($0, id: rank) } } catch {
                throw TextError("line \(index + 1): \(error)")
            }
        }
        return table
    }

    /// The ids of `text`; special tokens that stand in the text are recognised.
    ///
    /// - Throws: ``TextError`` if the text is longer than 4 MiB.
    public func encode(_ text: String) throws -> [Int] {
        guard text.utf8.count <= Self.maximumBytes else {
            throw TextError("the text has \(text.utf8.count) bytes; at most \(Self.maximumBytes) are encoded")
        }
        let units = try TextNormalizer.nfc.apply(Array(text.utf16))
        let bytes = Array(String(decoding: units, as: UTF16.self).utf8)
        var ids: [Int] = []
        for part in specialTokens.split(bytes) {
            if let id = part.id {
                ids.append(id)
                continue
            }
            let units = Array(String(decoding: bytes[part.bytes], as: UTF8.self).utf16)
            for word in try words.matches(in: units[...]) {
                append(Array(String(decoding: units[word], as: UTF16.self).utf8), to: &ids)
            }
        }
        return ids
    }

    private func append(_ word: [UInt8], to ids: inout [Int]) {
        word.withUnsafeBufferPointer { word in
            if let id = pieces.id(of: word) {
                ids.append(Int(id))
                return
            }
            let symbols = word.indices.map { MergeSymbol(id: byteIDs[Int(word[$0])], bytes: $0..<($0 + 1)) }
            ids += PairMerger.ids(of: symbols) { left, right in
                let joined = UnsafeBufferPointer(rebasing: word[left.bytes.lowerBound..<right.bytes.upperBound])
                return pieces.id(of: joined).map { Merge(rank: $0, id: $0) }
            }
        }
    }

    /// The text of `ids`, special tokens by their names; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Throws: ``TextError`` if no piece has an id.
    public func decode(_ ids: [Int]) throws -> String {
        let bytes = try ids.flatMap { id in
            guard let piece = specials.piece(of: id) ?? pieces.piece(of: id) else {
                throw TextError("no piece of the vocabulary has the id \(id)")
            }
            return piece
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The id of a special token, or of a piece that is text.
    public func id(of piece: String) -> Int? {
        (specials.id(of: piece) ?? pieces.id(of: piece)).map { Int($0) }
    }

    /// Whether an id is one byte of a character beyond ASCII.
    public func isFallback(_ id: Int) -> Bool {
        guard let piece = pieces.piece(of: id), let first = piece.first else { return false }
        return piece.count == 1 && first >= 0x80
    }
}
