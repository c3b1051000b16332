// Small parts of reports: escaping, measures, axes, the limits of pictures.

import Testing

@testable import Weft

@Suite struct ReportTextTests {
    @Test(arguments: [
        ("a < b > c & d", "a &lt; b &gt; c &amp; d"), ("\"'", "&quot;&#39;"), ("&lt;", "&amp;lt;"),
        ("two\nlines\tand\ra return", "two\nlines\tand&#13;a return"),
        ("\u{0}\u{1B}\u{7F}\u{85}\u{FFFE}\u{1FFFF}", String(repeating: "\u{FFFD}", count: 6)),
        ("é e\u{301} 猫 👩‍🚀 \u{202E}abc", "é e\u{301} 猫 👩‍🚀 \u{202E}abc"), ("", ""),
    ])
    func escaping(text: String, html: String) {
        #expect(Array(HTML.text(text).unicodeScalars) == Array(html.unicodeScalars))
    }

    @Test(arguments: [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("👩‍🚀👩‍🚀👩‍🚀", 2, "👩‍🚀…"), ("", 5, "")])
    func shortening(text: String, count: Int, result: String) { #expect(HTML.shortened(text, to: count) == result) }

    @Test func lines() {
        let values = [AxisValue(key: "size", text: "8x<9"), AxisValue(key: "top_k", text: "0")]
        #expect(values.line == "size 8x<9, top_k 0" && [AxisValue]().line == "")
        #expect(HTML.line(values) == "size 8x&lt;9 · top_k 0")
    }

    @Test func measuresOfARecord() throws {
        var record = try MadeUpExperiment(axes: [], prompts: ["a"], seeds: [1]).records()[0]
        (record.seconds, record.tokensPerSecond, record.peakBytes) = (2, 3, 5 << 20)
        (record.faithfulness, record.psnr) = (0.25, 31)
        #expect(ExperimentMeasure.allCases.map { $0.value(of: record) } == [2, 3, 5_242_880, 0.25, 31])
        #expect(
            ExperimentMeasure.allCases.map { $0.text($0.value(of: record) ?? 0) } == [
                "2.00", "3.00", "5.00", "25.0", "31.0",
            ])
        (record.peakBytes, record.faithfulness, record.psnr) = (nil, nil, nil)
        #expect(ExperimentMeasure.allCases.map { $0.value(of: record) } == [2, 3, nil, nil, nil])
    }

    /// The digits of an interval are those of its mean.
    @Test func intervals() {
        let estimate = ExperimentEstimate(quantity: [(1, 100 * 1_048_576), (2, 101 * 1_048_576)])
        #expect(ExperimentMeasure.peakBytes.intervalText(estimate) == "94 to 107")
        let single = ExperimentEstimate(quantity: [(1, 1)])
        #expect(ExperimentMeasure.seconds.intervalText(single) == "")
    }

    @Test(arguments: [
        (["0.7", "1", "-2"], [0.7, 1, -2]), (["64", "128x96"], nil), (["low", "1"], nil), (["nan"], nil),
        (["inf"], nil),
    ])
    func numbersOfAnAxis(texts: [String], numbers: [Double]?) throws {
        let records = try MadeUpExperiment(axes: [("a", texts)], prompts: ["a"], seeds: [1]).records()
        #expect(ExperimentAxis.axes(of: records)[0].numbers == numbers)
    }

    @Test(arguments: [
        // 100 pictures, their side and bytes: all of them within 24 MiB.
        (100, 256, 60_000, 256), (100, 512, 240_000, 512),
        // 512 pixels would be 30 MB, 256 are 1.5 / 4 of that.
        (100, 512, 300_000, 256),
        // Larger than 512 is always reduced: 100 * 2 MB * 1.5 / 16 is 18.75 MB.
        (100, 2048, 2_000_000, 512),
    ])
    func sides(count: Int, side: Int, bytes: Int, limit: Int) throws {
        let model = try MadeUpExperiment(axes: [], prompts: ["a"], seeds: [1]).records()[0]
        let records = (0..<count).map { index in
            var record = model
            record.id = "\(index)"
            record.seed = UInt64(index)
            (record.width, record.height) = (side, side / 2)
            record.png = [UInt8](repeating: 0, count: bytes)
            return record
        }
        let pictures = ReportPictures(records, try ExperimentSummary(records: records))
        #expect(pictures.side == limit || (side <= limit && pictures.side >= side))
        #expect(pictures.reduces == (side > limit) && pictures.seeds.count == count)
        #expect(pictures.note == (side > limit ? "Pictures with a side above \(limit) pixels are reduced to it." : ""))
    }
}
