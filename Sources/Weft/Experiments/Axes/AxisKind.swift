// What the values of an axis are, and how they are spelled.

import Foundation

/// What the values of an axis can be.
public enum AxisKind: Sendable, Hashable {
    /// Decimal numbers, exact: up to 20 digits before the point and 15 after it.
    case number
    /// Whole numbers of at least that.
    case wholeNumber(from: Int)
    /// Some words, spelled as here.
    case words([String])
    /// Pixels: `WIDTHxHEIGHT`, or one number for a square.
    case size

    /// The values of one part of a list, a part being what stands between commas.
    ///
    /// - Throws: ``AxisProblem`` that says what is wrong with the part
    func values(of part: String) throws -> [String] {
        switch self {
        case .words(let words):
            guard words.contains(part) else {
                let hint = NearestName.of(part, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
                throw AxisProblem("is not one of \(words.joined(separator: ", "))\(hint)")
            }
            return [part]
        case .size:
            if part.contains("x") { return [try Self.size(part)] }
            return try NumberRange(parsing: part).values().map { number in
                guard number.isWhole, number.value > 0 else {
                    throw AxisProblem("gives \(number): a side must be a whole number of pixels above 0")
                }
                return "\(number)x\(number)"
            }
        case .number:
            return try NumberRange(parsing: part).values().map(\.description)
        case .wholeNumber(let least):
            return try NumberRange(parsing: part).values().map { number in
                guard number.isWhole, number.value >= Decimal(least) else {
                    throw AxisProblem("gives \(number): it must be a whole number of \(least) or more")
                }
                return number.description
            }
        }
    }

    private static func size(_ text: String) throws -> String {
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map(Shard.number)
        guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0 else {
            throw AxisProblem("is not a size, WIDTHxHEIGHT in pixels as in 128x96, or one number for a square")
        }
        return "\(width)x\(height)"
    }
}

/// What is wrong with a part of a list; the list adds which part it is.
struct AxisProblem: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
