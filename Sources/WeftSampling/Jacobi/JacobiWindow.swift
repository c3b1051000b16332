// JacobiWindow: speculative Jacobi decoding of one picture.

/// The drafts of one picture's next tokens, and the rule by which a pass through the model turns drafts into tokens.
///
/// A pass reads the last token and the drafts behind it, and gives the distribution p of each position after what stands
/// before it there: logits that go through the pipeline as those of a single token do, with the drafts as tokens. Each
/// draft x was drawn from a distribution q that is known. It stays with the probability min(1, p(x) / q(x)); if not, the
/// position is drawn anew from max(0, p - q) over its sum. In both cases what stands there then is a draw from p. The
/// drafts from the first on that stay, and the position behind them, follow nothing but tokens that stay: these are done.
/// What stands in the positions behind is the draft of the next pass, with the p of this one as its q.
///
/// So a picture has the same distribution as if its tokens were drawn one by one, whatever the drafts were: these decide
/// only how many tokens a pass brings. A position that is new has the token to its left as its draft (in the first column,
/// the last one of the row above), drawn from a distribution that has no other token. At temperature 0 a draft stays if it
/// is the most likely token, and the picture is that of sequential decoding.
///
/// Position `i` has in pass `n` of candidate `k` of the picture, all counted from 0, the draws of token index `i` and stream
/// 2^31 + 2^24 * `k` + `n` of ``CounterRandom``: the first decides whether a draft stays, the second draws anew. So the
/// tokens depend on logits, settings (the size of the window among them) and seed, and on nothing else.
///
///     var tokens: [Int] = []
///     while tokens.count < 256 {
///         // Read the last token and the drafts behind it: logits of one position more than there are drafts.
///         for index in 0...window.drafts.count {
///             guard try window.judge(&logits[index]) else { break }
///         }
///         window.advance(&tokens)
///     }
///
/// It allocates nothing after its creation. Sources: Teng et al., "Accelerating Auto-regressive Text-to-Image Generation
/// with Training-free Speculative Jacobi Decoding", 2024, arXiv 2410.01699, where all positions behind the first that is
/// drawn anew are drawn anew from p; here drafts stay there too where they can, which is a draw from p as well and changes
/// less of what the next pass reads. The rule is that of Leviathan et al., "Fast Inference from Transformers via
/// Speculative Decoding", ICML 2023.
public final class JacobiWindow {
    /// The greatest number of tokens that a pass brings.
    public let size: Int
    /// How many tokens are done.
    public internal(set) var count = 0
    /// The drafts of the positions behind them, in order: the next pass judges these, and one position more.
    public internal(set) var drafts: [Int] = []
    /// How many passes there were.
    public internal(set) var passes = 0
    /// How each token was chosen, in order; empty unless traces were asked for.
    public internal(set) var trace: [SampledToken] = []

    let pipeline: SamplingPipeline
    let rows: Int
    let columns: Int
    let total: Int  // tokens that are drawn
    let seed: UInt64
    let traces: Bool
    let distributions: DraftDistributions?  // nil: greedy
    var history: [Int] = []  // the tokens, and the drafts that have been judged in this pass
    var chosen: [Int] = []  // what stands now in the positions that have been judged in this pass
    var run = 0  // how many of these are done
    var isRunning = true  // whether all drafts that have been judged in this pass stay

    let firstStream: UInt32  // of the draws of the first pass; those of the later ones follow
    let score: CandidateScore?

    /// The sizes that a window can have.
    public static let sizes = 2...64

    /// The memory of a window's distributions, in bytes; `Int.max` if it is too much to count.
    public static func byteCount(vocabularySize: Int, size: Int) -> Int {
        let (bytes, overflow) = vocabularySize.multipliedReportingOverflow(by: size * MemoryLayout<Float>.size)
        return overflow ? .max : bytes
    }

    /// Makes the window of a picture without tokens, and takes its memory.
    ///
    /// - Parameters:
    ///   - pipeline: the picture's own; its settings say how large the window is.
    ///   - rows: rows of the picture's grid, 1 or more.
    ///   - columns: columns of the picture's grid, 1 or more.
    ///   - count: how many tokens are drawn, in 1...rows * columns.
    ///   - seed: the seed of the picture.
    ///   - traces: whether ``trace`` is wanted.
    ///   - candidate: which of the picture's candidates it is, below 64.
    ///   - score: what adds up how well the tokens fit; nil for nothing.
    /// - Throws: ``SamplingError`` with `invalidSetting` for a pipeline with a sampler of one's own, which draws from no
    ///   distribution that is known, and with `invalidContext` for a grid without cells, or without room for `count`.
    public init(
        _ pipeline: SamplingPipeline, rows: Int, columns: Int, count: Int, seed: UInt64, traces: Bool = false,
        candidate: UInt32 = 0, score: CandidateScore? = nil
    ) throws {
        guard !pipeline.hasSampler else {
            throw SamplingError(
                .invalidSetting,
                "decode jacobi draws from distributions that it knows, and has no use for another sampler")
        }
        let grid = try SamplingContext(tokens: [], rows: rows, columns: columns)
        guard (1...grid.count).contains(count), count <= Int32.max else {
            throw SamplingError(
                .invalidContext, "a grid of \(rows)x\(columns) has 1 to \(grid.count) tokens to draw, got \(count)")
        }
        self.pipeline = pipeline
        self.rows = rows
        self.columns = columns
        self.seed = seed
        self.traces = traces
        self.score = score
        firstStream = 1 << 31 + candidate << 24
        size = pipeline.settings.window
        total = count
        distributions =
            pipeline.settings.isGreedy
            ? nil : DraftDistributions(vocabularySize: pipeline.vocabularySize, slots: size)
        history.reserveCapacity(count + size)
        drafts.reserveCapacity(size)
        chosen.reserveCapacity(size)
        if traces { trace.reserveCapacity(count) }
    }
}
