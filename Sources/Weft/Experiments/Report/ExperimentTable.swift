// The table of an experiment: a row a cell.

/// The table of an experiment, a row a cell, as Markdown, CSV and JSON lines.
///
/// The columns are those of the axes, then ``measuredColumns``; they are the same whatever was measured, but for
/// Markdown, which leaves out what no picture has. In CSV and JSON lines numbers have all their digits and the units of
/// ``ExperimentRecord``; in Markdown and in the report they have three digits, memory in MiB and faithfulness in
/// percent.
public struct ExperimentTable: Sendable {
    /// What the table is of.
    public let summary: ExperimentSummary

    /// The table of an experiment.
    public init(_ summary: ExperimentSummary) { self.summary = summary }

    /// The columns after those of the axes: counts, the mean number of tokens drawn, then each measure's mean and the
    /// ends of its 95% interval, as in `seconds`, `seconds_low`, `seconds_high`.
    public static let measuredColumns: [String] =
        ["pictures", "prompts", "seeds", "tokens_drawn"]
        + ExperimentMeasure.allCases.flatMap { [$0.rawValue, "\($0.rawValue)_low", "\($0.rawValue)_high"] }

    /// The numbers of a cell in the order of ``measuredColumns``; nil where there is none.
    func numbers(of cell: ExperimentCell) -> [Double?] {
        [Double(cell.pictures), Double(cell.prompts), Double(cell.seeds), cell.tokens]
            + ExperimentMeasure.allCases.flatMap { measure in
                let estimate = cell[measure]
                return [estimate?.mean, estimate?.interval?.lowerBound, estimate?.interval?.upperBound]
            }
    }

    /// The titles that people read: the axes', then those of counts and of the measures that were taken.
    var titles: [String] {
        summary.axes.map(\.key) + ["pictures", "tokens drawn"] + summary.measures.map { "\($0.title) (\($0.unit))" }
    }

    /// What people read of a cell, a text a title.
    func texts(of cell: ExperimentCell) -> [String] {
        cell.values.map(\.text) + ["\(cell.pictures)", NumberText.short(cell.tokens)]
            + summary.measures.map { measure in
                guard let estimate = cell[measure] else { return "" }
                let interval = measure.intervalText(estimate, separator: ", ")
                return measure.text(estimate.mean) + (interval.isEmpty ? "" : " [\(interval)]")
            }
    }
}
