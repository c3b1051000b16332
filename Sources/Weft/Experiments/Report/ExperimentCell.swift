// All pictures of one setting, put together.

/// The pictures of an experiment that were drawn with the same values of the axes, over all prompts and seeds.
public struct ExperimentCell: Sendable, Hashable {
    /// The values of the axes, in their order.
    public let values: [AxisValue]
    /// The number of pictures, at least 1.
    public let pictures: Int
    /// The number of different prompts.
    public let prompts: Int
    /// The number of different seeds.
    public let seeds: Int
    /// The mean number of visual tokens drawn.
    public let tokens: Double
    /// What was measured of at least one picture.
    public let estimates: [ExperimentMeasure: ExperimentEstimate]

    /// The estimate of a measure; nil if it was measured of no picture.
    public subscript(measure: ExperimentMeasure) -> ExperimentEstimate? { estimates[measure] }

    /// The cell of records, at least one.
    private init(values: [AxisValue], records: [ExperimentRecord]) {
        self.values = values
        pictures = records.count
        prompts = Set(records.map(\.promptID)).count
        seeds = Set(records.map(\.seed)).count
        tokens = records.reduce(0) { $0 + Double($1.tokens) } / Double(records.count)
        var estimates: [ExperimentMeasure: ExperimentEstimate] = [:]
        for measure in ExperimentMeasure.allCases {
            let samples = records.compactMap { record in
                measure.value(of: record).map { (seed: record.seed, value: $0) }
            }
            if samples.isEmpty { continue }
            estimates[measure] =
                measure == .faithfulness ? ExperimentEstimate(share: samples) : ExperimentEstimate(quantity: samples)
        }
        self.estimates = estimates
    }

    /// The cells of records by some of their axes, over all others; the values of the first of `chosen` change last.
    ///
    /// - Parameters:
    ///   - records: validated
    ///   - axes: the axes of the records
    ///   - chosen: the places of axes that tell the cells apart
    static func cells(of records: [ExperimentRecord], axes: [ExperimentAxis], by chosen: [Int]) -> [ExperimentCell] {
        let ranks = chosen.map { index in
            Dictionary(uniqueKeysWithValues: axes[index].texts.enumerated().map { ($1, $0) })
        }
        var groups: [[Int]: [ExperimentRecord]] = [:]
        for record in records {
            let place = zip(chosen, ranks).map { index, ranks in ranks[record.values[index].text] ?? 0 }
            groups[place, default: []].append(record)
        }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { _, records in
            ExperimentCell(values: chosen.map { records[0].values[$0] }, records: records)
        }
    }
}
