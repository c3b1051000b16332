// ContextTests: where a token stands, and what stands around it.

import Testing
import WeftSampling

@Suite struct ContextTests {
    // Row by row: 10 11 12 | 13 14 . | . . .
    private func context() throws -> SamplingContext {
        try SamplingContext(tokens: [10, 11, 12, 13, 14], rows: 3, columns: 3)
    }

    @Test func place() throws {
        let context = try context()
        #expect(context.index == 5)
        #expect(context.row == 1)
        #expect(context.column == 2)
        #expect(context.count == 9)
        #expect(context.progress == 5.0 / 8)
        let first = try SamplingContext(tokens: [], rows: 1, columns: 1)
        #expect(first.progress == 0)
        #expect(first.above == nil && first.left == nil)
        #expect(try SamplingContext(tokens: [1], rows: 2, columns: 1).progress == 1)
    }

    @Test("cells outside of the grid and cells to come have no token")
    func neighbours() throws {
        let context = try context()
        #expect(context.above == 12)
        #expect(context.left == 14)
        #expect(context.token(rowOffset: -1, columnOffset: -2) == 10)
        #expect(context.token(rowOffset: -1, columnOffset: 1) == nil)
        #expect(context.token(rowOffset: 0, columnOffset: 0) == nil)
        #expect(context.token(rowOffset: 1, columnOffset: -2) == nil)
        #expect(context.token(rowOffset: -2, columnOffset: 0) == nil)
        #expect(context.token(rowOffset: .max, columnOffset: .min) == nil)
        #expect(context.token(row: 1, column: 1) == 14)
        #expect(context.token(row: 2, column: 2) == nil)
        #expect(context.token(row: 0, column: 3) == nil)
        #expect(context.token(row: -1, column: 3) == nil)
    }

    @Test("a cell to the left of the first column is not the end of the row above")
    func firstColumn() throws {
        let context = try SamplingContext(tokens: [10, 11, 12], rows: 2, columns: 3)
        #expect(context.left == nil)
        #expect(context.above == 10)
    }

    @Test func refusals() throws {
        func expect(_ message: String, _ tokens: Int, _ rows: Int, _ columns: Int) {
            #expect(throws: SamplingError(.invalidContext, message)) {
                try SamplingContext(tokens: [Int](repeating: 0, count: tokens), rows: rows, columns: columns)
            }
        }
        expect("a grid of tokens needs 1 row and 1 column or more, got 0x4", 0, 0, 4)
        expect("a grid of tokens needs 1 row and 1 column or more, got 2x-1", 0, 2, -1)
        expect("a grid of tokens needs 1 row and 1 column or more, got -1x-1", 0, -1, -1)
        expect("a grid of tokens needs 1 row and 1 column or more, got \(Int.max)x2", 0, .max, 2)
        expect("a grid of 2x2 has room for 4 tokens, and 4 are chosen already", 4, 2, 2)
    }
}
