// Numbers as people read them.

import Foundation

/// Writes numbers with three digits that count, the same in every language and country.
enum NumberText {
    /// How many digits after the point a number gets: so many that three digits count, at most 6.
    static func decimals(of value: Double) -> Int {
        guard value.isFinite, value != 0 else { return 0 }
        // Rounded to three digits first: 9.996 is 10.0 and not 10.00.
        let exponent = log10(abs(value)).rounded(.down)
        let unit = pow(10, exponent - 2)
        let rounded = (abs(value) / unit).rounded() * unit
        return min(6, max(0, 2 - Int(log10(rounded * (1 + 1e-12)).rounded(.down))))
    }

    /// A number with so many digits after the point; infinity as `∞`.
    static func text(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return value > 0 ? "∞" : "-∞" }
        let text = String(format: "%.\(decimals)f", value)
        // No minus before a zero.
        return text.allSatisfy { "-0.".contains($0) } ? text.replacing("-", with: "") : text
    }

    /// A number with three digits that count: `0.0123`, `1.23`, `1234`.
    static func text(_ value: Double) -> String { text(value, decimals: decimals(of: value)) }

    /// A number with as few digits after the point as it needs, at most 6: `64`, `62.5`.
    static func short(_ value: Double) -> String {
        let text = text(value, decimals: 6)
        guard text.contains(".") else { return text }
        let digits = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return String(digits.reversed())
    }

    /// A number of tokens with the word: `1 token`, `62.5 tokens`.
    static func tokens(_ count: Double) -> String { "\(short(count)) \(count == 1 ? "token" : "tokens")" }

    /// A count with commas between thousands: `64,512`.
    static func grouped(_ count: Int) -> String {
        let digits = Array(String(count))
        return digits.indices.map { index in
            let isGroup = index > 0 && (digits.count - index) % 3 == 0
            return "\(isGroup ? "," : "")\(digits[index])"
        }.joined()
    }

    /// A duration: `0.42 s`, `3 min 12 s`, `2 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e15).rounded())
        if whole < 60 { return "\(text(seconds)) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}

extension ExperimentMeasure {
    /// A mean in ``unit``: `0.42`; infinity as `∞`.
    func text(_ mean: Double) -> String { NumberText.text(displayed(mean)) }

    /// The 95% interval in ``unit`` with the digits of the mean: `0.40 to 0.44`; empty without one.
    func intervalText(_ estimate: ExperimentEstimate, separator: String = " to ") -> String {
        guard let interval = estimate.interval else { return "" }
        let decimals = NumberText.decimals(of: displayed(estimate.mean))
        return [interval.lowerBound, interval.upperBound].map {
            NumberText.text(displayed($0), decimals: decimals)
        }.joined(separator: separator)
    }
}
