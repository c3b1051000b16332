// One line of a results file.

import Foundation
import WeftModel

/// What a line of a results file says of a picture.
struct JobLine {
    /// The keys that the lines of all jobs have.
    static let keys = [
        "id", "index", "prompt", "seed", "model", "size", "quality", "tokens", "passes", "file", "bytes", "sha256",
        "seconds", "error",
    ]

    /// How it went.
    enum Outcome: Hashable {
        /// There is a picture: its file, its size in bytes and its SHA-256 in hexadecimal digits.
        case done(file: String, bytes: Int, sha256: String)
        /// It failed for good, and why.
        case failed(String)
    }

    /// The picture's id.
    let id: String
    /// The picture's place in the job.
    let index: Int
    /// How it went.
    let outcome: Outcome
    /// The file and the line's number in it, from 1, as errors name it.
    let place: String
    /// The bytes of the line without the newline at its end.
    let text: [UInt8]

    /// Reads a line.
    ///
    /// - Throws: an error that names the place and what is wrong
    init(_ text: [UInt8], place: String) throws {
        struct Fields: Decodable {
            let id: String
            let index: Int
            let file: String?
            let bytes: Int?
            let sha256: String?
            let error: String?
        }
        let fields = try JSONFile.decode(Fields.self, from: Data(text), path: place)
        id = fields.id
        index = fields.index
        self.place = place
        self.text = text
        switch (fields.file, fields.bytes, fields.sha256, fields.error) {
        case (let file?, let bytes?, let sha256?, nil): outcome = .done(file: file, bytes: bytes, sha256: sha256)
        case (nil, nil, nil, let error?): outcome = .failed(error)
        default:
            throw WeftError(
                .invalidFile, "\(place): has neither \"file\", \"bytes\" and \"sha256\" nor \"error\" alone")
        }
    }

    /// Whether there is a picture.
    var isDone: Bool { if case .done = outcome { true } else { false } }

    /// The line of a picture that was drawn, with the newline at its end.
    static func done(
        _ picture: JobPicture, _ result: JobResult, file: String, png: [UInt8]
    ) throws -> [UInt8] {
        try line(
            [
                ("id", json(picture.id)), ("index", "\(picture.index)"), ("prompt", json(picture.prompt)),
                ("seed", "\(picture.seed)"), ("model", json(result.model)), ("size", json(result.size)),
                ("quality", json(result.quality)), ("tokens", "\(result.tokens)"),
            ] + (result.passes.map { [("passes", "\($0)")] } ?? []) + [
                ("file", json(file)), ("bytes", "\(png.count)"), ("sha256", json(SHA256.hex(of: png))),
                ("seconds", "\((result.seconds * 1e6).rounded() / 1e6)"),
            ] + result.more.map { ($0.key, $0.json) })
    }

    /// The line of a picture that failed for good, with the newline at its end.
    static func failed(_ picture: JobPicture, _ error: String) throws -> [UInt8] {
        try line([("id", json(picture.id)), ("index", "\(picture.index)"), ("error", json(error))])
    }

    private static func line(_ fields: [(key: String, json: String)]) throws -> [UInt8] {
        let pairs = try fields.map { try "\(json($0.key)):\($0.json)" }
        return Array("{\(pairs.joined(separator: ","))}\n".utf8)
    }

    /// A text as JSON.
    static func json(_ text: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(text), as: UTF8.self)
    }
}
