// The report's HTML: what is in it, that nothing of a prompt is markup, and its limits.

import Foundation
import Testing
import WeftPixels

@testable import Weft

@Suite struct ReportHTMLTests {
    private func report(_ records: [ExperimentRecord], title: String = "Tokens & pictures") -> ExperimentReport {
        ExperimentReport(title: title, command: "weft budget --axis 'size=8,16'", model: "weft-mini", records: records)
    }

    @Test func everythingIsThere() throws {
        let records = try MadeUpExperiment.sizes.records()
        let html = try report(records).html()
        #expect(html.matches(of: /<img\s/).count == 144)
        #expect(
            html.contains("<title>Tokens &amp; pictures</title>") && html.contains("<h1>Tokens &amp; pictures</h1>"))
        #expect(html.contains("<code>weft budget --axis &#39;size=8,16&#39;</code>"))
        for id in ["seconds", "tokens-per-second", "peak-memory", "faithfulness", "psnr"] {
            #expect(html.matches(of: try Regex("<figure class=\"[a-z ]+\" id=\"plot-\(id)\">")).count == 1)
        }
        for record in records {
            let png = "data:image/png;base64,\(Data(record.png).base64EncodedString())"
            let alt = "\(record.prompt), \(record.values.line), seed \(record.seed)"
            let caption = "\(record.tokens) tokens<br>\(NumberText.text(record.seconds)) s"
            let figure = "<img src=\"\(png)\" alt=\"\(alt)\" width=\"\(record.width)\" height=\"\(record.height)\">"
            #expect(html.contains("\(figure)<figcaption>\(caption)</figcaption>"))
        }
        #expect(try report(records).html() == html)
    }

    @Test func theSlowAxisIsOutermost() throws {
        let records = try MadeUpExperiment(
            axes: [("size", ["8", "16"]), ("top_k", ["0", "9"]), ("temperature", ["0.5", "1"])], prompts: ["a", "b"],
            seeds: [1, 2, 3]
        ).records()
        let html = try report(records).html()
        let headings = html.matches(of: /<h3>(size [^<]*)<\/h3>|<caption>([^<]*)<\/caption>/)
            .map { String($0.1 ?? $0.2 ?? "") }
        #expect(headings == ["size 8", "top_k 0", "top_k 9", "size 16", "top_k 0", "top_k 9"])
        let groups = html.matches(of: /<th scope="colgroup" colspan="3">([^<]*)<\/th>/).map { String($0.1) }
        #expect(groups == Array(repeating: ["temperature 0.5", "temperature 1"], count: 4).flatMap { $0 })
        // The pictures stand in the order of the sheets: by prompt, then temperature, then seed.
        let alts = html.matches(of: /alt="([^"]*)"/).prefix(12).map { String($0.1) }
        let expected = ["a", "b"].flatMap { prompt in
            ["0.5", "1"].flatMap { heat in
                (1...3).map { "\(prompt), size 8, top_k 0, temperature \(heat), seed \($0)" }
            }
        }
        #expect(alts == expected)
    }

    @Test(arguments: [(5, [5]), (12, [12]), (13, [6, 7]), (30, [10, 10, 10])])
    func manySeedsAreSeveralTables(seeds: Int, columns: [Int]) throws {
        let records = try MadeUpExperiment(axes: [], prompts: ["a"], seeds: (1...UInt64(seeds)).map { $0 }).records()
        let html = try report(records).html()
        let heads = html.matches(of: /<tr><th scope="col">prompt<\/th>(.*)<\/tr>/)
        #expect(heads.map { $0.1.matches(of: /seed/).count } == columns)
    }

    @Test func missingPicturesAreSaidToBe() throws {
        var records = try MadeUpExperiment(axes: [("size", ["8", "16"])], prompts: ["a", "b"], seeds: [1, 2]).records()
        records.remove(at: 2)
        let html = try report(records).html()
        #expect(html.matches(of: /not drawn/).count == 1 && html.matches(of: /<img\s/).count == 7)
    }

    @Test func nothingOfATextIsMarkup() throws {
        let nasty = "</script><script>alert(1)</script> \"quoted\" 'x' & &amp; <!-- \u{0}\u{7} \u{FFFF} مرحبا 猫 👩‍🚀"
        var records = try MadeUpExperiment(axes: [("style", ["<b>\""])], prompts: [nasty], seeds: [1, 2]).records()
        records[0].promptID = "<i>"
        records[1].promptID = "<i>"
        let plain = try MadeUpExperiment(axes: [("style", ["x"])], prompts: ["a"], seeds: [1, 2]).records()
        let html = try report(records, title: nasty).html()
        for tag in ["<script", "</script", "<b>", "<i>", "<!--"] {
            let count = html.components(separatedBy: tag).count
            #expect(try count == report(plain).html().components(separatedBy: tag).count, "\(tag)")
        }
        #expect(
            html.contains(
                "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot; &#39;x&#39; &amp; &amp;amp;"))
        #expect(html.contains("&lt;!-- \u{FFFD}\u{FFFD} \u{FFFD} مرحبا 猫 👩‍🚀"))
        #expect(!html.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    }

    @Test func longPromptsAreShortenedAndGivenInFull() throws {
        let long = String(repeating: "word ", count: 100) + "end"
        let html = try report(MadeUpExperiment(axes: [], prompts: [long, "b"], seeds: [1]).records()).html()
        #expect(html.contains("<span dir=\"auto\">\(long.prefix(119))…</span>"))
        #expect(html.contains("<dt>p0</dt><dd dir=\"auto\">\(long)</dd>"))
        let short = try report(MadeUpExperiment(axes: [], prompts: ["b"], seeds: [1]).records()).html()
        #expect(!short.contains("<h3>Prompts</h3>"))
    }

    @Test func whatWasNotMeasuredIsExplained() throws {
        var records = try MadeUpExperiment(axes: [("size", ["8", "16"])]).records()
        for index in records.indices {
            records[index].peakBytes = nil
            records[index].faithfulness = nil
            records[index].psnr = nil
        }
        let html = try report(records).html()
        #expect(html.contains("Peak memory is not shown: the system does not tell."))
        #expect(html.contains("Faithfulness is not shown: no prompt has facts that were checked."))
        #expect(html.contains("Reconstruction PSNR is not shown: no image encoder was used."))
        #expect(html.matches(of: /<figure class="plot/).count == 2)
    }

    @Test func wrongPicturesAreRefused() throws {
        var records = try MadeUpExperiment(axes: [], prompts: ["a"], seeds: [1]).records()
        records[0].width = 17
        #expect(
            errorText { try report(records).html() }
                == "picture \"c0_p0_s1\" has 16x16 pixels in its PNG file, not 17x16")
        records[0].png = [1, 2, 3]
        #expect(
            errorText { try report(records).html() }.hasPrefix("picture \"c0_p0_s1\" is no picture that can be shown: ")
        )
        #expect(errorText { try report([]).html() } == "an experiment needs a picture")
    }

    @Test func largePicturesAreReduced() throws {
        var records = try MadeUpExperiment(axes: [], prompts: ["a"], seeds: [1, 2]).records()
        records[0].png = try PNG.encode(Picture(width: 1024, height: 600, color: .black))
        (records[0].width, records[0].height) = (1024, 600)
        let html = try report(records).html()
        #expect(html.contains("Pictures with a side above 512 pixels are reduced to it."))
        let sizes = try html.matches(of: /src="data:image\/png;base64,([^"]*)"/).map { match in
            let (picture, _) = try PNG.decode([UInt8](try #require(Data(base64Encoded: String(match.1)))))
            return [picture.width, picture.height]
        }
        #expect(sizes == [[512, 300], [16, 16]])
    }

    @Test func thousandsOfPicturesKeepToTheLimits() throws {
        var records: [ExperimentRecord] = []
        let model = try MadeUpExperiment(axes: [], prompts: ["a"], seeds: [1]).records()[0]
        for prompt in 0..<1000 {
            for seed in 1...5 {
                var record = model
                record.id = "\(prompt)_\(seed)"
                record.promptID = "\(prompt)"
                record.seed = UInt64(seed)
                (record.width, record.height) = (256, 256)
                record.png = [UInt8](repeating: 0, count: 50_000)
                records.append(record)
            }
        }
        let pictures = ReportPictures(records, try ExperimentSummary(records: records))
        // 3000 pictures of 50,000 bytes: 96 of 256 pixels a side leave 31.6 MB by the estimate, 64 leave 14.1.
        #expect(pictures.seeds == [1, 2, 3] && pictures.side == 64 && pictures.reduces)
        #expect(
            pictures.note == "The pictures are those of the first 3 of 5 seeds; plots and table are of all of them. "
                + "Pictures with a side above 64 pixels are reduced to it.")
    }

    @Test func manyPromptsAndSettingsKeepToTheLimits() throws {
        let texts = (0..<800).map(String.init)
        var experiment = MadeUpExperiment(
            axes: [("top_k", texts)], prompts: ["a", "b", "c", "d"], seeds: [1, 2], side: 8)
        var pictures = try ReportPictures(experiment.records(), ExperimentSummary(records: experiment.records()))
        #expect(pictures.seeds == [1] && pictures.promptIDs == ["p0", "p1", "p2"] && pictures.settings.count == 800)
        #expect(
            pictures.note == "The pictures are those of the first 1 of 2 seeds and the first 3 of 4 prompts; "
                + "plots and table are of all of them.")
        experiment = MadeUpExperiment(
            axes: [("a", (0..<8).map(String.init)), ("b", texts)], prompts: ["a"], seeds: [1], side: 1)
        let records = try experiment.records()
        pictures = ReportPictures(records, try ExperimentSummary(records: records))
        #expect(pictures.settings.count == 3000 && pictures.promptIDs == ["p0"])
        let html = try report(records).html()
        #expect(html.contains("The pictures are those of the first 3000 of 6400 settings; "))
        #expect(html.components(separatedBy: "<img ").count - 1 == 3000 && !html.contains("not drawn"))
        #expect(html.components(separatedBy: "<h3>a ").count - 1 == 4)
        #expect(html.components(separatedBy: "<tr><th scope=\"row\">").count - 1 > 6400)
    }
}
