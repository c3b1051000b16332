// The pictures that are drawn side by side: one forward pass a token for all of them.

import WeftModel
import WeftSampling
import WeftTensor

/// Places for pictures that share forward passes; the place of a finished picture is free for the next one at once.
///
/// All memory is taken at the start; a step allocates nothing. Each place has a row of the decoder's state for its prompt
/// and, if any picture is guided, one without it.
final class GenerationBatch {
    let capacity: Capacity
    let pool: ThreadPool
    let state: DecoderState
    let vocabulary: Int
    let rowEnd: Int?  // the text token that ends a row of visual tokens
    private let options: DrawingOptions
    private let alike: AlikeCodes?
    private var drawings: [Drawing] = []  // in the order in which they were added
    private var free: [Int]  // places, the first to be taken last
    private var rows: [Int] = []  // rows of the step to come
    private var fed: [FedToken] = []  // the token that each of `rows` is fed
    private var isWanted: [Bool] = []  // whether the logits after it are wanted
    private var outputs = 0  // how many are

    /// Takes the memory; `alike` says which tokens count as one where candidates are compared.
    init(
        _ decoder: Decoder, rowEnd: Int?, capacity: Capacity, options: DrawingOptions, alike: AlikeCodes? = nil,
        pool: ThreadPool
    ) {
        self.capacity = capacity
        self.pool = pool
        self.rowEnd = rowEnd
        self.options = options
        self.alike = alike
        vocabulary = decoder.configuration.visualVocabulary
        free = (0..<capacity.places).reversed()
        let plan = capacity.plan(
            decoder.configuration, hasRowEnds: rowEnd != nil, isQuantised: decoder.isQuantised)
        state = decoder.makeState(plan, pool: pool)
        let most = plan.rows * plan.tokensPerStep
        drawings.reserveCapacity(capacity.places)
        rows.reserveCapacity(most)
        fed.reserveCapacity(most)
        isWanted.reserveCapacity(most)
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
        drawings.append(try Drawing(picture, row: row, vocabulary: vocabulary, options: options, alike: alike))
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

    /// Gives every picture one more token, or as many as its drafts have earned; ``readPrompts()`` comes first.
    ///
    /// - Parameter logits: called with the logits of each picture's rows before guidance: the picture, the row (0 with
    ///   the prompt, 1 without), logits
    func step(logits report: ((Drawing, Int, UnsafeBufferPointer<Float>) throws -> Void)? = nil) throws {
        rows.removeAll(keepingCapacity: true)
        fed.removeAll(keepingCapacity: true)
        isWanted.removeAll(keepingCapacity: true)
        outputs = 0
        for drawing in drawings {
            guard drawing.isRead else {
                drawing.isRead = true  // its logits are there since its prefix was read
                continue
            }
            let (first, last) = (outputs, drawing.tokens.count + drawing.drafts.count)
            feed(drawing, to: drawing.row, through: last)
            drawing.outputs = (first, outputs)
            guard drawing.isGuided, let unconditional = drawing.unconditional else { continue }
            feed(drawing, to: unconditional.row, through: min(last, unconditional.until))
        }
        if !rows.isEmpty { try state.feed(rows: rows, tokens: fed, isWanted: isWanted) }
        if let report { try tell(report) }
        pool.run(drawings.count, Choices(batch: self))
        for drawing in drawings where drawing.isSpeculative && drawing.failure == nil { rewind(drawing) }
    }

    /// The pictures that are finished, in the order in which they were added; their places are free then.
    func takeFinished() -> [Drawing] {
        let finished = drawings.filter(\.isFinished)
        guard !finished.isEmpty else { return [] }
        drawings.removeAll(where: \.isFinished)
        for drawing in finished.reversed() { free.append(drawing.row / (capacity.isGuided ? 2 : 1)) }
        return finished
    }

    /// Lists for a row the tokens and drafts that the positions behind the picture's tokens follow, up to the last one
    /// whose logits are wanted; and the ends of lines between them.
    private func feed(_ drawing: Drawing, to row: Int, through last: Int) {
        let (tokens, drafts) = (drawing.tokens, drawing.drafts)
        for position in tokens.count...last {
            rows.append(row)
            fed.append(.visual(position <= tokens.count ? tokens[position - 1] : drafts[position - 1 - tokens.count]))
            isWanted.append(true)
            outputs += 1
            guard let rowEnd, position % drawing.request.size.columns == 0 else { continue }
            isWanted[isWanted.count - 1] = false
            rows.append(row)
            fed.append(.text(rowEnd))
            isWanted.append(true)
        }
    }

    /// Takes the drafts that are not the picture's tokens back from its rows.
    private func rewind(_ drawing: Drawing) {
        rewind(drawing, drawing.row)
        if let row = drawing.unconditional?.row { rewind(drawing, row) }
    }

    private func rewind(_ drawing: Drawing, _ row: Int) {
        let visual = min(drawing.tokens.count - 1, state.visualCount(row))
        let ends = rowEnd == nil ? 0 : visual / drawing.request.size.columns
        state.rewind(row: row, tokens: visual + ends, visual: visual)
    }

    private func tell(_ report: (Drawing, Int, UnsafeBufferPointer<Float>) throws -> Void) throws {
        for drawing in drawings {
            try report(drawing, 0, UnsafeBufferPointer(logits(drawing, 0)))
            guard let other = unconditional(drawing, 0) else { continue }
            try report(drawing, 1, UnsafeBufferPointer(other))
        }
    }

    /// The logits of a position of the pass, counted from the picture's next token.
    private func logits(_ drawing: Drawing, _ index: Int) -> UnsafeMutableBufferPointer<Float> {
        drawing.outputs.map { state.fedLogits($0.first + index) } ?? state.logits(drawing.row)
    }

    /// Those of the row without the prompt; nil for a position that is not guided.
    private func unconditional(_ drawing: Drawing, _ index: Int) -> UnsafeMutableBufferPointer<Float>? {
        guard drawing.isGuided(at: drawing.tokens.count + index), let row = drawing.unconditional?.row else {
            return nil
        }
        return drawing.outputs.map { state.fedLogits($0.unconditional + index) } ?? state.logits(row)
    }

    /// The pieces of a step: each chooses the tokens of one picture.
    private struct Choices: PoolWork {
        let batch: GenerationBatch
        func run(piece: Int) { batch.choose(batch.drawings[piece]) }
    }

    private func choose(_ drawing: Drawing) {
        for index in 0...drawing.drafts.count {
            var logits = logits(drawing, index).mutableSpan
            guard drawing.choose(&logits, unconditional: unconditional(drawing, index)?.span) else { break }
        }
        drawing.endPass()
    }
}
