// Weft's own layout of a model's folder: config.json, transformer.safetensors, image_tokenizer.safetensors.

package import WeftTensor
package import WeftText

/// A model's folder with its files opened and checked, but no weights prepared yet.
package struct WeftCheckpoint: Sendable {
    /// The folder's path.
    package let folder: String
    /// What `config.json` says.
    package let configuration: ModelConfiguration
    /// The transformer's file.
    package let transformer: SafeTensors
    /// The image tokenizer's file.
    package let imageTokenizer: SafeTensors

    /// Opens the files of a folder.
    ///
    /// Throws ``CheckpointError`` and `WeightsError` that name the file and what is wrong with it.
    package init(folder: String) throws {
        self.folder = folder
        configuration = try ModelConfiguration(folder: folder)
        transformer = try SafeTensors(path: "\(folder)/transformer.safetensors")
        imageTokenizer = try SafeTensors(path: "\(folder)/image_tokenizer.safetensors")
    }

    /// The transformer with its weights; throws if a tensor is missing, left over, or of another shape.
    package func makeDecoder() throws -> Decoder {
        let tensors = TensorReader([transformer])
        let decoder = try Decoder(configuration.transformer, tensors: tensors)
        try tensors.finish()
        return decoder
    }

    /// The image tokenizer with its weights; throws if a tensor is missing, left over, or of another shape.
    package func makeImageTokenizer() throws -> ImageTokenizer {
        let tensors = TensorReader([imageTokenizer])
        let result = try ImageTokenizer(configuration.imageTokenizer, tensors: tensors)
        try tensors.finish()
        return result
    }

    /// The prompt encoder with its text model.
    package func makePromptEncoder() throws -> PromptEncoder {
        let tokenizer = try SentencePieceTokenizer(path: "\(folder)/\(configuration.text.tokenizer)")
        guard tokenizer.vocabularySize <= configuration.transformer.textVocabulary else {
            throw CheckpointError(
                "\(folder)/\(configuration.text.tokenizer)",
                "has \(tokenizer.vocabularySize) pieces; the transformer knows \(configuration.transformer.textVocabulary)"
            )
        }
        return try PromptEncoder(tokenizer: tokenizer)
    }
}
