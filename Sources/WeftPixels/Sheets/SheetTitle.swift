// Titles of the rows and columns of a sheet, which can be nested.

/// The title of a row or column of a sheet, or of a group of them.
///
/// Groups are for sweeps over several settings: the slowest setting is outermost.
public struct SheetTitle: Sendable, Hashable, ExpressibleByStringLiteral {
    /// What stands there; may be empty.
    public var text: String
    /// The titles of the group, in order; empty for the title of one row or column.
    public var parts: [SheetTitle]

    /// The title of one row or column, or of the group of `parts`.
    public init(_ text: String, _ parts: [SheetTitle] = []) {
        self.text = text
        self.parts = parts
    }

    /// The title of one row or column.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// The titles of every combination of values.
    ///
    /// - Parameter levels: the values of each setting, the outermost first; the last one changes fastest. Without a
    ///   setting there are no titles, and a setting without values has no combinations.
    public static func combinations(of levels: [[String]]) -> [SheetTitle] {
        guard let first = levels.first else { return [] }
        let inner = combinations(of: Array(levels.dropFirst()))
        if levels.count > 1, inner.isEmpty { return [] }
        return first.map { SheetTitle($0, inner) }
    }

    /// How many rows or columns the title stands over.
    var count: Int { parts.isEmpty ? 1 : parts.reduce(0) { $0 + $1.count } }

    /// How many titles stand one within the other; nil if the parts differ in that.
    private var depth: Int? {
        var depths = Set(parts.map(\.depth))
        if depths.isEmpty { depths = [0] }
        guard depths.count == 1, let depth = depths.first else { return nil }
        return depth.map { $0 + 1 }
    }

    /// The titles level by level, the outermost first, each with the rows or columns that it stands over.
    ///
    /// - Parameter kind: what errors call them
    /// - Throws: ``PictureError`` if some of them are nested more deeply than others.
    static func levels(_ titles: [SheetTitle], kind: String) throws -> [[SheetSpan]] {
        if titles.isEmpty { return [] }
        guard let depth = SheetTitle("", titles).depth else {
            throw PictureError("some titles of the \(kind) are nested more deeply than others")
        }
        var levels: [[SheetSpan]] = []
        var level = titles
        for _ in 1..<depth {
            var start = 0
            levels.append(
                level.map { title in
                    defer { start += title.count }
                    return SheetSpan(text: title.text, range: start..<start + title.count)
                })
            level = level.flatMap(\.parts)
        }
        return levels
    }
}

/// A title with the rows or columns that it stands over.
struct SheetSpan: Sendable, Hashable {
    let text: String
    let range: Range<Int>
}
