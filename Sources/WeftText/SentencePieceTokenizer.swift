// A SentencePiece model (unigram or BPE, `.model` file) as a text tokenizer.

import CSentencePiece

// @unchecked is sound: `model` is set once, in init, and freed in deinit, after the last use. All calls between go to
// const methods of sentencepiece::SentencePieceProcessor, which has no mutable members and works on local variables;
// its author states that it may be called from several threads. The methods that change it are never called.

/// A loaded SentencePiece model; any number of threads may use it at once.
///
/// Source: T. Kudo and J. Richardson, "SentencePiece", 2018; the ids are those of the sentencepiece library.
public final class SentencePieceTokenizer: TextTokenizer, @unchecked Sendable {
    /// The number of pieces.
    public let vocabularySize: Int
    /// The id of the unknown piece.
    public let unknownID: Int?
    /// The id of the piece that begins a text.
    public let beginID: Int?
    /// The id of the piece that ends a text.
    public let endID: Int?
    /// The id of the piece that fills up a text.
    public let paddingID: Int?

    private let model: OpaquePointer

    /// Loads a model from a file.
    ///
    /// - Throws: ``TextError`` that names the file if it cannot be read or is no SentencePiece model.
    public convenience init(path: String) throws {
        let bytes = try TextFile.bytes(path, limit: CSP_MAX_FILE, purpose: Self.purpose)
        try self.init(bytes: bytes, prefix: "\(path): \(Self.purpose): ")
    }

    /// Loads a model from the bytes of its file.
    ///
    /// - Throws: ``TextError`` if the bytes are no SentencePiece model.
    public convenience init(bytes: [UInt8]) throws { try self.init(bytes: bytes, prefix: Self.purpose + ": ") }

    private static let purpose = "the text model cannot be loaded"

    private convenience init(bytes: [UInt8], prefix: String) throws {
        if let flaw = SentencePieceFile.flaw(bytes) { throw TextError(prefix + flaw) }
        var model: OpaquePointer?
        try Self.checked(prefix) { message, size in
            // One more byte, because an empty array may have no address.
            (bytes + [0]).withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 1 }
                return csp_load_bytes(base, bytes.count, &model, message, size)
            }
        }
        guard let model else { throw TextError(prefix + "it is empty") }
        self.init(model)
    }

    private init(_ model: OpaquePointer) {
        self.model = model
        vocabularySize = Int(csp_size(model))
        func id(_ value: Int32) -> Int? { value < 0 ? nil : Int(value) }
        unknownID = id(csp_unknown_id(model))
        beginID = id(csp_begin_id(model))
        endID = id(csp_end_id(model))
        paddingID = id(csp_padding_id(model))
    }

    deinit { csp_free_model(model) }

    /// The ids of `text`, without tokens for its begin or end.
    ///
    /// - Throws: ``TextError`` if the text is longer than 16 MiB.
    public func encode(_ text: String) throws -> [Int] {
        var ids: UnsafeMutablePointer<Int32>?
        var count = 0
        defer { csp_free_memory(ids) }
        try Self.checked("the text cannot be encoded: ") { message, size in
            text.withCString { csp_encode(model, $0, text.utf8.count, &ids, &count, message, size) }
        }
        return UnsafeBufferPointer(start: ids, count: count).map { Int($0) }
    }

    /// The text of `ids`; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Throws: ``TextError`` if an id is outside of the vocabulary.
    public func decode(_ ids: [Int]) throws -> String {
        let small = try ids.map { id in
            guard let small = Int32(exactly: id) else {
                throw TextError("id \(id) is outside of the vocabulary of \(vocabularySize) pieces")
            }
            return small
        }
        var text: UnsafeMutablePointer<CChar>?
        var length = 0
        defer { csp_free_memory(text) }
        try Self.checked("the ids cannot be decoded: ") {
            csp_decode(model, small, small.count, &text, &length, $0, $1)
        }
        return String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
    }

    /// The id of a piece by its exact name, or nil if the model has no such piece.
    public func id(of piece: String) -> Int? {
        let id = piece.withCString { csp_id_of_piece(model, $0, piece.utf8.count) }
        return id < 0 ? nil : Int(id)
    }

    /// The name of the piece of an id, or nil outside of the vocabulary.
    public func piece(of id: Int) -> String? {
        guard let small = Int32(exactly: id) else { return nil }
        var length = 0
        guard let piece = csp_piece_of_id(model, small, &length) else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: piece, count: length), as: UTF8.self)
    }

    /// Whether an id is the unknown piece or one raw byte.
    public func isFallback(_ id: Int) -> Bool {
        Int32(exactly: id).map { csp_is_fallback(model, $0) } ?? false
    }

    private static func checked(_ prefix: String, _ body: (UnsafeMutablePointer<CChar>, Int) -> Int32) throws {
        let message: String? = withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: Int(CSP_MESSAGE_SIZE)
        ) { buffer in
            guard let base = buffer.baseAddress else { return "there is not enough memory" }
            base.initialize(repeating: 0, count: buffer.count)
            return body(base, buffer.count) == 0 ? nil : String(cString: base)
        }
        if let message { throw TextError(prefix + message) }
    }
}
