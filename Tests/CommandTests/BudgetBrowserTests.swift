// The report of an experiment in a real browser: its pictures and plots are there.

import Foundation
import Testing

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
        let process = Process()
        process.executableURL = TinyModel.project.appendingPathComponent("scripts/check_report")
        process.arguments = ["\(tiny.output)/x/report.html", "144"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
        #expect(said.contains("144"), "\(said)")
        // The same check finds what is missing.
        let page = "\(tiny.output)/x/report.html"
        let damaged = try String(contentsOfFile: page, encoding: .utf8)
            .replacingOccurrences(of: "data:image/png;base64,iVBOR", with: "data:image/png;base64,XXXXX")
        try Data(damaged.utf8).write(to: URL(fileURLWithPath: page))
        let second = Process()
        second.executableURL = process.executableURL
        second.arguments = process.arguments
        second.standardOutput = FileHandle.nullDevice
        second.standardError = FileHandle.nullDevice
        try second.run()
        second.waitUntilExit()
        #expect(second.terminationStatus == 1)
    }
}
