// Sorts the distances between tokens into the buckets that share a bias.

import Foundation

/// The buckets of T5's relative attention: one half for keys behind the query, one for the others; in each half the
/// first half of the buckets for one distance each, the others for ranges that grow evenly on a logarithmic scale.
package struct DistanceBuckets: Sendable, Equatable {
    /// How many buckets there are, at least 4.
    package let count: Int
    /// The distance from which on all share the last bucket; above `count / 4`.
    package let maximumDistance: Int

    /// Makes buckets.
    package init(count: Int, maximumDistance: Int) {
        precondition(count >= 4 && maximumDistance > count / 4)
        self.count = count
        self.maximumDistance = maximumDistance
    }

    /// The bucket in `0..<count` of a key that stands at `offset` positions behind the query.
    ///
    /// In float32 and in this order, as the reference computes it, since some distances are on the border of two.
    package func bucket(of offset: Int) -> Int {
        let half = count / 2
        let start = offset > 0 ? half : 0
        let distance = abs(offset)
        let exact = half / 2
        guard distance >= exact else { return start + distance }
        let scale = Float(log(Double(maximumDistance) / Double(exact)))
        let step = Int(log(Float(distance) / Float(exact)) / scale * Float(half - exact))
        return start + min(half - 1, exact + step)
    }
}
