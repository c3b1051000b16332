// The parts of a report around its pictures: the head, the plots, the table, and how it was made.

extension ExperimentReport {
    /// The title, and what the experiment is made of.
    func header(_ summary: ExperimentSummary) -> String {
        let seconds = records.reduce(0) { $0 + $1.seconds }
        let tokens = records.reduce(0) { $0 + $1.tokens }
        let facts = [
            ("model", HTML.text(model)),
            ("pictures", NumberText.grouped(records.count)),
            ("prompts", "\(summary.promptIDs.count)"),
            ("seeds", "\(summary.seeds.count)"),
            ("settings", "\(summary.cells.count)"),
            ("tokens drawn", NumberText.grouped(tokens)),
            ("drawing time", NumberText.duration(seconds)),
        ]
        let axes = summary.axes.map { axis in
            "<li><b>\(HTML.text(axis.key))</b> \(HTML.text(Self.list(axis.texts)))</li>"
        }
        return """
            <header>
            <h1>\(HTML.text(title))</h1>
            <ul class="axes">\(axes.joined())</ul>
            <dl class="facts">\(facts.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>" }.joined())</dl>
            <nav><a href="#plots">Plots</a><a href="#pictures">Pictures</a><a href="#table">Table</a>\
            <a href="#method">Method</a></nav>
            </header>

            """
    }

    /// The plots of all measures that were taken.
    func plots(_ summary: ExperimentSummary) -> String {
        let layout = PlotLayout(records, summary)
        // Two in a row, or three where that leaves no gap.
        let narrow = [3: 3, 5: 3][summary.measures.count] ?? 0
        let figures = summary.measures.enumerated().compactMap { place, measure in
            let isNarrow = place >= summary.measures.count - narrow
            return Plot(measure, layout, width: isNarrow ? Plot.widths.narrow : Plot.widths.wide)
        }.map { plot in
            let hasInfinite = plot.series.contains { $0.contains { !$0.mean.isFinite } }
            let caption = hasInfinite ? "<figcaption>Arrows: infinite, as pictures are equal.</figcaption>" : ""
            let description = "One point a setting, with 95% intervals over seeds; the numbers stand in the table."
            return """
                <figure class="plot\(plot.width == Plot.widths.wide ? " wide" : "")" id="plot-\(plot.measure.slug)">
                <h3>\(plot.measure.title)</h3>
                \(plot.svg(description))\(caption)</figure>

                """
        }
        let missing = ExperimentMeasure.allCases.filter { !summary.measures.contains($0) }
        let absent = missing.map { "\($0.title) is not shown: \($0.absence)." }
        return """
            <section id="plots">
            <h2>\(layout.showsTokens ? "What a token buys" : "What the settings change")</h2>
            <p class="note">\(HTML.text(([explanation(layout, summary)] + absent).joined(separator: " ")))</p>
            \(legend(layout))<div class="plots">
            \(figures.joined())</div>
            </section>

            """
    }

    private func explanation(_ layout: PlotLayout, _ summary: ExperimentSummary) -> String {
        var sentences = ["Each point is the mean over all prompts and seeds of a setting."]
        if summary.seeds.count > 1 { sentences.append("Bars are 95% intervals over seeds.") }
        if layout.series.count > 1 {
            sentences.append(
                "Points with the same \(layout.showsTokens ? "number of tokens" : "value") stand side by side.")
        }
        if !layout.pooledAxes.isEmpty {
            let axes = layout.pooledAxes.map(\.key).joined(separator: ", ")
            sentences.append("All values of \(axes) are put together in a point.")
        }
        if layout.series.count < layout.seriesCount {
            sentences.append("\(layout.series.count) of \(layout.seriesCount) lines are shown.")
        }
        return sentences.joined(separator: " ")
    }

    private func legend(_ layout: PlotLayout) -> String {
        if layout.series.count < 2 { return "" }
        let items = layout.series.enumerated().map { index, line in
            """
            <li><svg class="key" viewBox="-14 -8 28 16" aria-hidden="true"><g class="series s\(index)">\
            <path class="line" d="M-14 0H14"/><path class="mark" d="\(PlotMark.path(index))"/></g></svg>\
            \(HTML.text(line.name))</li>
            """
        }
        let keys = HTML.text(layout.seriesAxes.map(\.key).joined(separator: ", "))
        return "<div class=\"legend\"><span>\(keys)</span><ul>\(items.joined())</ul></div>\n"
    }

    /// The table of all cells.
    func table(_ summary: ExperimentSummary) -> String {
        let table = ExperimentTable(summary)
        let titles = table.titles.enumerated().map { index, title in
            "<th scope=\"col\"\(index < summary.axes.count ? " class=\"key\"" : "")>\(HTML.text(title))</th>"
        }
        let rows = summary.cells.map { cell in
            let texts = table.texts(of: cell).enumerated().map { index, text in
                if index < summary.axes.count { return "<th scope=\"row\">\(HTML.text(text))</th>" }
                let parts = text.split(separator: " ", maxSplits: 1).map { HTML.text(String($0)) }
                let interval = parts.count > 1 ? " <small>\(parts[1])</small>" : ""
                return "<td>\(parts.first ?? "")\(interval)</td>"
            }
            return "<tr>\(texts.joined())</tr>\n"
        }
        return """
            <section id="table">
            <h2>Table</h2>
            <p class="note">A row a setting, over all prompts and seeds; 95% intervals in brackets.</p>
            <div class="scroll"><table class="numbers">
            <thead>
            <tr>\(titles.joined())</tr>
            </thead>
            <tbody>
            \(rows.joined())</tbody>
            </table></div>
            </section>

            """
    }

    /// At most so many texts, and the last one.
    private static func list(_ texts: [String]) -> String {
        if texts.count <= 12 { return texts.joined(separator: ", ") }
        return "\(texts.prefix(10).joined(separator: ", ")), … \(texts[texts.count - 1]) (\(texts.count) values)"
    }
}
