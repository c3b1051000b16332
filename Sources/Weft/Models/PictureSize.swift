// Picture sizes and token budgets.

/// The token budget of a picture: how many visual tokens it is drawn with.
public enum Quality: String, Sendable, Codable, CaseIterable {
    /// The fewest tokens.
    case low
    /// In between.
    case medium
    /// The most tokens.
    case high
}

/// A size that a model draws, and the token budget that it takes.
public struct PictureSize: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Pixels from left to right.
    public let width: Int
    /// Pixels from top to bottom.
    public let height: Int
    /// Rows of visual tokens.
    public let rows: Int
    /// Columns of visual tokens.
    public let columns: Int
    /// The token budget.
    public let quality: Quality

    /// Visual tokens of a picture.
    public var tokenCount: Int { rows * columns }
    /// `WIDTHxHEIGHT` in pixels.
    public var description: String { "\(width)x\(height)" }
}

extension [PictureSize] {
    /// The first size that fits; throws ``WeftError`` that names the nearest ones.
    func pick(width: Int?, height: Int?, quality: Quality?, model: String) throws -> PictureSize {
        let fitting = filter { (width ?? $0.width) == $0.width && (height ?? $0.height) == $0.height }
        guard !fitting.isEmpty else {
            func distance(_ size: PictureSize) -> Double {
                func ratio(_ asked: Int?, _ possible: Int) -> Double {
                    guard let asked, asked > 0 else { return 1 }
                    return Swift.max(Double(asked) / Double(possible), Double(possible) / Double(asked))
                }
                return ratio(width, size.width) * ratio(height, size.height)
            }
            var nearest: [String] = []
            for size in sorted(by: { distance($0) < distance($1) }) where !nearest.contains(size.description) {
                nearest.append(size.description)
            }
            let asked = "\(width.map(String.init) ?? "any")x\(height.map(String.init) ?? "any")"
            throw WeftError(
                .invalidRequest,
                "size \(asked): \(model) cannot draw it; the nearest possible: \(nearest.prefix(3).joined(separator: ", "))"
            )
        }
        guard let size = fitting.first(where: { (quality ?? $0.quality) == $0.quality }) else {
            let possible = fitting.map(\.quality.rawValue).joined(separator: ", ")
            throw WeftError(
                .invalidRequest,
                "quality \(quality?.rawValue ?? ""): \(model) draws \(fitting[0]) with quality \(possible)")
        }
        return size
    }
}
