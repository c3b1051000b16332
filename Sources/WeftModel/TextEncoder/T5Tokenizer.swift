// Texts as the tokens that T5 reads.

package import WeftText

/// The text model of T5, with the end of the text behind its ids.
///
/// The ids are those of transformers' `T5Tokenizer`, except that the spelling of a special token, such as `</s>`, is
/// text like any other. The case of letters matters; nothing is cleaned beyond what the text model itself normalises.
package struct T5Tokenizer: Sendable {
    /// The text model.
    package let model: SentencePieceTokenizer
    /// The id of `</s>`, which ends every text.
    package let endID: Int

    /// Loads a SentencePiece model, `spiece.model` in the folders of the hub.
    ///
    /// Throws `TextError` if it cannot be loaded, ``CheckpointError`` if it has no piece that ends a text.
    package init(path: String) throws {
        model = try SentencePieceTokenizer(path: path)
        guard let endID = model.endID else { throw CheckpointError(path, "the text model has no piece </s>") }
        self.endID = endID
    }

    /// The ids of a text, at most `limit` with the end, which is never cut off; what is beyond is dropped.
    ///
    /// - Parameter limit: at least 1; LlamaGen reads 120.
    ///
    /// Throws `TextError` if the text is longer than a megabyte.
    package func encode(_ text: String, limit: Int) throws -> [Int] {
        precondition(limit > 0)
        let size = text.utf8.count
        guard size <= PromptEncoder.maximumBytes else {
            throw TextError("the prompt has \(size) bytes; at most \(PromptEncoder.maximumBytes) bytes are read")
        }
        return Array(try model.encode(text).prefix(limit - 1)) + [endID]
    }
}
