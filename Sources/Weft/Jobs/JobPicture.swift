// One picture of a job.

/// What the folder of a job must know of a picture before it is drawn.
public struct JobPicture: Sendable, Hashable {
    /// What the picture is called: 1 to ``maximumIdSize`` bytes without control characters, once in a job.
    public let id: String
    /// The row of the prompt file, from 0; all pictures of a row are drawn by the same shard.
    public let row: Int
    /// The place in the whole job, from 0.
    public let index: Int
    /// What is drawn, for the results.
    public let prompt: String
    /// The picture's seed, for the results.
    public let seed: UInt64

    /// The most bytes of an id.
    public static let maximumIdSize = 200

    /// Makes a picture.
    ///
    /// - Throws: ``WeftError`` that names the id and its row, if it cannot be an id
    public init(id: String, row: Int, index: Int, prompt: String, seed: UInt64) throws {
        precondition(row >= 0 && index >= 0)
        func fail(_ reason: String) -> WeftError { WeftError(.invalidRequest, "row \(row): the id \(reason)") }
        if id.isEmpty { throw fail("is empty") }
        guard id.utf8.count <= Self.maximumIdSize else {
            throw fail("\"\(id.prefix(40))...\" has \(id.utf8.count) bytes; the most is \(Self.maximumIdSize)")
        }
        if id.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw fail("\(id.debugDescription) has a control character")
        }
        self.id = id
        self.row = row
        self.index = index
        self.prompt = prompt
        self.seed = seed
    }
}
