// Cells, their order, and records that do not go together.

import Testing
import Weft

@Suite struct ExperimentSummaryTests {
    private func tiny() throws -> [ExperimentRecord] {
        try MadeUpExperiment(
            axes: [("size", ["16", "8"]), ("top_k", ["0", "50"])], prompts: ["a", "b"], seeds: [4, 2]
        )
        .records()
    }

    @Test func cellsInTheOrderOfTheAxes() throws {
        let summary = try ExperimentSummary(records: tiny())
        #expect(summary.axes.map(\.key) == ["size", "top_k"])
        #expect(summary.axes.map(\.texts) == [["16", "8"], ["0", "50"]])
        #expect(
            summary.cells.map { $0.values.map(\.text) } == [["16", "0"], ["16", "50"], ["8", "0"], ["8", "50"]])
        #expect(summary.cells.allSatisfy { $0.pictures == 4 && $0.prompts == 2 && $0.seeds == 2 })
        #expect(summary.cells.map(\.tokens) == [4, 4, 1, 1])
        #expect(summary.promptIDs == ["p0", "p1"] && summary.seeds == [4, 2])
        #expect(summary.measures == ExperimentMeasure.allCases)
    }

    @Test func meansAreOfTheCellAlone() throws {
        var records = try tiny()
        for index in records.indices { records[index].seconds = Double(index + 1) }
        let summary = try ExperimentSummary(records: records)
        #expect(summary.cells.map { $0[.seconds]?.mean } == [2.5, 6.5, 10.5, 14.5])
        // Seeds' means 2 and 3 of the first cell: 2.5 +- 12.7062 / 2.
        let high = try #require(summary.cells[0][.seconds]?.interval?.upperBound)
        #expect(abs(high - 8.853102368087349) < 1e-9)
    }

    @Test func whatWasNotMeasuredIsNotThere() throws {
        var records = try tiny()
        for index in records.indices {
            records[index].psnr = nil
            if index > 0 { records[index].faithfulness = nil }
        }
        records[0].faithfulness = 0.25
        let summary = try ExperimentSummary(records: records)
        #expect(summary.measures == [.seconds, .tokensPerSecond, .peakBytes, .faithfulness])
        #expect(summary.cells[0][.faithfulness]?.mean == 0.25 && summary.cells[0][.faithfulness]?.count == 1)
        #expect(summary.cells[1][.faithfulness] == nil && summary.cells[0][.psnr] == nil)
    }

    @Test func anExperimentWithoutAxesIsOneCell() throws {
        let summary = try ExperimentSummary(records: MadeUpExperiment(axes: []).records())
        #expect(summary.axes.isEmpty && summary.cells.count == 1 && summary.cells[0].pictures == 16)
    }

    @Test func unfinishedExperimentsHaveTheCellsThatAreThere() throws {
        let summary = try ExperimentSummary(records: Array(tiny().prefix(5)))
        #expect(summary.cells.map(\.pictures) == [4, 1])
        #expect(summary.cells[1][.seconds]?.interval == nil)
    }

    private typealias Change = @Sendable (inout [ExperimentRecord]) -> Void

    /// What is wrong with the records, and what is said of it.
    private static let wrong: [(change: Change, message: String)] = [
        (
            { $0[1].id = $0[0].id },
            "picture \"c0_p0_s4\" is there twice"
        ),
        (
            { $0[1].seed = 4 },
            "picture \"c0_p0_s2\" is the second of prompt \"p0\", seed 4 with size 16, top_k 0"
        ),
        ({ $0[1].prompt = "c" }, "picture \"c0_p0_s2\" has another prompt than the pictures before it of \"p0\""),
        (
            { $0[1].values.removeLast() },
            "picture \"c0_p0_s2\" has the axes [\"size\"], and \"c0_p0_s4\" has [\"size\", \"top_k\"]"
        ),
        ({ $0[0].seconds = .nan }, "picture \"c0_p0_s4\" cannot have seconds nan"),
        ({ $0[0].seconds = -1 }, "picture \"c0_p0_s4\" cannot have seconds -1.0"),
        ({ $0[0].tokensPerSecond = .infinity }, "picture \"c0_p0_s4\" cannot have tokens per second inf"),
        ({ $0[0].tokens = 0 }, "picture \"c0_p0_s4\" cannot have tokens 0"),
        ({ $0[0].height = -3 }, "picture \"c0_p0_s4\" cannot have height -3"),
        ({ $0[0].peakBytes = -1 }, "picture \"c0_p0_s4\" cannot have peak bytes -1"),
        ({ $0[0].faithfulness = 1.5 }, "picture \"c0_p0_s4\" cannot have faithfulness 1.5; it is in 0...1"),
        ({ $0[0].faithfulness = .nan }, "picture \"c0_p0_s4\" cannot have faithfulness nan; it is in 0...1"),
        ({ $0[0].psnr = .nan }, "picture \"c0_p0_s4\" cannot have PSNR nan"),
        ({ $0[0].psnr = -.infinity }, "picture \"c0_p0_s4\" cannot have PSNR -inf"),
        ({ $0 = [] }, "an experiment needs a picture"),
        (
            { for i in $0.indices { $0[i].values[1] = AxisValue(key: "size", text: "0") } },
            "the axis \"size\" is there twice"
        ),
        (
            { for i in $0.indices { $0[i].values[1] = AxisValue(key: "seconds_low", text: "0") } },
            "the axis \"seconds_low\" has the name of a measured column of the table"
        ),
    ]

    @Test(arguments: wrong.indices)
    func refused(index: Int) throws {
        var records = try tiny()
        Self.wrong[index].change(&records)
        #expect(errorText { try ExperimentSummary(records: records) } == Self.wrong[index].message)
    }
}
