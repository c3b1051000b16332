// Which codes look alike.

import Testing

@testable import WeftModel

@Suite struct AlikeCodesTests {
    /// Rows of `dim` numbers: pairs 1 apart, the pairs 10 apart; one pair is nearer, one row stands there twice.
    private func codes(dim: Int) -> AlikeCodes {
        var rows: [Float] = []
        func add(_ place: Float) { rows += [place] + [Float](repeating: 2, count: dim - 1) }
        for pair in 0..<20 {
            add(Float(10 * pair))
            add(Float(10 * pair) + (pair == 3 ? 0.5 : pair == 4 ? 0.79 : pair == 5 ? 0.81 : pair == 6 ? 0 : 1))
        }
        return AlikeCodes(rows: rows, dim: dim)
    }

    @Test(arguments: [1, 7, 8, 19])
    func whatIsNearerThanUsual(dim: Int) {
        let codes = codes(dim: dim)
        for _ in 0..<2 {
            #expect(codes.of(6) == [7] && codes.of(7) == [6] && codes.of(8) == [9] && codes.of(9) == [8])
            #expect(codes.of(12) == [13] && codes.of(13) == [12])
            for code in [0, 1, 5, 10, 11, 38, 39] { #expect(codes.of(code) == []) }
        }
    }

    @Test func fewRows() {
        #expect(AlikeCodes(rows: [1, 2], dim: 2).of(0) == [])
        #expect(AlikeCodes(rows: [1, 1, 1], dim: 1).of(1) == [])
    }
}
