// What a job draws: its pictures, and the request that each of them stands for.

import WeftPixels

/// The pictures of a job in order, each with what is asked for.
public struct JobPlan: Sendable {
    /// What the folder knows of the pictures.
    public private(set) var pictures: [JobPicture] = []
    /// What is asked for, in the order of ``pictures``.
    public private(set) var requests: [GenerationRequest] = []
    /// Further fields of each picture's line in the results, in the order of ``pictures``.
    public private(set) var fields: [[(key: String, json: String)]] = []

    /// A job without pictures.
    public init() {}

    /// Adds a picture at the end.
    ///
    /// - Parameters:
    ///   - id: what the picture is called, once in a job
    ///   - row: the row of the prompt file, from 0
    ///   - request: what is asked for
    ///   - fields: further fields of its line in the results, with their values as JSON
    /// - Throws: ``WeftError`` for an id that cannot be one
    public mutating func add(
        id: String, row: Int, request: GenerationRequest, fields: [(key: String, json: String)] = []
    ) throws {
        pictures.append(
            try JobPicture(
                id: id, row: row, index: pictures.count, prompt: request.prompt.shown, seed: request.seed))
        requests.append(request)
        self.fields.append(fields)
    }
}
