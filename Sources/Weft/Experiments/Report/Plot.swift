// One plot: a measure against the tokens, or against the values of an axis.

/// A plot of one measure, ready to be drawn.
struct Plot {
    /// A point of a line, in the measure's unit.
    struct Point {
        let x: Double
        let mean: Double
        let interval: ClosedRange<Double>?
        /// What it says when it is pointed at.
        let note: String
    }

    /// The width of a plot, in units of the drawing: half of the report's or a third of it; all are equally high.
    static let widths = (wide: 540.0, narrow: 346.0)
    static let height = 270.0
    static let margins = (top: 32.0, right: 8.0, bottom: 48.0, left: 44.0)

    let measure: ExperimentMeasure
    let width: Double
    /// Points by line.
    let series: [[Point]]
    let x: PlotScale
    let y: PlotScale
    let xTitle: String
    /// Whether the points of a line are joined; the values of an axis of words have no way between them.
    let isJoined: Bool

    /// The plot of a measure; nil if no cell has it.
    init?(_ measure: ExperimentMeasure, _ layout: PlotLayout, width: Double = widths.wide) {
        let positions = layout.showsTokens ? nil : layout.along.map { $0.numbers ?? $0.texts.indices.map(Double.init) }
        var texts: [String: Double] = [:]
        if let along = layout.along, let positions {
            for (text, position) in zip(along.texts, positions) { texts[text] = position }
        }
        series = layout.series.map { line in
            let points = line.cells.compactMap { cell -> Point? in
                guard let estimate = cell[measure] else { return nil }
                let text = cell.values.first { $0.key == layout.along?.key }?.text ?? ""
                return Point(
                    x: layout.showsTokens ? cell.tokens : texts[text] ?? 0, mean: measure.displayed(estimate.mean),
                    interval: estimate.interval.map {
                        measure.displayed($0.lowerBound)...measure.displayed($0.upperBound)
                    },
                    note: Self.note(cell, estimate, measure))
            }
            return points.sorted { $0.x < $1.x }
        }
        let points = series.flatMap { $0 }
        if points.isEmpty { return nil }
        self.measure = measure
        self.width = width
        isJoined = layout.showsTokens || layout.along?.numbers != nil
        x = Self.xScale(points, layout, positions, width)
        y = Self.yScale(points, measure)
        if layout.showsTokens {
            xTitle = "visual tokens drawn" + (x.isLogarithmic ? " (logarithmic)" : "")
        } else {
            let tokens = NumberText.tokens(layout.series[0].cells[0].tokens)
            xTitle = "\(layout.along?.key ?? "") (every picture has \(tokens))"
        }
    }

    private static func note(
        _ cell: ExperimentCell, _ estimate: ExperimentEstimate, _ measure: ExperimentMeasure
    ) -> String {
        let settings = cell.values.line
        let interval = measure.intervalText(estimate)
        let pictures = estimate.count == 1 ? "1 picture" : "\(estimate.count) pictures"
        return "\(settings.isEmpty ? "" : "\(settings): ")\(measure.text(estimate.mean)) \(measure.unit)"
            + (interval.isEmpty ? "" : " (\(interval))") + ", \(NumberText.tokens(cell.tokens)), \(pictures)"
    }

    private static func xScale(
        _ points: [Point], _ layout: PlotLayout, _ positions: [Double]?, _ width: Double
    ) -> PlotScale {
        let ends = (lower: margins.left + 30, upper: width - margins.right - 30)
        if layout.showsTokens {
            let values = Set(points.map(\.x)).sorted()
            let isWide = values[values.count - 1] >= 6 * values[0]
            let ticks = values.map { PlotScale.Tick(value: $0, text: NumberText.short($0)) }
            return PlotScale(labelled: ticks, isLogarithmic: isWide, spacing: 44, ends: ends)
        }
        let labels = zip(positions ?? [], layout.along?.texts ?? []).sorted { $0.0 < $1.0 }
        let longest = min(labels.map(\.1.count).max() ?? 1, 14)
        let ticks = labels.map { PlotScale.Tick(value: $0.0, text: HTML.shortened($0.1, to: 14)) }
        return PlotScale(labelled: ticks, isLogarithmic: false, spacing: Double(longest) * 7 + 10, ends: ends)
    }

    private static func yScale(_ points: [Point], _ measure: ExperimentMeasure) -> PlotScale {
        let means = points.map(\.mean).filter(\.isFinite)
        let bounds = points.compactMap(\.interval).flatMap { [$0.lowerBound, $0.upperBound] }
        // Two seeds can give an interval many times as wide as all means are apart: it is cut off at the frame then.
        let high = (means.max() ?? 1) * 2
        let low = measure == .psnr ? (means.min() ?? 0) - 10 : (means.min() ?? 0)
        let shown = means + bounds.filter { $0 <= high && $0 >= low }
        return PlotScale(
            values: shown, fromZero: measure != .psnr, limit: measure == .faithfulness ? 100 : nil,
            ends: (lower: height - margins.bottom, upper: margins.top))
    }
}
