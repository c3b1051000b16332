// All pictures of an experiment on one labelled sheet.

import Foundation
public import WeftPixels

/// The contact sheet of an experiment: a row for each combination of settings, a column for each prompt and seed.
public struct ExperimentSheet: Sendable {
    private let plan: ExperimentPlan
    private let records: [ExperimentRecord]

    /// The most pictures of a sheet; of larger experiments the first seeds are shown.
    public static let largestCount = 1024

    /// The sheet of an experiment's pictures; a picture that failed is a gray place.
    public init(_ plan: ExperimentPlan, records: [ExperimentRecord]) {
        self.plan = plan
        self.records = records
    }

    /// The sheet, the slow axis outermost, each picture with its tokens and seconds.
    ///
    /// - Throws: `PictureError` if there is no font, no picture, or the sheet would be too large for a PNG file
    public func drawn() throws -> Picture {
        let byID = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        let shown = max(1, min(plan.seeds.count, Self.largestCount / max(1, plan.cellCount * plan.prompts.count)))
        let seeds = Set(plan.seeds.prefix(shown))
        var cells = [[SheetCell]](repeating: [], count: plan.cellCount)
        for picture in plan.pictures where seeds.contains(picture.seed) {
            let record = byID[picture.id]
            let caption = record.map { "\($0.tokens) tokens\n\(Self.seconds($0.seconds)) s" } ?? ""
            cells[picture.cell].append(
                SheetCell(try record.map { try PNG.decode($0.png).0 }, caption: caption))
        }
        let prompts = plan.prompts.map { id in
            records.first { $0.promptID == id }.map { Self.short($0.prompt) } ?? id
        }
        let rows = SheetTitle.combinations(of: plan.axes.map { axis in axis.values.map { "\(axis.key) \($0)" } })
        let columns = SheetTitle.combinations(of: [prompts, plan.seeds.prefix(shown).map { "seed \($0)" }])
        return try LabelledSheet(columns: columns, rows: rows, cells: cells).drawn()
    }

    /// With three digits, and milliseconds at most.
    private static func seconds(_ value: Double) -> String {
        String(format: value < 1 ? "%.3f" : value < 100 ? "%.2f" : "%.0f", value)
    }

    private static func short(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 40 ? line.prefix(39) + "…" : line
    }
}
