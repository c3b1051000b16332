// A small report and one of its plots, to the letter.

import Foundation
import Testing

@testable import Weft

@Suite struct ReportGoldenTests {
    /// Two settings, one prompt, two seeds; time and speed alone were measured.
    private func records() throws -> [ExperimentRecord] {
        var records = try MadeUpExperiment(axes: [("size", ["8", "16"])], prompts: ["a"], seeds: [1, 2]).records()
        for index in records.indices {
            records[index].seconds = [1, 1, 2, 4][index]
            records[index].tokensPerSecond = 2
            records[index].peakBytes = nil
            records[index].faithfulness = nil
            records[index].psnr = nil
            records[index].tokens = [16, 16, 64, 64][index]
        }
        return records
    }

    @Test func plot() throws {
        let records = try records()
        let plot = try #require(Plot(.seconds, PlotLayout(records, try ExperimentSummary(records: records))))
        let disk = "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"
        // 0 is at 222 and 3 * 1.08 at 32; 16 and 64 tokens are 30 from the ends of the frame.
        #expect(
            plot.svg("Text") == """
                <svg viewBox="0 0 540 270" role="img" aria-labelledby="plot-seconds-title plot-seconds-description">
                <title id="plot-seconds-title">Time, seconds a picture, by visual tokens drawn</title>
                <desc id="plot-seconds-description">Text</desc>
                <path class="rule" d="M44 222H532"/><text class="tick end" x="36" y="226">0</text>
                <path class="rule" d="M44 163.4H532"/><text class="tick end" x="36" y="167.4">1</text>
                <path class="rule" d="M44 104.7H532"/><text class="tick end" x="36" y="108.7">2</text>
                <path class="rule" d="M44 46.1H532"/><text class="tick end" x="36" y="50.1">3</text>

                <path class="axis" d="M44 222H532"/><path class="axis" d="M74 222v5"/>\
                <text class="tick middle" x="74" y="242">16</text>
                <path class="axis" d="M502 222v5"/><text class="tick middle" x="502" y="242">64</text>
                <text class="name middle" x="288" y="262">visual tokens drawn</text>
                <text class="name" x="0" y="14">seconds a picture</text>

                <g class="series s0">
                <path class="bar" d="M74 163.4V163.4M70 163.4h8M70 163.4h8"/>
                <path class="bar" d="M502 222V32M498 222h8"/>
                <path class="line" d="M74 163.4L502 46.1"/>
                <path class="mark" transform="translate(74 163.4)" d="\(disk)">\
                <title>size 8: 1.00 seconds a picture (1.00 to 1.00), 16 tokens, 2 pictures</title></path>
                <path class="mark" transform="translate(502 46.1)" d="\(disk)">\
                <title>size 16: 3.00 seconds a picture (0.00 to 15.71), 64 tokens, 2 pictures</title></path>
                </g>
                </svg>

                """)
    }

    @Test func body() throws {
        let report = ExperimentReport(title: "T", command: "weft", model: "m", records: try records())
        let html = try report.html()
            .replacing(/<svg viewBox(.|\n)*?<\/svg>/, with: "SVG").replacing(/base64,[^"]*/, with: "base64,PNG")
        let start = try #require(html.range(of: "<header>")).lowerBound
        let end = try #require(html.range(of: "<script>")).lowerBound
        #expect(html[start..<end] == "\(Self.top)\(Self.pictures)\(Self.bottom)")
    }

    @Test func head() throws {
        let html = try ExperimentReport(title: "T", command: "weft", model: "m", records: records()).html()
        #expect(
            html.hasPrefix(
                """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
                style-src 'unsafe-inline'; script-src 'unsafe-inline'">
                <title>T</title>
                <style>
                \(ReportStyle.text)</style>
                </head>
                <body>
                <header>

                """))
        #expect(html.hasSuffix("</main>\n<script>\n\(ReportScript.text)</script>\n</body>\n</html>\n"))
        #expect(!ReportScript.text.contains("</") && !ReportStyle.text.contains("<"))
    }

    private static let top = """
        <header>
        <h1>T</h1>
        <ul class="axes"><li><b>size</b> 8, 16</li></ul>
        <dl class="facts"><div><dt>model</dt><dd>m</dd></div><div><dt>pictures</dt><dd>4</dd></div>\
        <div><dt>prompts</dt><dd>1</dd></div><div><dt>seeds</dt><dd>2</dd></div>\
        <div><dt>settings</dt><dd>2</dd></div><div><dt>tokens drawn</dt><dd>160</dd></div>\
        <div><dt>drawing time</dt><dd>8.00 s</dd></div></dl>
        <nav><a href="#plots">Plots</a><a href="#pictures">Pictures</a><a href="#table">Table</a>\
        <a href="#method">Method</a></nav>
        </header>
        <main>
        <section id="plots">
        <h2>What a token buys</h2>
        <p class="note">Each point is the mean over all prompts and seeds of a setting. Bars are 95% intervals over \
        seeds. Peak memory is not shown: the system does not tell. Faithfulness is not shown: no prompt has facts that \
        were checked. Reconstruction PSNR is not shown: no image encoder was used.</p>
        <div class="plots">
        <figure class="plot wide" id="plot-seconds">
        <h3>Time</h3>
        SVG
        </figure>
        <figure class="plot wide" id="plot-tokens-per-second">
        <h3>Speed</h3>
        SVG
        </figure>
        </div>
        </section>

        """

    private static func figure(_ size: Int, _ seed: Int, _ tokens: Int, _ seconds: String) -> String {
        """
        <figure><img src="data:image/png;base64,PNG" alt="a, size \(size), seed \(seed)" width="\(size)" \
        height="\(size)"><figcaption>\(tokens) tokens<br>\(seconds) s</figcaption></figure>
        """
    }

    private static let pictures = """
        <section id="pictures">
        <h2>Pictures</h2>
        <section class="sheets">
        <div class="scroll"><table class="sheet" style="--side:96px">
        <thead>
        <tr><td></td><th scope="colgroup" colspan="2">size 8</th><th scope="colgroup" colspan="2">size 16</th></tr>
        <tr><th scope="col">prompt</th><th scope="col">seed 1</th><th scope="col">seed 2</th>\
        <th scope="col" class="first">seed 1</th><th scope="col">seed 2</th></tr>
        </thead>
        <tbody>
        <tr><th scope="row"><span dir="auto">a</span></th>
        <td>\(figure(8, 1, 16, "1.00"))</td>
        <td>\(figure(8, 2, 16, "1.00"))</td>
        <td class="first">\(figure(16, 1, 64, "2.00"))</td>
        <td>\(figure(16, 2, 64, "4.00"))</td>
        </tr>
        </tbody>
        </table></div>
        </section>
        </section>

        """

    private static let bottom = """
        <section id="table">
        <h2>Table</h2>
        <p class="note">A row a setting, over all prompts and seeds; 95% intervals in brackets.</p>
        <div class="scroll"><table class="numbers">
        <thead>
        <tr><th scope="col" class="key">size</th><th scope="col">pictures</th><th scope="col">tokens drawn</th>\
        <th scope="col">Time (seconds a picture)</th><th scope="col">Speed (tokens a second)</th></tr>
        </thead>
        <tbody>
        <tr><th scope="row">8</th><td>2</td><td>16</td><td>1.00 <small>[1.00, 1.00]</small></td>\
        <td>2.00 <small>[2.00, 2.00]</small></td></tr>
        <tr><th scope="row">16</th><td>2</td><td>64</td><td>3.00 <small>[0.00, 15.71]</small></td>\
        <td>2.00 <small>[2.00, 2.00]</small></td></tr>
        </tbody>
        </table></div>
        </section>
        <section id="method">
        <h2>Method</h2>
        <p>Drawn with <b>m</b> by</p>
        <pre><code>weft</code></pre>
        <dl class="meanings"><dt>Time</dt><dd>how long a picture took.</dd>
        <dt>Speed</dt><dd>visual tokens drawn in a second.</dd>
        <dt>Intervals</dt><dd>95%, over seeds. The prompts are the same for every seed, so the pictures of one seed are \
        one observation: n seeds give Student&#39;s t with n - 1 degrees of freedom.</dd></dl>
        </section>
        </main>

        """
}
