// The config.json of a model's folder.

/// What a model's folder says about the model: its networks, its text, and the sizes that it draws.
package struct ModelConfiguration: Decodable, Sendable {
    /// The piece that asks for a picture.
    package enum BeginImage: Decodable, Sendable {
        /// The same for all grids.
        case every(String)
        /// One for each grid, by `ROWSxCOLUMNS`.
        case byGrid([String: String])

        /// Reads a text, or an object of texts.
        package init(from decoder: any Swift.Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let piece = try? container.decode(String.self) {
                self = .every(piece)
            } else {
                self = .byGrid(try container.decode([String: String].self))
            }
        }

        /// What a grid is called.
        static func name(rows: Int, columns: Int) -> String { "\(rows)x\(columns)" }
    }

    /// How prompts become tokens.
    package struct Text: Decodable, Sendable {
        /// Path of the SentencePiece model, relative to the folder.
        package var tokenizer: String
        /// The piece that fills the unconditional row.
        package var null: String
        /// The piece that asks for the picture and ends every prompt.
        package var beginImage: BeginImage
        /// The largest count of tokens of a prompt, the one that asks for the picture not counted.
        package var maximumTokens: Int
        /// Path of a file of the words that the model was trained with, one a line, relative to the folder; nil for none.
        package var words: String?

        enum CodingKeys: String, CodingKey {
            case tokenizer, null, words
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
        for (index, size) in sizes.enumerated() {
            let place = "\"sizes.[\(index)]\""
            guard ["low", "medium", "high"].contains(size.quality) else {
                throw CheckpointError(path, "\(place): quality \"\(size.quality)\" is not low, medium or high")
            }
            guard hasScale(size) else {
                let pixels = imageTokenizer.scales.map { String($0 * imageTokenizer.downsampling) }
                throw CheckpointError(
                    path,
                    "\(place): \(size.columns) x \(size.rows) tokens of \(pixels.joined(separator: ", ")) pixels do not "
                        + "make \(size.width) x \(size.height) pixels")
            }
            // Size and quality are all that prompts and pictures say of a grid.
            if sizes[..<index].contains(where: { $0.isAsked(like: size) && $0 != size }) {
                throw CheckpointError(
                    path, "\(place): \(size.width)x\(size.height) \(size.quality) stands there twice, with two grids")
            }
        }
        try checkBeginImage(path)
    }

    /// Whether the image tokenizer paints the grid in that size.
    private func hasScale(_ size: PictureGrid) -> Bool {
        let possible = 1...ImageTokenizer.largestGrid
        guard possible.contains(size.rows), possible.contains(size.columns) else { return false }
        return imageTokenizer.scales.contains { scale in
            let side = imageTokenizer.downsampling * scale
            return size.width == size.columns * side && size.height == size.rows * side
        }
    }

    private func checkBeginImage(_ path: String) throws {
        guard case .byGrid(let pieces) = text.beginImage else { return }
        for grid in pieces.keys.sorted() {
            let sides = grid.split(separator: "x").compactMap { Int($0) }
            guard sides.count == 2, BeginImage.name(rows: sides[0], columns: sides[1]) == grid else {
                throw CheckpointError(path, "\"text.begin_image\": \"\(grid)\" is not ROWSxCOLUMNS, such as 8x8")
            }
        }
        for (index, size) in sizes.enumerated() {
            let grid = BeginImage.name(rows: size.rows, columns: size.columns)
            guard pieces[grid] != nil else {
                throw CheckpointError(path, "\"text.begin_image.\(grid)\" is missing, the grid of \"sizes.[\(index)]\"")
            }
        }
    }
}
