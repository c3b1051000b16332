// One setting of an experiment with all its values.

/// A setting that an experiment varies, and its values in order.
public struct Axis: Sendable, Hashable {
    /// The name of the setting.
    public let key: String
    /// Its values as texts, each once: numbers without needless zeros, sizes as `WIDTHxHEIGHT`, words as they are.
    public let values: [String]

    /// The most values of an axis.
    public static let maximumCount = 10_000

    /// Reads `KEY=VALUES`, as in `temperature=0.7-1.0+0.1`.
    ///
    /// Values are separated by commas. Each is a number, a range of numbers, a word or a size, as the key wants; the
    /// ranges are those of llama-bench: `FIRST-LAST` in steps of 1, `FIRST-LAST+STEP`, `FIRST-LAST*FACTOR`. Numbers are
    /// decimal and exact, so that 0.7-1.0+0.1 is 0.7, 0.8, 0.9 and 1. Numbers may be negative, and have 20 digits before
    /// the point and 15 after it at most.
    ///
    /// - Parameters:
    ///   - text: a key, `=`, and its values
    ///   - keys: what the values of each key are
    /// - Throws: ``WeftError`` that names the text and the part that is wrong
    public init(parsing text: String, keys: [String: AxisKind]) throws {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw WeftError(
                .invalidRequest,
                "axis \(Excerpt.quoted(text)) is not KEY=VALUES, as in temperature=0.7,1 or size=64-256*2")
        }
        let key = String(text[..<equals])
        guard let kind = keys[key] else {
            let names = keys.keys.sorted()
            let hint = NearestName.of(key, among: names).map { "did you mean \"\($0)\"?" }
            throw WeftError(
                .invalidRequest,
                "axis \(Excerpt.quoted(text)): unknown key \(Excerpt.quoted(key)); "
                    + (hint ?? "the keys are \(names.joined(separator: ", "))"))
        }
        let list = String(text[text.index(after: equals)...])
        self.init(key: key, values: try Self.values(list, kind, in: "axis \(Excerpt.quoted(text))"))
    }

    /// Reads seeds: `1,7`, `1-4`, `0-100+10`.
    ///
    /// - Throws: ``WeftError`` that names the text and the part that is wrong
    public static func seeds(parsing text: String) throws -> [UInt64] {
        let place = "seeds \(Excerpt.quoted(text))"
        return try values(text, .wholeNumber(from: 0), in: place).map { value in
            guard let seed = UInt64(value) else {
                throw WeftError(.invalidRequest, "\(place): \(value) is above the largest seed, \(UInt64.max)")
            }
            return seed
        }
    }

    private init(key: String, values: [String]) {
        self.key = key
        self.values = values
    }

    private static func values(_ list: String, _ kind: AxisKind, in place: String) throws -> [String] {
        func fail(_ what: String) -> WeftError { WeftError(.invalidRequest, "\(place)\(what)") }
        if list.isEmpty { throw fail(" has no values") }
        var values: [String] = []
        var seen = Set<String>()
        for (index, part) in list.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            if part.isEmpty { throw fail(": value \(index + 1) is empty") }
            do {
                for value in try kind.values(of: String(part)) {
                    guard seen.insert(value).inserted else {
                        throw fail(": \(Excerpt.quoted(String(part))) has the value \(value) a second time")
                    }
                    values.append(value)
                }
            } catch let problem as AxisProblem {
                throw fail(": \(Excerpt.quoted(String(part))) \(problem.reason)")
            }
            if values.count > maximumCount { throw fail(" has more than \(maximumCount) values") }
        }
        return values
    }
}
