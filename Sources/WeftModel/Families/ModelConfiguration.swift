// The config.json of a model's folder.

/// What a model's folder says about the model: its networks, its text, and the sizes that it draws.
package struct ModelConfiguration: Decodable, Sendable {
    /// How prompts become tokens.
    package struct Text: Decodable, Sendable {
        /// Path of the SentencePiece model, relative to the folder.
        package var tokenizer: String
        /// The piece that fills the unconditional row.
        package var null: String
        /// The piece that asks for the picture and ends every prompt.
        package var beginImage: String
        /// The largest count of tokens of a prompt, the one that asks for the picture not counted.
        package var maximumTokens: Int

        enum CodingKeys: String, CodingKey {
            case tokenizer, null
            case beginImage = "begin_image"
            case maximumTokens = "max_tokens"
        }
    }

    /// Always `weft`: the layout of the folder.
    package var format: String
    /// The model's name.
    package var name: String
    /// The decoder-only transformer.
    package var transformer: DecoderConfiguration
    /// The image tokenizer.
    package var imageTokenizer: ImageTokenizerConfiguration
    /// How prompts become tokens.
    package var text: Text
    /// What can be drawn, the default first.
    package var sizes: [PictureGrid]

    enum CodingKeys: String, CodingKey {
        case format, name, transformer, text, sizes
        case imageTokenizer = "image_tokenizer"
    }

    /// Reads and checks `config.json` of a folder.
    ///
    /// Throws ``CheckpointError`` that names the file and the key.
    package init(folder: String) throws {
        let path = "\(folder)/config.json"
        self = try JSONFile.read(ModelConfiguration.self, from: path)
        guard format == "weft" else {
            throw CheckpointError(path, "\"format\" is \"\(format)\"; \"weft\" is the one that is known")
        }
        guard !sizes.isEmpty else { throw CheckpointError(path, "\"sizes\" is empty") }
        guard (1...65536).contains(text.maximumTokens) else {
            throw CheckpointError(path, "\"text.max_tokens\" is \(text.maximumTokens); it must be in 1...65536")
        }
        guard imageTokenizer.codebookSize == transformer.visualVocabulary else {
            throw CheckpointError(
                path,
                "\"image_tokenizer.codebook_size\" is \(imageTokenizer.codebookSize), but "
                    + "\"transformer.visual_vocabulary\" is \(transformer.visualVocabulary)")
        }
        let scale = imageTokenizer.downsampling
        for (index, size) in sizes.enumerated() {
            let place = "\"sizes.[\(index)]\""
            guard ["low", "medium", "high"].contains(size.quality) else {
                throw CheckpointError(path, "\(place): quality \"\(size.quality)\" is not low, medium or high")
            }
            guard
                (1...ImageTokenizer.largestGrid).contains(size.rows),
                (1...ImageTokenizer.largestGrid).contains(size.columns), size.width == size.columns * scale,
                size.height == size.rows * scale
            else {
                throw CheckpointError(
                    path,
                    "\(place): \(size.columns) x \(size.rows) tokens of \(scale) pixels do not make "
                        + "\(size.width) x \(size.height) pixels")
            }
        }
    }
}
