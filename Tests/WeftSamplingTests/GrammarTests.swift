// GrammarTests: tokens that may stand in one place of the grid and not in another.

import Testing
import WeftSampling

@Suite struct GrammarTests {
    private let logits: [Float] = [1, 2, 3, 4]
    private func mask(_ ids: [Int], size: Int = 4) throws -> TokenMask {
        try TokenMask(allowing: ids, vocabularySize: size)
    }

    @Test("rows end with their own tokens, in grids of any size")
    func rows() throws {
        let grammar = try RowGrammar(cells: mask([0, 1, 2]), end: mask([3]))
        for columns in 1...3 {
            for index in 0..<2 * columns {
                let context = try place(index, rows: 2, columns: columns)
                let expected = index % columns == columns - 1 ? [3] : [0, 1, 2]
                #expect(kept(try processed(logits, by: grammar, in: context)) == expected)
            }
        }
        let free = try RowGrammar(cells: nil, end: mask([3]))
        #expect(try processed(logits, by: free, in: place(0, rows: 1, columns: 2)) == logits)
        #expect(kept(try processed(logits, by: free, in: place(1, rows: 1, columns: 2))) == [3])
    }

    @Test("a rule gives each cell its tokens")
    func grid() throws {
        let grammar = try GridGrammar(rows: 3, columns: 4) { row, column in
            if row == 1 { return nil }
            return try mask([column])
        }
        for index in 0..<12 {
            let context = try place(index, rows: 3, columns: 4)
            let expected = context.row == 1 ? [0, 1, 2, 3] : [context.column]
            #expect(kept(try processed(logits, by: grammar, in: context)) == expected)
            #expect(
                grammar.mask(row: context.row, column: context.column)?.allowedCount == (context.row == 1 ? nil : 1))
        }
        #expect(grammar.mask(row: 3, column: 0) == nil)
        #expect(grammar.mask(row: 0, column: -1) == nil)
    }

    @Test("a whole picture under a grammar obeys it, whatever the logits")
    func border() throws {
        let (frame, inside) = (try mask([0]), try mask([1, 2, 3]))
        let grammar = try GridGrammar(rows: 5, columns: 6) { row, column in
            row % 4 == 0 || column % 5 == 0 ? frame : inside
        }
        let settings = SamplingSettings(temperature: 3)
        let pipeline = try settings.makePipeline(vocabularySize: 4, processors: [grammar])
        for seed in 0..<50 as Range<UInt64> {
            var tokens: [Int] = []
            while tokens.count < 30 {
                var random = CounterRandom(seed: seed, tokenIndex: UInt64(tokens.count), stream: 1)
                var logits = (0..<4).map { _ in random.nextFloat() * 20 }
                var span = logits.mutableSpan
                let context = try SamplingContext(tokens: tokens, rows: 5, columns: 6)
                let token = try pipeline.sample(&span, in: context, seed: seed)
                #expect((token == 0) == (context.row % 4 == 0 || context.column % 5 == 0))
                tokens.append(token)
            }
        }
    }

    @Test func refusals() throws {
        #expect(
            throws: SamplingError(
                .sizeMismatch, "the token mask of a row's end is made for 5 logits, that of its cells for 4")
        ) { try RowGrammar(cells: mask([0]), end: mask([0], size: 5)) }
        #expect(
            throws: SamplingError(
                .sizeMismatch, "the token mask of row 1, column 0 is made for 5 logits, those before it for 4")
        ) { try GridGrammar(rows: 2, columns: 2) { row, _ in try mask([0], size: 4 + row) } }
        #expect(
            throws: SamplingError(.invalidContext, "a grid of tokens needs 1 row and 1 column or more, got 0x2")
        ) { try GridGrammar(rows: 0, columns: 2) { _, _ in nil } }
        let grammar = try GridGrammar(rows: 2, columns: 2) { _, _ in try mask([0]) }
        #expect(
            throws: SamplingError(
                .invalidContext, "grid grammar is made for 2x2 tokens, got a picture of 2x3")
        ) { try processed(logits, by: grammar, in: place(0, rows: 2, columns: 3)) }
        #expect(throws: SamplingError(.sizeMismatch, "token mask is made for 4 logits, got 2")) {
            try processed([1, 2], by: grammar, in: place(0, rows: 2, columns: 2))
        }
    }
}
