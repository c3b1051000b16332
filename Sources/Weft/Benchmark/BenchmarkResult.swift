// One line of a benchmark.

/// Seconds of repetitions.
package struct RepetitionTimes: Sendable, Equatable {
    /// The mean.
    package let mean: Double
    /// The standard deviation of a sample; nil for a single repetition.
    package let deviation: Double?
    /// The median; of an even count the mean of the middle two.
    package let median: Double
    /// How many there are.
    package let count: Int

    /// Summarizes at least one time.
    package init(_ seconds: [Double]) {
        precondition(!seconds.isEmpty)
        count = seconds.count
        let mean = seconds.reduce(0, +) / Double(count)
        self.mean = mean
        let squares = seconds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = count > 1 ? (squares / Double(count - 1)).squareRoot() : nil
        let sorted = seconds.sorted()
        median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}

/// What was measured of one phase with one count of rows.
package struct BenchmarkResult: Sendable {
    /// The name of the model or shape.
    package var shape: String
    /// The type of the weights, or `stored`.
    package var weights: String
    /// The type of keys and values.
    package var cache: String
    /// What was measured.
    package var phase: BenchmarkPhase
    /// Rows of the transformer; pictures where it is not used.
    package var rows: Int
    /// Pictures drawn or painted together; nil for rows alone.
    package var pictures: Int?
    /// Tokens in the cache of each row when it began.
    package var context: Int
    /// Tokens that a repetition reads, draws or paints, of all rows but those that guidance adds.
    package var tokens: Int
    /// Passes of a repetition: prompts read, tokens drawn, calls of the detokenizer.
    package var steps: Int
    /// The size of pictures, as `WIDTHxHEIGHT` in pixels; nil for rows alone.
    package var size: String?
    /// The guidance scale of pictures; nil for rows alone.
    package var guidanceScale: Float?
    /// Threads that shared the work.
    package var threads: Int
    /// Seconds of one prefill, one step, or one picture.
    package var seconds: RepetitionTimes
    /// Of those seconds there are so many in a repetition: 1, its steps, or its pictures.
    package var parts: Int
    /// Bytes of weights that a step reads; nil where steps are not bound by them.
    package var weightBytes: Int?
    /// Bytes of keys and values that a step reads, the mean of the steps; nil where steps are not bound by them.
    package var cacheBytes: Int?
    /// Bytes a second that all threads read beyond the caches, measured in the same run.
    package var readBandwidth: Double
    /// Bytes that were planned for: weights of all networks that are loaded, and what the phase takes beside them.
    package var plannedMemory: Int
    /// The most resident memory during the measurement, in bytes; nil where the system does not tell.
    package var peakMemory: Int?

    /// Tokens a second, by the mean.
    package var tokensPerSecond: Double { Double(tokens) / (seconds.mean * Double(parts)) }
    /// Passes a second, by the mean.
    package var stepsPerSecond: Double { Double(steps) / (seconds.mean * Double(parts)) }
    /// Weights, keys and values that a step reads.
    package var bytesPerStep: Int? { weightBytes.flatMap { weights in cacheBytes.map { weights + $0 } } }
    /// Which part of the read bandwidth the steps use.
    package var bandwidthShare: Double? { bytesPerStep.map { Double($0) * stepsPerSecond / readBandwidth } }
}
