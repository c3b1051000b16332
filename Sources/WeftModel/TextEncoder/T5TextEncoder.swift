// A T5 encoder with its tokenizer: texts to features.

package import WeftTensor
import WeftText

/// What a folder of a T5 model on the Hugging Face hub holds: `config.json`, `spiece.model` and the weights.
package struct T5TextEncoder: Sendable {
    /// Turns texts into tokens.
    package let tokenizer: T5Tokenizer
    /// Turns tokens into features.
    package let encoder: T5Encoder

    /// Reads `config.json` and `spiece.model` of a folder, and takes the encoder's tensors out of `files`.
    ///
    /// Throws ``CheckpointError``, `TextError` or `WeightsError` that name the file and what is wrong with it.
    package init(folder: String, files: [any TensorFile]) throws {
        let configuration = try JSONFile.read(T5Configuration.self, from: "\(folder)/config.json")
        let path = "\(folder)/spiece.model"
        tokenizer = try T5Tokenizer(path: path)
        guard tokenizer.model.vocabularySize <= configuration.vocabularySize else {
            throw CheckpointError(
                path,
                "has \(tokenizer.model.vocabularySize) pieces; the encoder knows \(configuration.vocabularySize)")
        }
        encoder = try T5Encoder(configuration: configuration, files: files)
    }

    /// The features of a text and how many tokens they stand for.
    ///
    /// - Parameters:
    ///   - text: cleaned as the model that reads the features wants it.
    ///   - limit: the largest count of tokens, the end of the text included; what is beyond is dropped.
    ///   - pool: the threads that share the work.
    /// - Returns: `[count, encoder.configuration.modelSize]`, the last row that of the end of the text.
    ///
    /// Throws `TextError` if the text is longer than a megabyte, ``TextEncoderError`` if `limit` lets too many tokens
    /// through.
    package func encode(
        _ text: String, limit: Int = 120, pool: ThreadPool
    ) throws -> (features: [Float], count: Int) {
        let tokens = try tokenizer.encode(text, limit: limit)
        return (try encoder.encode(tokens, pool: pool), tokens.count)
    }
}
