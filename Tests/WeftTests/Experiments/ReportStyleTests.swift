// The style sheet: every class has its rule, and every color stands out from the ground.

import Foundation
import Testing

@testable import Weft

@Suite struct ReportStyleTests {
    /// A report in which everything happens: missing pictures, infinite means, lines, long prompts.
    private func html() throws -> String {
        let long = String(repeating: "very ", count: 40)
        var records = try MadeUpExperiment(
            axes: [("size", ["8", "16"]), ("top_k", ["0", "1"]), ("style", ["x", "y"])], prompts: [long, "b"],
            seeds: [1, 2]
        ).records()
        for index in records.indices { records[index].psnr = .infinity }
        records.removeLast()
        return try ExperimentReport(title: "t", command: "c", model: "m", records: records).html()
    }

    @Test func everyClassHasARule() throws {
        let used = Set(try html().matches(of: /class="([^"]*)"/).flatMap { $0.1.split(separator: " ") })
        let ruled = Set(ReportStyle.text.matches(of: /\.([a-z][a-z0-9]*)/).map { $0.1 })
        // A figure of the whole page carries these two for tests and for those who change the style alone.
        #expect(used.subtracting(ruled).subtracting(["tick", "name", "series"]) == [])
        #expect(ruled.subtracting(used).filter { $0.wholeMatch(of: /s[0-7]/) == nil } == [])
    }

    @Test func everyVariableIsDefinedAndUsed() {
        let used = Set(ReportStyle.text.matches(of: /var\(--([a-z0-9]+)\)/).map { $0.1 })
        let defined = Set(ReportStyle.text.matches(of: /--([a-z0-9]+):/).map { $0.1 })
        // The side of pictures is given by each table.
        #expect(used.subtracting(defined) == ["side"] && defined.subtracting(used) == [])
    }

    @Test func bracesAreClosed() {
        var depth = 0
        for character in ReportStyle.text {
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            #expect((0...2).contains(depth))
        }
        #expect(depth == 0)
    }

    /// The colors of the light and of the dark screen, by name.
    private static let themes: [[String: String]] = {
        let parts = ReportStyle.text.components(separatedBy: "@media")
        return [parts[0], parts.first { $0.contains("prefers-color-scheme") } ?? ""].map { part in
            Dictionary(
                part.matches(of: /--([a-z0-9]+): (#[0-9a-f]{6})/).map { (String($0.1), String($0.2)) },
                uniquingKeysWith: { first, _ in first })
        }
    }()

    /// WCAG 2.2: text has a contrast of 4.5 or more with its ground, the parts of a drawing one of 3.
    @Test(arguments: themes.indices)
    func contrast(theme: Int) throws {
        let colors = Self.themes[theme]
        for ground in ["ground", "panel"] {
            let ground = try luminance(try #require(colors[ground]))
            for (names, least) in [(["text", "soft", "s0"], 4.5), ((0..<8).map { "s\($0)" }, 3.0)] {
                for name in names {
                    let color = try luminance(try #require(colors[name]))
                    let contrast = (max(color, ground) + 0.05) / (min(color, ground) + 0.05)
                    #expect(contrast >= least, "\(name) has \(contrast)")
                }
            }
        }
    }

    /// Lines of one plot differ: in shape, and in color by a good part of the range.
    @Test(arguments: themes.indices)
    func linesDiffer(theme: Int) throws {
        #expect(Set((0..<PlotLayout.maximumSeries).map(PlotMark.path)).count == PlotLayout.maximumSeries)
        let colors = try (0..<PlotLayout.maximumSeries).map { try channels(try #require(Self.themes[theme]["s\($0)"])) }
        for (index, one) in colors.enumerated() {
            for other in colors[..<index] {
                #expect(zip(one, other).reduce(0) { $0 + abs($1.0 - $1.1) } > 0.3)
            }
        }
    }

    /// Red, green and blue, 0 to 1.
    private func channels(_ color: String) throws -> [Double] {
        let value = try #require(Int(color.dropFirst(), radix: 16))
        return [16, 8, 0].map { Double(value >> $0 & 255) / 255 }
    }

    /// The relative luminance of WCAG 2.2.
    private func luminance(_ color: String) throws -> Double {
        let linear = try channels(color).map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
}
