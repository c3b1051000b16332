// An axis of a plot: from values to places, and its ticks.

import Foundation

/// How values become places along one side of a plot.
struct PlotScale {
    /// A labelled place of the axis.
    struct Tick {
        let value: Double
        let text: String
    }

    /// The values at both ends.
    let domain: ClosedRange<Double>
    /// Whether equal factors and not equal differences are equally far apart.
    let isLogarithmic: Bool
    /// The labelled values, ascending.
    let ticks: [Tick]
    /// The place of the lower end and of the upper one, in units of the drawing.
    let ends: (lower: Double, upper: Double)

    /// Where a value is; values outside of the domain are outside of the ends.
    func place(_ value: Double) -> Double {
        let (low, high) = (transformed(domain.lowerBound), transformed(domain.upperBound))
        return ends.lower + (transformed(value) - low) / (high - low) * (ends.upper - ends.lower)
    }

    private func transformed(_ value: Double) -> Double {
        isLogarithmic ? log10(max(value, .leastNormalMagnitude)) : value
    }

    /// A scale for measured values.
    ///
    /// - Parameters:
    ///   - values: what must be inside; finite
    ///   - fromZero: whether the axis begins at 0, if it is not logarithmic
    ///   - limit: the largest value that makes sense, such as 100 percent
    ///   - ends: the place of the lower end and of the upper one
    init(values: [Double], fromZero: Bool, limit: Double? = nil, ends: (lower: Double, upper: Double)) {
        let low = values.min() ?? 0
        let high = values.max() ?? 1
        self.ends = ends
        isLogarithmic = fromZero && limit == nil && low > 0 && high > 50 * low
        if isLogarithmic {
            let ticks = Self.decades(from: low, to: high)
            domain = min(low, ticks[0])...max(high, ticks[ticks.count - 1])
            self.ticks = ticks.map { Tick(value: $0, text: NumberText.short($0)) }
            return
        }
        // Room for a range of one value, and for points not to stand on the frame.
        let base = fromZero ? min(0, low) : low
        let room = high > base ? (high - base) * 0.08 : max(abs(high) * 0.1, 1e-6)
        let lower = fromZero ? base : low - room
        let upper = limit ?? (fromZero && high <= 0 && low >= 0 ? 1 : high + room)
        let step = Self.step(for: upper - lower)
        let first = (lower / step - 1e-9).rounded(.up)
        let last = (upper / step + 1e-9).rounded(.down)
        domain = lower...upper
        let decimals = max(0, -Int(log10(step).rounded(.down)))
        ticks = stride(from: first, through: last, by: 1).map {
            Tick(value: $0 * step, text: NumberText.text($0 * step, decimals: min(decimals, 9)))
        }
    }

    /// A scale that labels given values; close ones keep the label of the first.
    ///
    /// - Parameters:
    ///   - labelled: values and their labels, ascending, at least one
    ///   - spacing: how far apart labels are at least, in units of the drawing
    ///   - ends: the places of the first and of the last value
    init(labelled: [Tick], isLogarithmic: Bool, spacing: Double, ends: (lower: Double, upper: Double)) {
        let (first, last) = (labelled[0].value, labelled[labelled.count - 1].value)
        // One value stands in the middle.
        let domain = first < last ? first...last : (isLogarithmic ? first / 2...first * 2 : first - 1...first + 1)
        let bare = PlotScale(domain: domain, isLogarithmic: isLogarithmic, ticks: [], ends: ends)
        var kept: [Tick] = []
        for tick in labelled {
            if let last = kept.last, bare.place(tick.value) - bare.place(last.value) < spacing { continue }
            kept.append(tick)
        }
        self = PlotScale(domain: domain, isLogarithmic: isLogarithmic, ticks: kept, ends: ends)
    }

    private init(
        domain: ClosedRange<Double>, isLogarithmic: Bool, ticks: [Tick], ends: (lower: Double, upper: Double)
    ) {
        self.domain = domain
        self.isLogarithmic = isLogarithmic
        self.ticks = ticks
        self.ends = ends
    }

    /// 1, 2 or 5 times a power of ten: the smallest step that cuts a range into at most 6 parts.
    private static func step(for range: Double) -> Double {
        let rough = range / 6
        let power = pow(10, log10(rough).rounded(.down))
        return power * ([1.0, 2, 5].first { $0 >= rough / power - 1e-9 } ?? 10)
    }

    /// Ticks at 1, 2 and 5 times powers of ten, or at the powers alone where those are too many.
    private static func decades(from low: Double, to high: Double) -> [Double] {
        let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
        let fine = exponents.flatMap { exponent in [1.0, 2, 5].map { $0 * pow(10, Double(exponent)) } }
        let inside = fine.filter { $0 > low / 2.5 && $0 < high * 2.5 }
        let powers = exponents.map { pow(10, Double($0)) }
        return inside.count <= 7 ? inside : powers
    }
}
