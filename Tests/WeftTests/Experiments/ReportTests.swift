import Foundation
import Testing
import Weft

@Test func dump() throws {
    let report = ExperimentReport(
        title: "What tokens buy with weft-mini",
        command:
            "weft budget --prompts prompts.txt --axis size=64,128,256 --axis temperature=0.7,0.85,1 --seeds 1-4 -o out",
        model: "weft-mini", records: try MadeUpExperiment.sizes.records())
    try report.html().write(toFile: "/tmp/html4-report.html", atomically: true, encoding: .utf8)
}
