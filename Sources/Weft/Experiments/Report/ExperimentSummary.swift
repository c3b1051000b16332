// An experiment by its cells.

/// What the pictures of an experiment say together: the mean of every measure in every cell.
public struct ExperimentSummary: Sendable {
    /// The axes, the slowest first.
    public let axes: [ExperimentAxis]
    /// The cells that have pictures; the values of the first axis change last.
    public let cells: [ExperimentCell]
    /// The measures that at least one picture has, in the order of the table.
    public let measures: [ExperimentMeasure]
    /// The ids of the prompts, in the order of the pictures.
    public let promptIDs: [String]
    /// The seeds, in the order of the pictures.
    public let seeds: [UInt64]

    /// Puts the pictures of an experiment together.
    ///
    /// - Parameter records: at least one, in the order of the plan: the order of an axis' values, of prompts and of
    ///   seeds is that of their first pictures. An experiment that is not finished may lack some.
    /// - Throws: ``WeftError`` that names the picture if there are none, an id or a picture of the same prompt, values
    ///   and seed is there twice, pictures have different axes, an axis is there twice or is called like a measured
    ///   column of ``ExperimentTable``, a prompt's id has two prompts, or a number is one that cannot be.
    public init(records: [ExperimentRecord]) throws {
        try records.validate()
        axes = ExperimentAxis.axes(of: records)
        cells = ExperimentCell.cells(of: records, axes: axes, by: Array(axes.indices))
        measures = ExperimentMeasure.allCases.filter { measure in records.contains { measure.value(of: $0) != nil } }
        var knownPrompts = Set<String>()
        promptIDs = records.map(\.promptID).filter { knownPrompts.insert($0).inserted }
        var knownSeeds = Set<UInt64>()
        seeds = records.map(\.seed).filter { knownSeeds.insert($0).inserted }
    }
}
