// Plots: what runs along x, what makes a line, and where points stand.

import Testing

@testable import Weft

@Suite struct ReportPlotTests {
    private func layout(_ axes: [(key: String, texts: [String])], side: Int = 8) throws -> PlotLayout {
        let records = try MadeUpExperiment(axes: axes, prompts: ["a"], seeds: [1, 2], side: side).records()
        return PlotLayout(records, try ExperimentSummary(records: records))
    }

    @Test func theBudgetRunsAlongX() throws {
        let layout = try layout([("temperature", ["0.7", "1"]), ("size", ["8", "16", "24"])])
        #expect(layout.showsTokens && layout.along?.key == "size")
        #expect(layout.seriesAxes.map(\.key) == ["temperature"] && layout.pooledAxes.isEmpty)
        #expect(layout.series.map(\.name) == ["0.7", "1"])
        #expect(layout.series[1].cells.map(\.tokens) == [1, 4, 9])
        #expect(layout.series[1].cells.allSatisfy { $0.values[0].text == "1" && $0.pictures == 2 })
    }

    @Test func withoutABudgetTheFirstAxisThatVariesDoes() throws {
        let layout = try layout([("top_k", ["0"]), ("temperature", ["1", "0.5"]), ("style", ["x", "y"])])
        #expect(!layout.showsTokens && layout.along?.key == "temperature")
        #expect(layout.series.map(\.name) == ["x", "y"])
        let plot = try #require(Plot(.seconds, layout))
        #expect(plot.xTitle == "temperature (every picture has 1 token)")
        // Numbers stand where they are, in ascending order, and are joined.
        #expect(plot.series[0].map(\.x) == [0.5, 1] && plot.isJoined)
        #expect(plot.x.ticks.map(\.text) == ["0.5", "1"])
    }

    @Test func wordsStandInTheirOrderAndAreNotJoined() throws {
        let plot = try #require(Plot(.seconds, try layout([("quality", ["low", "high", "a medium one, or so"])])))
        #expect(plot.series[0].map(\.x) == [0, 1, 2] && !plot.isJoined)
        #expect(plot.x.ticks.map(\.text) == ["low", "high", "a medium one,…"])
        #expect(!plot.svg("").contains("class=\"line\""))
    }

    @Test func theLongestOfSeveralBudgetsRunsAlongX() throws {
        let records = try MadeUpExperiment(
            axes: [("size", ["8", "16"]), ("tokens", ["1", "2", "3"])], prompts: ["a"], seeds: [1]
        ).records()
        let layout = PlotLayout(records, try ExperimentSummary(records: records))
        #expect(layout.along?.key == "tokens" && layout.series.map(\.name) == ["8", "16"])
    }

    @Test func tooManyLinesArePutTogether() throws {
        let axes = [
            ("size", ["8", "16"]), ("temperature", ["0.6", "0.7", "0.8", "0.9"]), ("top_k", ["0", "1", "2"]),
            ("style", ["x", "y"]),
        ]
        let layout = try layout(axes.map { (key: $0.0, texts: $0.1) })
        #expect(layout.seriesAxes.map(\.key) == ["top_k", "style"])
        #expect(layout.pooledAxes.map(\.key) == ["temperature"])
        #expect(layout.series.map(\.name) == ["0, x", "0, y", "1, x", "1, y", "2, x", "2, y"])
        #expect(layout.series.allSatisfy { $0.cells.map(\.pictures) == [8, 8] })
    }

    @Test func aLongAxisIsThinnedOut() throws {
        let texts = (0..<20).map(String.init)
        let layout = try layout([(key: "size", texts: ["8", "16"]), (key: "top_k", texts: texts)])
        #expect(layout.seriesCount == 20)
        #expect(layout.series.map(\.name) == ["0", "2", "5", "8", "10", "13", "16", "19"])
    }

    @Test func noAxes() throws {
        let layout = try layout([])
        #expect(layout.showsTokens && layout.along == nil && layout.series.map(\.name) == [""])
        let plot = try #require(Plot(.psnr, layout))
        #expect(plot.x.ticks.map(\.text) == ["1"] && plot.xTitle == "visual tokens drawn")
    }

    @Test func pointsAreInTheUnitOfTheAxis() throws {
        var records = try MadeUpExperiment(axes: [("size", ["8", "16"])], prompts: ["a"], seeds: [1, 2]).records()
        for index in records.indices {
            records[index].peakBytes = 5 << 20
            records[index].faithfulness = index < 2 ? 1 : 0
            records[index].psnr = index < 2 ? .infinity : nil
        }
        let layout = PlotLayout(records, try ExperimentSummary(records: records))
        #expect(Plot(.peakBytes, layout)?.series[0].map(\.mean) == [5, 5])
        let shares = try #require(Plot(.faithfulness, layout))
        #expect(shares.series[0].map(\.mean) == [100, 0] && shares.y.domain == 0...100)
        #expect(shares.series[0][0].note == "size 8: 100 % of facts (34 to 100), 1 token, 2 pictures")
        // An infinite mean is an arrow at the top, and a cell that was not measured has no point.
        let psnr = try #require(Plot(.psnr, layout))
        #expect(psnr.series[0].map(\.mean) == [.infinity])
        #expect(psnr.svg("").contains(PlotMark.infinite) && !psnr.svg("").contains("inf,"))
    }

    @Test func nothingMeasuredIsNoPlot() throws {
        var records = try MadeUpExperiment(axes: []).records()
        for index in records.indices { records[index].faithfulness = nil }
        #expect(Plot(.faithfulness, PlotLayout(records, try ExperimentSummary(records: records))) == nil)
    }

    @Test func svgStaysInItsFrame() throws {
        let records = try MadeUpExperiment.sizes.records()
        let layout = PlotLayout(records, try ExperimentSummary(records: records))
        for measure in ExperimentMeasure.allCases {
            let svg = try #require(Plot(measure, layout, width: Plot.widths.narrow)).svg("A <description>")
            #expect(svg.contains("A &lt;description&gt;"))
            #expect(svg.matches(of: /class="mark"/).count == 9 && svg.matches(of: /class="line"/).count == 3)
            #expect(svg.matches(of: /class="bar"/).count == 9)
            for match in svg.matches(of: /translate\(([^ ]+) ([^)]+)\)/) {
                let (x, y) = (try #require(Double(match.1)), try #require(Double(match.2)))
                #expect(x > Plot.margins.left && x < Plot.widths.narrow - Plot.margins.right)
                #expect(y >= Plot.margins.top - 0.1 && y <= Plot.height - Plot.margins.bottom + 0.1)
            }
        }
    }

    @Test func wideIntervalsDoNotFlattenThePoints() throws {
        var records = try MadeUpExperiment(axes: [("size", ["8", "16"])], prompts: ["a"], seeds: [1, 2]).records()
        for index in records.indices { records[index].seconds = [1, 5, 3, 3][index] }
        let plot = try #require(Plot(.seconds, PlotLayout(records, try ExperimentSummary(records: records))))
        // 3 + 12.7 * 2 is cut off at the upper end: the line goes up to the frame and has no cap there.
        #expect(plot.y.domain.upperBound < 6.5 && plot.y.domain.lowerBound == 0)
        let bar = try #require(plot.svg("").firstMatch(of: /class="bar" d="([^"]*)"/)).1
        #expect(bar.contains("V32M") && bar.hasSuffix(" 222h8") && bar.matches(of: /h8/).count == 1)
    }
}
