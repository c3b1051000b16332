// One part of a job that several programs share.

/// Part `index` of `count`: the rows r with r mod `count` = `index`.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
    /// Which part, from 0.
    public let index: Int
    /// Of how many parts, at least 1.
    public let count: Int

    /// The whole job as one part.
    public static let whole = Shard(unchecked: 0, of: 1)

    /// The most parts that a job can have.
    public static let maximumCount = 1_000_000

    /// Makes a part.
    ///
    /// - Throws: ``WeftError`` that names the values, unless 0 <= `index` < `count` <= ``maximumCount``
    public init(_ index: Int, of count: Int) throws {
        guard (1...Self.maximumCount).contains(count) else {
            throw WeftError(.invalidRequest, "shard \(index)/\(count): N of I/N must be in 1...\(Self.maximumCount)")
        }
        guard (0..<count).contains(index) else {
            throw WeftError(.invalidRequest, "shard \(index)/\(count): I of I/N must be in 0...\(count - 1)")
        }
        self.init(unchecked: index, of: count)
    }

    /// Reads `I/N`, as in `0/4`.
    ///
    /// - Throws: ``WeftError`` that names the text
    public init(parsing text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Self.number(parts[0]), let count = Self.number(parts[1]) else {
            throw WeftError(
                .invalidRequest, "shard \"\(text)\" is not I/N, two whole numbers as in 0/4, the first of four parts")
        }
        try self.init(index, of: count)
    }

    private init(unchecked index: Int, of count: Int) {
        self.index = index
        self.count = count
    }

    /// Whether this part takes a row of the prompt file, counted from 0.
    public func takes(row: Int) -> Bool { row % count == index }

    /// `I/N`.
    public var description: String { "\(index)/\(count)" }

    /// A number in digits alone; `Int` would take a sign too.
    static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }
}
