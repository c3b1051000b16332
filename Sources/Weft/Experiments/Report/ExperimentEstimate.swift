// A mean and how sure it is.

/// The mean of a measure over pictures, and its 95% interval over seeds.
public struct ExperimentEstimate: Sendable, Hashable {
    /// The mean over the pictures; infinite if one of them is.
    public let mean: Double
    /// The 95% interval; nil with one seed, or if the mean is infinite.
    public let interval: ClosedRange<Double>?
    /// The number of pictures that were measured, at least 1.
    public let count: Int

    /// The mean of a quantity such as seconds, with the interval of Student's t distribution.
    ///
    /// The prompts of an experiment are chosen and stay, its seeds are drawn: so the pictures of one seed count as one
    /// observation, and with n seeds there are n - 1 degrees of freedom. Where every seed has the same prompts, this is
    /// the textbook's interval of the seeds' means; else the sums by seed of the differences from the mean stand for
    /// them (K.-Y. Liang and S. L. Zeger, "Longitudinal data analysis using generalized linear models", 1986).
    ///
    /// - Parameter samples: the pictures' seeds and values, at least one
    init(quantity samples: [(seed: UInt64, value: Double)]) {
        precondition(!samples.isEmpty, "a mean of nothing")
        let mean = samples.reduce(0) { $0 + $1.value } / Double(samples.count)
        var sums: [UInt64: Double] = [:]
        for (seed, value) in samples { sums[seed, default: 0] += value - mean }
        let seeds = Double(sums.count)
        self.mean = mean
        count = samples.count
        guard sums.count > 1, mean.isFinite else {
            interval = nil
            return
        }
        // In the order of the seeds, as the last bit of a sum depends on the order.
        let squares = sums.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
        let error = (squares * seeds / (seeds - 1)).squareRoot() / Double(samples.count)
        let half = error * StudentT.quantile95(freedom: sums.count - 1)
        // What is never below 0 is not on average either.
        let least = samples.allSatisfy { $0.value >= 0 } ? max(0, mean - half) : mean - half
        interval = least...mean + half
    }

    /// The mean of shares between 0 and 1, with the score interval of E. B. Wilson, "Probable inference, the law of
    /// succession, and statistical inference", 1927, over the pictures: it stays inside of 0 and 1 and does not vanish
    /// where all pictures agree. For shares between 0 and 1 it is wider than need be, as none vary more than 0 and 1.
    ///
    /// - Parameter samples: the pictures' seeds and shares, at least one
    init(share samples: [(seed: UInt64, value: Double)]) {
        precondition(!samples.isEmpty, "a mean of nothing")
        let n = Double(samples.count)
        let mean = samples.reduce(0) { $0 + $1.value } / n
        self.mean = mean
        count = samples.count
        guard Set(samples.map(\.seed)).count > 1 else {
            interval = nil
            return
        }
        let z = 1.959963984540054
        let center = (mean + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (mean * (1 - mean) / n + z * z / (4 * n * n)).squareRoot()
        interval = max(0, min(mean, center - half))...min(1, max(mean, center + half))
    }
}
