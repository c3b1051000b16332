// What makes a job this job and no other: the file job.json.

import Foundation
import WeftModel
import WeftPixels

/// What job.json holds; the same command run again has an equal one.
public struct JobDescription: Sendable, Hashable, Codable {
    /// The version of the folder's format that is written.
    public static let currentFormat = 1

    /// The version of the folder's format.
    public var format = currentFormat
    /// The version of the program.
    public var program: String
    /// The SHA-256 of all rows in their normal form, in hexadecimal digits.
    public var rowsSHA256: String
    /// How many rows there are.
    public var rowCount: Int
    /// How many pictures there are.
    public var pictureCount: Int
    /// The model's name.
    public var model: String
    /// The model's fingerprint; see ``ModelFingerprint``.
    public var modelFingerprint: String
    /// The settings of pictures whose rows do not say another.
    public var defaults: [String: String]
    /// The seed that seeds of pictures are derived from.
    public var seed: UInt64

    private enum CodingKeys: String, CodingKey {
        case format, program, model, defaults, seed
        case rowsSHA256 = "rows_sha256"
        case rowCount = "row_count"
        case pictureCount = "picture_count"
        case modelFingerprint = "model_fingerprint"
    }

    /// Makes a description.
    public init(
        program: String, rowsSHA256: String, rowCount: Int, pictureCount: Int, model: String,
        modelFingerprint: String, defaults: [String: String], seed: UInt64
    ) {
        self.program = program
        self.rowsSHA256 = rowsSHA256
        self.rowCount = rowCount
        self.pictureCount = pictureCount
        self.model = model
        self.modelFingerprint = modelFingerprint
        self.defaults = defaults
        self.seed = seed
    }

    /// The description in a folder, or nil if it has none.
    ///
    /// - Throws: an error that names the file, if it cannot be read, is not a description or has another format
    static func read(folder: String) throws -> JobDescription? {
        let path = "\(folder)/\(JobNames.description)"
        guard try JobNames.exists(path) else { return nil }
        let data = Data(try AtomicFile.read(path: path))
        struct Format: Decodable { let format: Int }
        let format = try JSONFile.decode(Format.self, from: data, path: path).format
        guard format == currentFormat else {
            throw WeftError(
                .invalidFile, "\(path): its format is \(format), and this program knows \(currentFormat) only")
        }
        let description = try JSONFile.decode(Self.self, from: data, path: path)
        guard description.pictureCount >= 0, description.rowCount >= 0 else {
            throw WeftError(.invalidFile, "\(path): a count is below 0")
        }
        return description
    }

    /// Writes the description into a folder that has none.
    func write(folder: String, shard: Shard) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = try [UInt8](encoder.encode(self)) + [UInt8(ascii: "\n")]
        try JobFile.write(bytes, as: JobNames.description, in: folder, shard: shard)
    }

    /// Throws ``WeftError`` that says in what `stored`, the description in a folder, is another job.
    func check(against stored: JobDescription, folder: String) throws {
        var parts: [String] = []
        func compare(_ name: String, _ here: String, _ there: String) {
            if here != there { parts.append("\(name) is \(there) there and \(here) here") }
        }
        compare("the program's version", program, stored.program)
        compare("the SHA-256 of the rows", rowsSHA256, stored.rowsSHA256)
        compare("the number of rows", "\(rowCount)", "\(stored.rowCount)")
        compare("the number of pictures", "\(pictureCount)", "\(stored.pictureCount)")
        compare("the model", model, stored.model)
        compare("the model's fingerprint", modelFingerprint, stored.modelFingerprint)
        compare("the job's seed", "\(seed)", "\(stored.seed)")
        for name in Set(defaults.keys).union(stored.defaults.keys).sorted() {
            compare("the default of \(name)", defaults[name] ?? "absent", stored.defaults[name] ?? "absent")
        }
        guard parts.isEmpty else {
            throw WeftError(
                .invalidRequest,
                "\(folder)/\(JobNames.description): the folder holds another job, and nothing was changed: "
                    + parts.joined(separator: "; ") + "; give another folder")
        }
    }
}
