// How near two pictures are to each other.

import Foundation

/// The peak signal-to-noise ratio of two pictures in decibels: `10 log10(255² / mean squared error)` over all values.
///
/// Equal pictures have no noise, and the ratio is infinite.
///
/// - Throws: ``PictureError`` if the pictures have different sizes.
public func peakSignalToNoise(_ a: Picture, _ b: Picture) throws -> Double {
    guard a.width == b.width, a.height == b.height else {
        throw PictureError(
            "pictures of \(a.width)x\(a.height) and \(b.width)x\(b.height) pixels cannot be compared")
    }
    var sum: UInt64 = 0
    for (left, right) in zip(a.pixels, b.pixels) {
        let difference = Int(left) - Int(right)
        sum += UInt64(difference * difference)
    }
    if sum == 0 { return .infinity }
    return 10 * log10(255 * 255 * Double(a.pixels.count) / Double(sum))
}
