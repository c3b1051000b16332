// The report in a browser: every picture is shown, every plot has its marks, and nothing is fetched.

import Foundation
import Testing
import Weft

@Suite struct ReportBrowserTests {
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Whether there is a Chromium; the gate must have one, so it does not ask.
    private static let hasBrowser: Bool = {
        let environment = ProcessInfo.processInfo.environment
        if environment["CI"] == "true" { return true }
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
        return (environment["PATH"] ?? "").split(separator: ":").contains { folder in
            names.contains { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
        }
    }()

    /// What scripts/check_report says of a report, and its exit code.
    private func check(_ html: String, pictures: Int) throws -> (output: String, code: Int32) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weft-report-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = folder.appending(path: "report.html")
        try Data(html.utf8).write(to: report)
        let check = [Self.project.appending(path: "scripts/check_report").path, report.path, "\(pictures)"]
        let (data, code) = try ChildProcess.output(of: check, errors: true)
        return (String(decoding: data, as: UTF8.self), code)
    }

    @Test(.enabled(if: hasBrowser, "there is no Chromium on the PATH; scripts/setup browser installs it"))
    func aWholeReport() throws {
        let title = "Tokens <b>&</b> \"pictures\""
        let report = ExperimentReport(
            title: title, command: "weft budget", model: "weft-mini", records: try MadeUpExperiment.sizes.records())
        let (output, code) = try check(report.html(), pictures: 144)
        #expect(
            output == """
                title: \(title)
                pictures: 144 of 144
                plot-seconds: 9 marks
                plot-tokens-per-second: 9 marks
                plot-peak-memory: 9 marks
                plot-faithfulness: 9 marks
                plot-psnr: 9 marks
                table: 9 rows

                """)
        #expect(code == 0)
    }

    @Test(.enabled(if: hasBrowser, "there is no Chromium on the PATH; scripts/setup browser installs it"))
    func whatIsWrongIsNamed() throws {
        let records = try MadeUpExperiment(axes: [], prompts: ["a"], seeds: [1, 2]).records()
        let html = try ExperimentReport(title: "t", command: "", model: "m", records: records).html()
        let broken = html.replacing("<title>t</title>", with: "")
            .replacing("base64,", with: "base64,AAAA", maxReplacements: 1)
            .replacing("</main>", with: "<img src=\"http://192.0.2.1/a.png\" alt=\"x\"></main>")
        let (output, code) = try check(broken, pictures: 2)
        #expect(code == 1)
        #expect(output.contains("there is no title\n"))
        #expect(output.contains("1 of 3 pictures are shown, and 2 should be\n"))
        #expect(output.contains("wants <img src=http://192.0.2.1/a.png>\n"))
    }
}
