// Draws what an experiment lacks, combination by combination.

/// Draws the pictures of an experiment that its folder lacks, and measures each.
///
/// Combinations are drawn one after the other, each with memory of its own, so that seconds and memory are those of that
/// combination. Before the first one a token is drawn that nobody measures: it reads the weights.
public struct ExperimentRunner {
    private let model: Model
    private let experiment: Experiment
    private let folder: JobFolder
    private let options: JobOptions

    /// An experiment in a folder that was opened for it; pictures are drawn one at a time if the options say nothing else.
    public init(_ model: Model, _ experiment: Experiment, in folder: JobFolder, options: JobOptions = JobOptions()) {
        self.model = model
        self.experiment = experiment
        self.folder = folder
        self.options = options
    }

    /// Draws the pictures that are pending.
    ///
    /// - Parameter report: called with every event; tokens are those of all combinations. Returns whether to go on.
    /// - Throws: as ``JobRunner/run(_:fields:report:)``
    public func run(report: (JobEvent) throws -> Bool) throws {
        var options = options
        options.batchSize = options.batchSize ?? 1
        let runner = JobRunner(model, experiment.job, in: folder, options: options)
        try warmUp()
        func tokens(_ pictures: [JobPicture]) -> Int {
            pictures.reduce(0) { $0 + experiment.job.requests[$1.index].allDrawnTokens }
        }
        let total = tokens(folder.pending)
        let cells = Dictionary(grouping: folder.pending, by: experiment.cell)
        var (goesOn, done) = (true, 0)
        for (_, pictures) in cells.sorted(by: { $0.key < $1.key }) where goesOn {
            let hasPeak = PeakMemory.reset()
            try runner.run(
                pictures,
                fields: { drawn in
                    let rate = Double(drawn.request.allDrawnTokens) / max(drawn.seconds, 1e-9)
                    let peak = hasPeak ? PeakMemory.bytes.map { [(key: "peak_bytes", json: "\($0)")] } ?? [] : []
                    return [(key: "tokens_per_second", json: "\((rate * 1000).rounded() / 1000)")] + peak
                }
            ) { event in
                if case .tokens(let tokens, _) = event {
                    goesOn = try report(.tokens(done + tokens, of: total))
                } else {
                    goesOn = try report(event)
                }
                return goesOn
            }
            done += tokens(pictures)
        }
    }

    private func warmUp() throws {
        guard let first = folder.pending.first else { return }
        var request = experiment.job.requests[first.index]
        request.tokenLimit = 1
        request.fill = .mean
        try model.draw([request], DrawingOptions(threads: options.threads, batchSize: 1)) { _ in true }
    }
}
