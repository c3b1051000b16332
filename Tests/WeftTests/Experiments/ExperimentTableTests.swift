// The table in all its forms, to the letter.

import Foundation
import Testing

@testable import Weft

@Suite struct ExperimentTableTests {
    /// Two cells with one picture and two.
    private func records() throws -> [ExperimentRecord] {
        let names = ["one, \"two\"", "<b>|\n*"]
        var records = try MadeUpExperiment(axes: [("style", names)], prompts: ["a"], seeds: [1, 2], side: 8).records()
        records.remove(at: 1)
        for index in records.indices {
            records[index].tokens = 16 + index
            records[index].seconds = [0.1, 2, 4][index]
            records[index].tokensPerSecond = 1 / 3
            records[index].peakBytes = 3 << 19
            records[index].faithfulness = nil
            records[index].psnr = index == 0 ? .infinity : 30
        }
        return records
    }

    @Test func markdown() throws {
        let table = ExperimentTable(try ExperimentSummary(records: records()))
        #expect(
            table.markdown == """
                | style | pictures | tokens drawn | Time (seconds a picture) | Speed (tokens a second) | Peak memory (MiB) \
                | Reconstruction PSNR (dB) |
                | --- | ---: | ---: | ---: | ---: | ---: | ---: |
                | one, "two" | 1 | 16 | 0.100 | 0.333 | 1.50 | ∞ |
                | \\<b\\>\\| \\* | 2 | 17.5 | 3.00 [0.00, 15.71] | 0.333 [0.333, 0.333] | 1.50 [1.50, 1.50] \
                | 30.0 [30.0, 30.0] |

                """)
    }

    @Test func csv() throws {
        let lines = ExperimentTable(try ExperimentSummary(records: records())).csv.components(separatedBy: "\r\n")
        #expect(
            lines[0] == "style,pictures,prompts,seeds,tokens_drawn,seconds,seconds_low,seconds_high,"
                + "tokens_per_second,tokens_per_second_low,tokens_per_second_high,"
                + "peak_bytes,peak_bytes_low,peak_bytes_high,faithfulness,faithfulness_low,faithfulness_high,"
                + "psnr_db,psnr_db_low,psnr_db_high")
        #expect(lines[1] == "\"one, \"\"two\"\"\",1,1,1,16,0.1,,,0.3333333333333333,,,1572864,,,,,,inf,,")
        #expect(lines[2].hasPrefix("\"<b>|\n*\",2,1,2,17.5,3,0,15.7062047"))
        #expect(lines[2].hasSuffix(",1572864,1572864,1572864,,,,30,30,30"))
        #expect(lines.count == 4 && lines[3] == "")
    }

    @Test func jsonLines() throws {
        let summary = try ExperimentSummary(records: records())
        let lines = ExperimentTable(summary).jsonLines.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3 && lines[2].isEmpty)
        for (line, cell) in zip(lines, summary.cells) {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(Set(object.keys) == Set(["style"] + ExperimentTable.measuredColumns))
            #expect(object["style"] as? String == cell.values[0].text)
            #expect(object["seconds"] as? Double == cell[.seconds]?.mean)
            // Every digit, which JSONSerialization does not keep.
            let high = try #require(line.firstMatch(of: /"seconds_high":([^,}]*)[,}]/)).1
            #expect(Double(high) == cell[.seconds]?.interval?.upperBound)
            #expect(object["faithfulness"] is NSNull)
        }
        #expect(lines[0].hasPrefix("{\"style\":\"one, \\\"two\\\"\",\"pictures\":1,\"prompts\":1,\"seeds\":1,"))
        #expect(lines[0].contains("\"psnr_db\":\"inf\",\"psnr_db_low\":null"))
        #expect(lines[1].hasPrefix("{\"style\":\"<b>|\\n*\","))
    }

    @Test(arguments: [
        (0, "0"), (0.0123456, "0.0123"), (0.1, "0.100"), (1.005, "1.00"), (9.996, "10.0"), (0.09996, "0.100"),
        (12.34, "12.3"), (123.4, "123"), (999.6, "1000"), (1234.5, "1234"), (-0.5, "-0.500"), (1e-9, "0.000000"),
        (-1e-9, "0.000000"), (.infinity, "∞"),
    ])
    func threeDigits(value: Double, text: String) { #expect(NumberText.text(value) == text) }

    @Test(arguments: [(64, "64"), (62.5, "62.5"), (0.1 + 0.2, "0.3"), (0, "0"), (-2, "-2"), (100, "100")])
    func shortNumbers(value: Double, text: String) { #expect(NumberText.short(value) == text) }

    @Test(arguments: [
        (0.42, "0.420 s"), (59.4, "59.4 s"), (59.6, "1 min 0 s"), (192, "3 min 12 s"), (7500, "2 h 5 min"),
    ])
    func durations(seconds: Double, text: String) { #expect(NumberText.duration(seconds) == text) }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (64512, "64,512"), (1_234_567, "1,234,567")])
    func groups(count: Int, text: String) { #expect(NumberText.grouped(count) == text) }
}
