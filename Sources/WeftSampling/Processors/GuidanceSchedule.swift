// GuidanceSchedule: how the guidance scale moves over a picture.

/// How the scale of classifier-free guidance moves from the first token of a picture to the last.
///
/// Masked image models raise the scale while a picture grows, so that the first tokens stay diverse; see Chang et al.,
/// "Muse: Text-To-Image Generation via Masked Generative Transformers", 2023 (linear), and Gao et al., "MDTv2", 2023
/// (power of a cosine).
public enum GuidanceSchedule: String, Sendable, Hashable, Codable, CaseIterable {
    /// The same scale for every token.
    case constant
    /// In a straight line from the start to the scale.
    case linear
    /// Along half a wave of a cosine: slowly at the start and at the end, fastest in the middle.
    case cosine

    /// The share of the way from the start to the scale, from 0 to 1.
    ///
    /// - Parameter progress: from 0 at the first token to 1 at the last; see ``SamplingContext/progress``.
    public func share(at progress: Double) -> Double {
        switch self {
        case .constant: 1
        case .linear: progress
        case .cosine: Elementary.halfWave(progress)
        }
    }
}
