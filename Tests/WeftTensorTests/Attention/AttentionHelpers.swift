// Numbers for the tests of attention and its neighbours.

import Foundation

/// Normally distributed floats that are the same in every run.
func gaussians(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func uniform() -> Double {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return (Double(state >> 11) + 0.5) * 0x1p-53
    }
    return (0..<count).map { _ in Float((-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())) }
}

/// The largest difference between two arrays; infinite if their counts differ or a difference is no number.
func worstDifference(_ a: [Float], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { (Double($0) - $1).isFinite ? abs(Double($0) - $1) : .infinity }.max() ?? 0
}
