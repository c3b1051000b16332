// The report of an experiment in a real browser: its pictures and plots are there.

import Foundation
import Testing
import Weft

@Suite struct BudgetBrowserTests {
    /// Chromium is installed by `scripts/setup browser`, which the gate runs; elsewhere the test needs it to be there.
    private static var hasBrowser: Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/chromium") }
    }

    private static let isGate = ProcessInfo.processInfo.environment["CI"] == "true"

    @Test(.enabled(if: hasBrowser || isGate, "there is no chromium; scripts/setup browser installs it"))
    func threeSizesThreeTemperaturesFourPromptsFourSeeds() throws {
        let tiny = try TinyModel()
        let prompts = "a red circle\ntwo \"green\" hearts & <b>more</b>\na blue star\n狐\n"
        try Data(prompts.utf8).write(to: URL(fileURLWithPath: "\(tiny.output)/p.txt"))
        let outcome = try Program.run(
            [
                "budget", "-m", "tiny", "--prompts", "p.txt", "--axis", "size=16,24x16,32", "--axis",
                "temperature=0.7-1.1+0.2", "--seeds", "1-4", "-o", "x", "--progress", "none",
            ], in: tiny.output, environment: ["WEFT_MODELS": tiny.store])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let page = "\(tiny.output)/x/report.html"
        let check = [TinyModel.project.appendingPathComponent("scripts/check_report").path, page, "144"]
        let (data, code) = try ChildProcess.output(of: check, errors: true)
        let said = String(decoding: data, as: UTF8.self)
        #expect(code == 0, "\(said)")
        #expect(said.contains("144"), "\(said)")
        // The same check finds what is missing.
        let damaged = try String(contentsOfFile: page, encoding: .utf8)
            .replacingOccurrences(of: "data:image/png;base64,iVBOR", with: "data:image/png;base64,XXXXX")
        try Data(damaged.utf8).write(to: URL(fileURLWithPath: page))
        #expect(try ChildProcess.output(of: check, errors: true).code == 1)
    }
}
