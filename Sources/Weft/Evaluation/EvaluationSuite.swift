// The prompts of an evaluation.

import Foundation

/// Prompts that say what must be seen in their pictures, by category.
///
/// A suite is a prompt file whose rows have `facts`. The category of a row is its id up to the last hyphen: that of
/// `counting-007` is `counting`.
public enum EvaluationSuite {
    /// The prompt of which many pictures are drawn, to see how they differ.
    public static let diversityPrompt = "a cat on a hill"
    /// How many pictures of it are drawn.
    public static let diversityCount = 16

    /// Writes the suite of the embedded model, whose combinations of facts never occur in its training.
    ///
    /// - Parameters:
    ///   - path: the prompt file that is written
    ///   - count: prompts of each category, 1 or more
    /// - Throws: ``WeftError`` if the project's `scripts/evaluate/evaluate suite` is not there, or fails
    public static func write(to path: String, count: Int) throws {
        let program = try ProjectScripts.evaluate()
        _ = try ProjectScripts.output(of: [program, "suite", path, "--count", "\(count)"])
    }

    /// Writes the prompt file of ``diversityPrompt``.
    ///
    /// - Throws: an error that names the path
    public static func writeDiversity(to path: String) throws {
        let row = "{\"id\": \"diversity\", \"prompt\": \"\(diversityPrompt)\", \"count\": \(diversityCount)}\n"
        try AtomicFile.write([UInt8](row.utf8), to: path)
    }

    /// The category that an id names.
    public static func category(of id: String) -> String {
        guard let end = id.lastIndex(of: "-"), end > id.startIndex else { return id }
        return String(id[..<end])
    }
}
