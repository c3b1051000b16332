// How much pictures of one prompt differ.

public import WeftPixels

/// The distances between pictures of one prompt and different seeds.
///
/// The distance of two pictures is the root of the mean squared difference of their samples, in shares of the whole
/// range: 0 for pictures that are alike, 1 for black and white.
public struct PictureDiversity: Sendable, Hashable {
    /// The mean distance of two of the pictures.
    public let mean: Double
    /// The distance of the two that are most alike.
    public let least: Double

    /// Compares all pairs of pictures of one size; nil for fewer than two pictures.
    public init?(_ pictures: [Picture]) {
        guard pictures.count > 1 else { return nil }
        var (sum, least, pairs) = (0.0, Double.infinity, 0)
        for (index, first) in pictures.enumerated() {
            for second in pictures[..<index] {
                let distance = Self.distance(first, second)
                sum += distance
                least = min(least, distance)
                pairs += 1
            }
        }
        mean = sum / Double(pairs)
        self.least = least
    }

    private static func distance(_ first: Picture, _ second: Picture) -> Double {
        precondition(
            first.width == second.width && first.height == second.height, "pictures of different sizes are compared")
        var sum = 0
        for (a, b) in zip(first.pixels, second.pixels) {
            let difference = Int(a) - Int(b)
            sum += difference * difference
        }
        return (Double(sum) / Double(first.pixels.count)).squareRoot() / 255
    }
}
