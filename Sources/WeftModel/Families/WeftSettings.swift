// weft.json: what a checkpoint's own files do not say, or what overrides them.

/// The settings of an optional `weft.json` beside a checkpoint; paths are relative to it.
package struct WeftSettings: Sendable, Equatable {
    /// A path that the file gives, or the word that there is none.
    package enum Path: Sendable, Equatable {
        /// `null`: the checkpoint has no such part.
        case none
        /// A file or folder.
        case path(String)
    }

    /// Which family's rules hold.
    package var family: String?
    /// The model's name.
    package var name: String?
    /// File or folder of the transformer.
    package var transformer: String?
    /// File or folder of the image tokenizer; nil to look for it.
    package var imageTokenizer: Path?
    /// Folder of the text encoder of a text-conditional LlamaGen.
    package var textEncoder: String?
    /// Query heads, for checkpoints that do not say.
    package var heads: Int?
    /// Rows of the grid that is drawn.
    package var rows: Int?
    /// Columns of the grid that is drawn.
    package var columns: Int?
    /// The id of the first visual token in the shared vocabulary.
    package var imageTokenOffset: Int?
    /// How many visual tokens there are.
    package var codebookSize: Int?
    /// The id that follows each row; `.some(nil)` for none.
    package var rowEndToken: Int??
    /// The default scale of guidance.
    package var guidanceScale: Float?

    private static let keys: Set<String> = [
        "family", "name", "transformer", "image_tokenizer", "text_encoder", "heads", "rows", "columns",
        "image_token_offset", "codebook_size", "row_end_token", "guidance_scale",
    ]

    /// No settings.
    package init() {}

    /// Reads a file.
    ///
    /// Throws ``CheckpointError`` that names the file and the key for one that is unknown, or has a value of the wrong
    /// type or beyond its range.
    package init(path: String) throws {
        let json = try JSONFile.read(JSONValue.self, from: path)
        guard let object = json.object else { throw CheckpointError(path, "is not a JSON object") }
        if let unknown = object.keys.filter({ !Self.keys.contains($0) }).min() {
            throw CheckpointError(path, "\"\(unknown)\" is not one of \(Self.keys.sorted().joined(separator: ", "))")
        }
        func text(_ key: String) throws -> String? {
            guard let value = json[key] else { return nil }
            guard let text = value.string, !text.isEmpty else {
                throw CheckpointError(path, "\"\(key)\" is not a text")
            }
            return text
        }
        func number(_ key: String, _ range: ClosedRange<Int>) throws -> Int? {
            guard let value = json[key] else { return nil }
            guard let number = value.int, range.contains(number) else {
                throw CheckpointError(
                    path, "\"\(key)\" is not a whole number in \(range.lowerBound)...\(range.upperBound)")
            }
            return number
        }
        family = try text("family")
        name = try text("name")
        transformer = try text("transformer")
        textEncoder = try text("text_encoder")
        imageTokenizer = object["image_tokenizer"] == .null ? Path.none : try text("image_tokenizer").map { .path($0) }
        heads = try number("heads", 1...DecoderConfiguration.largestCount)
        rows = try number("rows", 1...ImageTokenizer.largestGrid)
        columns = try number("columns", 1...ImageTokenizer.largestGrid)
        imageTokenOffset = try number("image_token_offset", 0...DecoderConfiguration.largestSize)
        codebookSize = try number("codebook_size", 1...DecoderConfiguration.largestSize)
        if object["row_end_token"] != nil {
            rowEndToken = .some(try number("row_end_token", 0...DecoderConfiguration.largestSize))
        }
        if let value = json["guidance_scale"] {
            guard case .number(let scale) = value, scale.isFinite, scale >= 0 else {
                throw CheckpointError(path, "\"guidance_scale\" is not a number from 0 up")
            }
            guidanceScale = Float(scale)
        }
        guard (rows == nil) == (columns == nil) else {
            throw CheckpointError(path, "\"rows\" and \"columns\" must be given together")
        }
    }
}
