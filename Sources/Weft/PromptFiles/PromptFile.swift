// A file of prompts, read and checked as a whole.

/// The prompts of a file, all of them checked.
///
/// The name's ending says what kind of file it is, in small letters or capitals; all are UTF-8, with or without a byte
/// order mark.
///
/// - `.txt`: a prompt a line, as it stands there; blank lines and lines that begin with `#` are skipped.
/// - `.jsonl`: an object a line, with the keys of a row, or in the form of the OpenAI Batch API; blank lines are skipped.
///   `null` is as good as an absent key.
/// - `.csv`: a row of names of keys, then a row of values each (RFC 4180); an empty cell is as good as an absent key. The
///   numbers of a list are separated by spaces or semicolons.
public struct PromptFile: Sendable, Hashable {
    /// The file as the caller named it.
    public let path: String
    /// In the order of the file, one at least.
    public let rows: [PromptRow]

    /// The largest file, in bytes.
    public static let largestFile = 1 << 30
    /// The longest line, or row of a CSV file, in bytes.
    public static let largestLine = 1 << 20
    /// The most rows of a file.
    public static let mostRows = 10_000_000
    /// The longest id of a row or a picture, in bytes.
    public static let largestId = 200

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: the file; its name ends with `.txt`, `.jsonl` or `.csv`
    ///   - validate: called with every row that can be read, in order; what it throws is a problem of that row
    /// - Throws: ``PromptFileError`` with all rows that are wrong, each with its line
    public init(path: String, validate: (PromptRow) throws -> Void = { _ in }) throws {
        let format = try PromptFormat(path: path)
        try self.init(PromptBytes.read(path), format: format, path: path, validate: validate)
    }

    /// Reads bytes that came from `path`.
    init(
        _ bytes: [UInt8], format: PromptFormat, path: String, validate: (PromptRow) throws -> Void = { _ in }
    ) throws {
        self.path = path
        rows = try bytes.withUnsafeBytes { bytes in
            var reader = PromptRowReader(path: path)
            switch format {
            case .text: try reader.readText(bytes)
            case .jsonLines: try reader.readJSONLines(bytes)
            case .csv: try reader.readCSV(bytes)
            }
            return try reader.finish(validate)
        }
    }

    /// How many pictures the rows ask for.
    public var pictureCount: Int { rows.reduce(0) { $0 + $1.count } }

    /// The SHA-256 of all rows in their normal form, ``PromptRow/json`` and a line feed each, in hexadecimal digits.
    ///
    /// It is that of the prompts and their settings, whatever kind of file they stand in, and whatever comments.
    public var sha256: String {
        var hasher = SHA256.Hasher()
        for row in rows { hasher.update(Array((row.json + "\n").utf8)) }
        return SHA256.text(hasher.finish())
    }
}
