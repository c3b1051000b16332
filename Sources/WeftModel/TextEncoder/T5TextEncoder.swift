// A T5 encoder with its text tokenizer, as a folder of Hugging Face's tools has them.

package import WeftTensor
import WeftText

/// Text to features, as transformers' T5 tokenizer and encoder make them.
package struct T5TextEncoder: Sendable {
    private let encoder: T5Encoder
    private let tokenizer: SentencePieceTokenizer
    private let end: Int

    /// Features of a token.
    package var width: Int { encoder.configuration.width }

    /// Reads `config.json` and `spiece.model` of a folder whose weights files are opened.
    ///
    /// Throws an error that names the file, and the key or tensor that is missing or wrong.
    package init(folder: String, files: [any TensorFile]) throws {
        let path = "\(folder)/config.json"
        let configuration = try T5Configuration(JSONFile.read(JSONValue.self, from: path), file: path)
        tokenizer = try SentencePieceTokenizer(path: "\(folder)/spiece.model")
        end = tokenizer.endID ?? 1
        encoder = try T5Encoder(configuration, files: files)
    }

    /// The ids of a text, the one that ends it included; what exceeds `limit` is cut off before the end.
    package func tokens(_ text: String, limit: Int) throws -> [Int] {
        try tokenizer.encode(text).prefix(limit - 1) + [end]
    }

    /// The features of a text, `[count, width]`, for at most `limit` tokens.
    package func encode(_ text: String, limit: Int, pool: ThreadPool) throws -> [Float] {
        try encoder.encode(tokens(text, limit: limit), pool: pool)
    }
}
