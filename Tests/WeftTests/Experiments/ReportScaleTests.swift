// Scales of plots: ticks at round numbers, and places.

import Testing

@testable import Weft

@Suite struct ReportScaleTests {
    private func scale(_ values: [Double], fromZero: Bool = true, limit: Double? = nil) -> PlotScale {
        PlotScale(values: values, fromZero: fromZero, limit: limit, ends: (lower: 200, upper: 0))
    }

    @Test(arguments: [
        ([0.05, 0.44], ["0.0", "0.1", "0.2", "0.3", "0.4"]), ([3, 7], ["0", "2", "4", "6"]),
        ([1400, 2400], ["0", "500", "1000", "1500", "2000", "2500"]),
        ([0], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ([0.002], ["0.0000", "0.0005", "0.0010", "0.0015", "0.0020"]),
    ])
    func roundTicks(values: [Double], texts: [String]) { #expect(scale(values).ticks.map(\.text) == texts) }

    @Test func percentEndsAtTheLimit() {
        let scale = scale([20, 30], limit: 100)
        #expect(scale.domain == 0...100 && scale.ticks.map(\.text) == ["0", "20", "40", "60", "80", "100"])
        #expect(scale.place(0) == 200 && scale.place(100) == 0 && scale.place(50) == 100)
    }

    @Test func decibelsDoNotBeginAtZero() {
        let scale = scale([20, 28], fromZero: false)
        #expect(scale.domain.lowerBound > 19 && scale.domain.upperBound < 29)
        #expect(scale.ticks.map(\.text) == ["20", "22", "24", "26", "28"])
    }

    @Test func equalValuesHaveRoom() {
        let scale = scale([30, 30], fromZero: false)
        #expect(scale.domain == 27...33 && scale.place(30) == 100)
    }

    @Test func wideRangesAreLogarithmic() {
        let scale = scale([0.1, 10])
        #expect(scale.isLogarithmic && scale.ticks.map(\.text) == ["0.1", "1", "10"])
        #expect(self.scale([1, 60]).ticks.map(\.text) == ["1", "2", "5", "10", "20", "50", "100"])
        #expect(abs(scale.place(1) - (scale.place(0.1) + scale.place(10)) / 2) < 1e-9)
        #expect(!self.scale([0.1, 4]).isLogarithmic && !self.scale([0, 10]).isLogarithmic)
    }

    @Test func closeLabelsAreLeftOut() {
        let ticks = [1.0, 1.1, 5, 10].map { PlotScale.Tick(value: $0, text: "\($0)") }
        let scale = PlotScale(labelled: ticks, isLogarithmic: false, spacing: 40, ends: (lower: 0, upper: 90))
        #expect(scale.ticks.map(\.value) == [1, 5, 10])
        #expect(scale.place(1) == 0 && scale.place(10) == 90)
    }

    @Test(arguments: [true, false]) func oneLabelStandsInTheMiddle(isLogarithmic: Bool) {
        let scale = PlotScale(
            labelled: [PlotScale.Tick(value: 64, text: "64")], isLogarithmic: isLogarithmic, spacing: 40,
            ends: (lower: 10, upper: 110))
        #expect(abs(scale.place(64) - 60) < 1e-9)
    }
}
