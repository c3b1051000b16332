// Decimal numbers without rounding.

import Foundation

/// A decimal number that is written and computed with exactly: 0.7 plus three times 0.1 is 1.
///
/// It has at most ``wholeDigits`` digits before the point and ``decimalPlaces`` after it, which fit a `Decimal` with room
/// for a carry, and hold every 64-bit number.
struct ExactNumber: Hashable, Comparable, CustomStringConvertible {
    /// The most digits before the point.
    static let wholeDigits = 20
    /// The most digits after the point.
    static let decimalPlaces = 15

    /// The number itself.
    let value: Decimal

    /// A number; nil if it has too many digits.
    init?(_ value: Decimal) {
        guard !value.isNaN, abs(value) < Self.limit else { return nil }
        guard value == Self.rounded(value, toPlaces: Self.decimalPlaces) else { return nil }
        self.value = value
    }

    private static let limit = Decimal(sign: .plus, exponent: wholeDigits, significand: 1)

    /// Reads digits with an optional sign, point and power of ten from the front of a text, and takes them off it.
    ///
    /// - Throws: ``AxisProblem`` if no number stands there, or it has too many digits
    init(takenFrom text: inout Substring) throws {
        guard let match = text.prefixMatch(of: /-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?/) else {
            let place = text.isEmpty ? "at its end" : "at \(Excerpt.quoted(String(text)))"
            throw AxisProblem("lacks a number \(place)")
        }
        // `Decimal` would round what is longer than its digits.
        let digits = match.output
        guard digits.utf8.count <= 60, let value = Decimal(string: String(digits)), let number = Self(value),
            digits.filter(\.isNumber).drop(while: { $0 == "0" }).count <= Self.wholeDigits + Self.decimalPlaces
        else {
            throw AxisProblem(
                "has the number \(Excerpt.quoted(String(digits))), and the most is \(Self.wholeDigits) digits before the "
                    + "point and \(Self.decimalPlaces) after it")
        }
        self = number
        text = text[match.range.upperBound...]
    }

    /// Whether nothing stands after the point.
    var isWhole: Bool { value == Self.rounded(value, toPlaces: 0) }

    static func < (left: Self, right: Self) -> Bool { left.value < right.value }

    /// The digits without needless zeros or powers of ten.
    var description: String { "\(value)" }

    private static func rounded(_ value: Decimal, toPlaces places: Int) -> Decimal {
        var result = Decimal()
        var value = value
        NSDecimalRound(&result, &value, places, .plain)
        return result
    }
}
