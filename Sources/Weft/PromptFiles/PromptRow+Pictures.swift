// The pictures of a row: what each is called, and its seed.

public import WeftSampling

/// A picture of a row.
public struct PromptPicture: Sendable, Hashable {
    /// What the picture is called, once in a file.
    public let id: String
    /// The key of its random draws.
    public let seed: UInt64
    /// The place among the pictures of its row, from 0.
    public let number: Int
}

extension PromptRow {
    /// What the row is called: its id, or `row-N` with its place among the rows, from 0.
    ///
    /// The place is that of ``row``, so that comments change no name, and rows that are added at the end do not either.
    public var name: String { id ?? "row-\(row)" }

    /// The pictures of the row, ``count`` of them.
    ///
    /// A single picture has the name of the row, several are `NAME-0`, `NAME-1` and so on. Picture i of a row with a seed
    /// has that seed plus i; without one a picture's seed is ``derivedSeed(jobSeed:id:)`` of its own id.
    ///
    /// - Parameter jobSeed: from which the seeds of rows without one are derived
    public func pictures(jobSeed: UInt64) -> [PromptPicture] {
        (0..<count).map { number in
            let id = count == 1 ? name : "\(name)-\(number)"
            // A file in which a sum goes above 64 bits is refused.
            let given = seed.map { $0 &+ UInt64(number) }
            return PromptPicture(
                id: id, seed: given ?? Self.derivedSeed(jobSeed: jobSeed, id: id), number: number)
        }
    }

    /// The seed of a picture that is given none, below 2^32 so that it is easily typed.
    ///
    /// It is made of the first four bytes of the SHA-256 of the text `JOBSEED:ID` in UTF-8, the first byte the most
    /// significant: the first eight digits of what `sha256sum` prints.
    public static func derivedSeed(jobSeed: UInt64, id: String) -> UInt64 { randomBits(jobSeed, id) >> 32 }

    /// The first 64 bits of the SHA-256 of the text `SEED:ID`.
    static func randomBits(_ seed: UInt64, _ id: String) -> UInt64 {
        let text = Array("\(seed):\(id)".utf8)
        return text.withUnsafeBytes { SHA256.digest($0) }.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The request for a picture of the row.
    ///
    /// - Parameters:
    ///   - picture: one of ``pictures(jobSeed:)``
    ///   - size: the model's size that the row's ``size`` and ``quality`` choose
    ///   - settings: the settings where the row does not say another
    public func request(
        for picture: PromptPicture, size: PictureSize, sampling settings: SamplingSettings
    ) -> GenerationRequest {
        GenerationRequest(
            prompt: prompt, negativePrompt: negativePrompt, seed: picture.seed, size: size,
            sampling: sampling.applied(to: settings), tokenLimit: tokenLimit)
    }
}
