// The pictures that are drawn side by side: one forward pass a token for all of them.

import WeftModel
import WeftSampling
import WeftTensor

/// Places for pictures that share forward passes; the place of a finished picture is free for the next one at once.
///
/// All memory is taken at the start; a step allocates nothing. Each place has a row of the decoder's state for its prompt
/// and, if any picture is guided, one without it.
final class GenerationBatch {
    /// What the memory is taken for.
    struct Capacity {
        /// Pictures that are drawn at a time, at least 1.
        var places: Int
        /// Whether any picture has a row without its prompt.
        var isGuided: Bool
        /// The longest prefix.
        var prefix: Int
        /// Most tokens that a row is fed after its prefix.
        var fed: Int
    }

    let capacity: Capacity
    let pool: ThreadPool
    let state: DecoderState
    let vocabulary: Int
    let rowEnd: Int?  // the text token that ends a row of visual tokens
    private let options: DrawingOptions
    private var drawings: [Drawing] = []  // in the order in which they were added
    private var free: [Int]  // places, the first to be taken last
    private var rows: [Int] = []  // rows of the step to come
    private var fed: [FedToken] = []  // the token that each of `rows` is fed

    /// Takes the memory.
    init(_ decoder: Decoder, rowEnd: Int?, capacity: Capacity, options: DrawingOptions, pool: ThreadPool) {
        self.capacity = capacity
        self.pool = pool
        self.rowEnd = rowEnd
        self.options = options
        vocabulary = decoder.configuration.visualVocabulary
        free = (0..<capacity.places).reversed()
        let rowCount = capacity.places * (capacity.isGuided ? 2 : 1)
        state = decoder.makeState(
            rows: rowCount, prefixCapacity: capacity.prefix, fedCapacity: capacity.fed,
            tokensPerStep: rowEnd == nil ? 1 : 2, pool: pool)
        drawings.reserveCapacity(capacity.places)
        rows.reserveCapacity(2 * rowCount)
        fed.reserveCapacity(2 * rowCount)
    }

    /// Whether another picture can be added.
    var hasRoom: Bool { !free.isEmpty }

    /// Whether no picture is being drawn.
    var isEmpty: Bool { drawings.isEmpty }

    /// The pictures that are being drawn, in the order in which they were added.
    var pictures: [Drawing] { drawings }

    /// Gives a picture a place; there must be one.
    ///
    /// Throws ``SamplingError`` for settings that make no sense, and what the caller's own rules throw.
    func add(_ picture: PreparedPicture) throws {
        guard let place = free.last else { preconditionFailure("all \(capacity.places) places are taken") }
        let row = place * (capacity.isGuided ? 2 : 1)
        drawings.append(try Drawing(picture, row: row, vocabulary: vocabulary, options: options))
        free.removeLast()
    }

    /// Reads the prefixes of the pictures that were added; returns how many tokens they have, all rows together.
    func readPrompts() throws -> Int {
        var prefixes: [Prefix] = []
        for drawing in drawings where !drawing.isRead {
            let columns = drawing.request.size.columns
            prefixes.append(Prefix(row: drawing.row, content: drawing.prefixes.conditional, columns: columns))
            if let content = drawing.prefixes.unconditional, let row = drawing.unconditional?.row {
                prefixes.append(Prefix(row: row, content: content, columns: columns))
            }
        }
        guard !prefixes.isEmpty else { return 0 }
        try state.prefill(prefixes)
        let width = state.plan.configuration.hiddenSize
        return prefixes.reduce(0) { $0 + $1.count(hiddenSize: width) }
    }

    /// Gives every picture one more token; ``readPrompts()`` comes first.
    ///
    /// - Parameter logits: called with the logits of each picture's rows before guidance: the picture, the row (0 with
    ///   the prompt, 1 without), logits
    func step(logits report: ((Drawing, Int, UnsafeBufferPointer<Float>) throws -> Void)? = nil) throws {
        rows.removeAll(keepingCapacity: true)
        fed.removeAll(keepingCapacity: true)
        for drawing in drawings {
            guard drawing.isRead else {
                drawing.isRead = true  // its logits are there since its prefix was read
                continue
            }
            feed(drawing, to: drawing.row)
            if drawing.isGuided, let row = drawing.unconditional?.row { feed(drawing, to: row) }
        }
        if !rows.isEmpty { try state.step(rows: rows, tokens: fed) }
        if let report { try tell(report) }
        pool.run(drawings.count, Choices(batch: self))
    }

    /// The pictures that are finished, in the order in which they were added; their places are free then.
    func takeFinished() -> [Drawing] {
        let finished = drawings.filter(\.isFinished)
        guard !finished.isEmpty else { return [] }
        drawings.removeAll(where: \.isFinished)
        for drawing in finished.reversed() { free.append(drawing.row / (capacity.isGuided ? 2 : 1)) }
        return finished
    }

    /// Lists the picture's last token for a row, and the end of the line if it was the last of one.
    private func feed(_ drawing: Drawing, to row: Int) {
        guard let last = drawing.tokens.last else { return }
        rows.append(row)
        fed.append(.visual(last))
        guard let rowEnd, drawing.endsRow else { return }
        rows.append(row)
        fed.append(.text(rowEnd))
    }

    private func tell(_ report: (Drawing, Int, UnsafeBufferPointer<Float>) throws -> Void) throws {
        for drawing in drawings {
            try report(drawing, 0, UnsafeBufferPointer(state.logits(drawing.row)))
            guard drawing.isGuided, let row = drawing.unconditional?.row else { continue }
            try report(drawing, 1, UnsafeBufferPointer(state.logits(row)))
        }
    }

    /// The pieces of a step: each chooses the token of one picture.
    private struct Choices: PoolWork {
        let batch: GenerationBatch
        func run(piece: Int) { batch.choose(batch.drawings[piece]) }
    }

    private func choose(_ drawing: Drawing) {
        var logits = state.logits(drawing.row).mutableSpan
        let other = drawing.isGuided ? drawing.unconditional.map { state.logits($0.row) } : nil
        drawing.choose(&logits, unconditional: other?.span)
    }
}
