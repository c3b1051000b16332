// A plot as SVG.

extension Plot {
    /// The drawing as an SVG element; its colors and type come from ``ReportStyle``.
    ///
    /// - Parameter description: what it shows, for those who do not see it
    func svg(_ description: String) -> String {
        let id = "plot-\(measure.slug)"
        var svg = """
            <svg viewBox="0 0 \(Self.number(width)) \(Self.number(Self.height))" role="img" \
            aria-labelledby="\(id)-title \(id)-description">
            <title id="\(id)-title">\(HTML.text("\(measure.title), \(measure.unit), by \(xTitle)"))</title>
            <desc id="\(id)-description">\(HTML.text(description))</desc>

            """
        svg += frame
        for (index, points) in series.enumerated() where !points.isEmpty {
            // Points of one x stand side by side, so that their intervals do not cover each other.
            let shift = (Double(index) - Double(series.count - 1) / 2) * min(9, 48 / Double(series.count))
            svg += line(points, shift: shift, series: index)
        }
        return svg + "</svg>\n"
    }

    private var frame: String {
        let (left, right) = (Self.margins.left, width - Self.margins.right)
        var frame = ""
        for tick in y.ticks {
            let place = y.place(tick.value)
            frame += "<path class=\"rule\" d=\"M\(Self.number(left)) \(Self.number(place))H\(Self.number(right))\"/>"
            frame += Self.text(tick.text, left - 8, place + 4, "tick end")
        }
        let bottom = y.ends.lower
        frame += "\n<path class=\"axis\" d=\"M\(Self.number(left)) \(Self.number(bottom))H\(Self.number(right))\"/>"
        for tick in x.ticks {
            let place = Self.number(x.place(tick.value))
            frame += "<path class=\"axis\" d=\"M\(place) \(Self.number(bottom))v5\"/>"
            frame += Self.text(tick.text, x.place(tick.value), bottom + 20, "tick middle")
        }
        frame += Self.text(xTitle, (left + right) / 2, bottom + 40, "name middle")
        let yTitle = measure.unit + (y.isLogarithmic ? " (logarithmic)" : "")
        return frame + Self.text(yTitle, 0, 14, "name") + "\n"
    }

    private func line(_ points: [Point], shift: Double, series: Int) -> String {
        var line = "<g class=\"series s\(series)\">\n"
        let places = points.map { point -> (x: Double, y: Double) in
            (x.place(point.x) + shift, point.mean.isFinite ? y.place(point.mean) : y.ends.upper)
        }
        for (point, place) in zip(points, places) {
            if let interval = point.interval { line += bar(interval, at: place.x) }
        }
        if isJoined {
            // Not through the points that have no place on the axis.
            let joined = zip(points, places).filter(\.0.mean.isFinite).map(\.1)
            let path = joined.map { "\(Self.number($0.x)) \(Self.number($0.y))" }.joined(separator: "L")
            if joined.count > 1 { line += "<path class=\"line\" d=\"M\(path)\"/>\n" }
        }
        for (point, place) in zip(points, places) {
            let shape = point.mean.isFinite ? PlotMark.path(series) : PlotMark.infinite
            line += "<path class=\"mark\" transform=\"translate(\(Self.number(place.x)) \(Self.number(place.y)))\" "
            line += "d=\"\(shape)\"><title>\(HTML.text(point.note))</title></path>\n"
        }
        return line + "</g>\n"
    }

    /// An interval as a line with caps; an end outside of the frame is cut off and has no cap.
    private func bar(_ interval: ClosedRange<Double>, at place: Double) -> String {
        let (low, high) = (y.place(interval.lowerBound), y.place(interval.upperBound))
        let (bottom, top) = (min(low, y.ends.lower), max(high, y.ends.upper))
        let (x, left) = (Self.number(place), Self.number(place - 4))
        var path = "M\(x) \(Self.number(bottom))V\(Self.number(top))"
        if low == bottom { path += "M\(left) \(Self.number(low))h8" }
        if high == top { path += "M\(left) \(Self.number(high))h8" }
        return "<path class=\"bar\" d=\"\(path)\"/>\n"
    }

    private static func text(_ text: String, _ x: Double, _ y: Double, _ name: String) -> String {
        "<text class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\">\(HTML.text(text))</text>\n"
    }

    private static func number(_ value: Double) -> String {
        NumberText.short((value * 10).rounded() / 10)
    }
}

extension ExperimentMeasure {
    /// The end of the id of its plot.
    var slug: String {
        switch self {
        case .seconds: "seconds"
        case .tokensPerSecond: "tokens-per-second"
        case .peakBytes: "peak-memory"
        case .faithfulness: "faithfulness"
        case .psnr: "psnr"
        }
    }
}
