// Means and intervals, against numbers from tables and textbooks.

import Testing

@testable import Weft

@Suite struct ExperimentEstimateTests {
    private func near(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool { abs(a - b) <= tolerance }

    /// E. S. Pearson and H. O. Hartley, "Biometrika Tables for Statisticians", table 12, and R's qt(0.975, n).
    @Test(arguments: [
        (1, 12.706204736174698), (2, 4.302652729749464), (3, 3.182446305284263), (4, 2.7764451051977987),
        (7, 2.3646242515927844), (9, 2.2621571628540993), (10, 2.2281388519649385), (30, 2.0422724563012373),
        (31, 2.0395134463964077), (999, 1.9623414611334487),
    ])
    func quantiles(freedom: Int, expected: Double) {
        #expect(near(StudentT.quantile95(freedom: freedom), expected))
    }

    @Test func distributionIsSymmetricAndGrows() {
        for freedom in 1...12 {
            #expect(StudentT.central(0, freedom: freedom) == 0)
            #expect(near(StudentT.central(1e9, freedom: freedom), 1, 1e-8))
        }
        // With one degree of freedom, half of the distribution lies between -1 and 1.
        #expect(near(StudentT.central(1, freedom: 1), 0.5))
    }

    @Test func oneValueASeedIsTheTextbook() throws {
        let estimate = ExperimentEstimate(quantity: [(1, 10), (2, 12), (3, 14)])
        let interval = try #require(estimate.interval)
        // Standard deviation 2, so 12 +- 4.3027 * 2 / sqrt(3).
        #expect(estimate.mean == 12 && estimate.count == 3)
        #expect(near(interval.lowerBound, 12 - 4.968275424, 1e-8) && near(interval.upperBound, 12 + 4.968275424, 1e-8))
    }

    /// What prompts differ by is the same in every seed and makes nothing less sure.
    @Test func promptsDoNotWidenTheInterval() throws {
        let seeds: [(UInt64, Double)] = [(1, 10), (2, 12), (3, 14)]
        let plain = try #require(ExperimentEstimate(quantity: seeds.map { (seed: $0.0, value: $0.1) }).interval)
        let shifted = seeds.flatMap { [(seed: $0.0, value: $0.1 - 100), (seed: $0.0, value: $0.1 + 100)] }
        let interval = try #require(ExperimentEstimate(quantity: shifted).interval)
        #expect(near(plain.lowerBound, interval.lowerBound) && near(plain.upperBound, interval.upperBound))
    }

    @Test func aMissingPictureCountsByItsSeed() throws {
        let estimate = ExperimentEstimate(quantity: [(1, 1), (1, 3), (2, 5)])
        let interval = try #require(estimate.interval)
        // The differences from the mean 3 sum to -2 for seed 1 and to 2 for seed 2: sqrt(8 * 2) / 3 * 12.7062.
        #expect(estimate.mean == 3)
        #expect(near(interval.upperBound, 3 + 4.0 / 3 * 12.706204736174698))
    }

    /// What cannot be below 0 has no interval below 0 either.
    @Test func intervalsEndAtZero() {
        #expect(ExperimentEstimate(quantity: [(1, 1), (2, 5)]).interval?.lowerBound == 0)
        #expect(ExperimentEstimate(quantity: [(1, -1), (2, 5)]).interval.map { $0.lowerBound < -30 } == true)
    }

    @Test func orderChangesNoBit() {
        let samples: [(seed: UInt64, value: Double)] = (1...9).map { ($0, 1 / Double($0)) }
        let first = ExperimentEstimate(quantity: samples)
        for _ in 0..<20 { #expect(ExperimentEstimate(quantity: samples) == first) }
    }

    @Test func oneSeedHasNoInterval() {
        #expect(ExperimentEstimate(quantity: [(7, 1), (7, 2)]).interval == nil)
        #expect(ExperimentEstimate(share: [(7, 1), (7, 0)]).interval == nil)
        #expect(ExperimentEstimate(share: [(7, 1), (7, 0)]).mean == 0.5)
    }

    @Test func infiniteMean() {
        let estimate = ExperimentEstimate(quantity: [(1, .infinity), (2, 30)])
        #expect(estimate.mean == .infinity && estimate.interval == nil && estimate.count == 2)
    }

    /// R's prop.test(x, n, correct = FALSE).
    @Test(arguments: [
        (8, 10, 0.490162472, 0.943317849), (0, 10, 0, 0.277532799), (10, 10, 0.722467201, 1),
        (1, 2, 0.094531206, 0.905468794),
    ])
    func shares(successes: Int, count: Int, low: Double, high: Double) throws {
        let samples = (0..<count).map { (seed: UInt64($0), value: $0 < successes ? 1.0 : 0) }
        let estimate = ExperimentEstimate(share: samples)
        let interval = try #require(estimate.interval)
        #expect(estimate.mean == Double(successes) / Double(count))
        #expect(near(interval.lowerBound, low, 2e-9) && near(interval.upperBound, high, 2e-9))
    }
}
