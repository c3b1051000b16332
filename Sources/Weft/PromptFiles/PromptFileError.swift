// The error of prompt files: everything that is wrong with one, each with its line.

/// Why a prompt file cannot be used: all rows at fault, each with its line.
public struct PromptFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One thing that is wrong.
    public struct Problem: Sendable, Hashable {
        /// The line of the file, from 1; nil if the whole file is at fault.
        public let line: Int?
        /// What is wrong, on one line.
        public let message: String
    }

    /// The file as the caller named it.
    public let file: String
    /// What is wrong, in the order of the lines; of more than ``kept`` problems the first ones.
    public private(set) var problems: [Problem] = []
    /// How many things are wrong.
    public private(set) var count = 0

    /// How many problems are kept with their texts.
    public static let kept = 100_000
    /// How many problems ``description`` names.
    public static let shown = 20

    /// An error without problems, to which they are added.
    init(file: String) { self.file = file }

    /// An error about the whole file.
    init(file: String, _ message: String) {
        self.init(file: file)
        add(line: nil, message)
    }

    /// Adds a problem; what goes over one line is put on one.
    mutating func add(line: Int?, _ message: String) {
        count += 1
        guard problems.count < Self.kept else { return }
        let oneLine = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        problems.append(Problem(line: line, message: oneLine))
    }

    /// Throws the error if there is a problem.
    func throwIfAny() throws {
        guard count > 0 else { return }
        var sorted = self
        // Stable: two problems of a line stay in the order in which they were found.
        let order = problems.indices.sorted { (problems[$0].line ?? 0, $0) < (problems[$1].line ?? 0, $1) }
        sorted.problems = order.map { problems[$0] }
        throw sorted
    }

    /// A line `FILE:LINE: what is wrong` for each problem, ``shown`` at most, and how many more there are.
    public var description: String {
        var lines = problems.prefix(Self.shown).map { problem in
            "\(file)\(problem.line.map { ":\($0)" } ?? ""): \(problem.message)"
        }
        if count > lines.count { lines.append("and \(count - lines.count) more") }
        return lines.joined(separator: "\n")
    }
}
