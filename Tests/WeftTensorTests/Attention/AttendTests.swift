// Attention over one cache against a plain computation in double precision.

import Foundation
import Testing
import WeftTensor

@Suite struct AttendTests {
    @Test(arguments: [2, 6, 16, 20, 64, 100], [1, 15, 16, 17, 33, 64, 65, 130])
    func equalsSoftmaxAttention(headDim: Int, length: Int) {
        let problem = AttendProblem(headDim: headDim, length: length, heads: 3, scale: 1)
        #expect(worstDifference(problem.result(capacity: length), problem.expected) < 2e-6)
    }

    @Test func largeScoresStayFinite() {
        let problem = AttendProblem(headDim: 32, length: 40, heads: 2, scale: 300)
        #expect(worstDifference(problem.result(capacity: 40), problem.expected) < 5e-3)
    }

    @Test(arguments: KeyValueFormat.allCases)
    func capacityAndWhatLiesBeyondTheLengthHaveNoEffect(_ format: KeyValueFormat) {
        let problem = AttendProblem(headDim: 20, length: 37, heads: 2, scale: 1, format: format)
        let exact = problem.result(capacity: 37).map(\.bitPattern)
        #expect(problem.result(capacity: 200).map(\.bitPattern) == exact)
        // Bytes of 255 make NaN of every format.
        #expect(problem.result(capacity: 200, filling: 0xff).map(\.bitPattern) == exact)
    }

    @Test func headsDoNotDependOnEachOther() {
        let problem = AttendProblem(headDim: 24, length: 50, heads: 4, scale: 1)
        let all = problem.result(capacity: 50)
        var single = problem
        single.heads = 1
        #expect(single.result(capacity: 50).map(\.bitPattern) == all.prefix(24).map(\.bitPattern))
    }

    @Test(arguments: KeyValueFormat.allCases)
    func copiedCachesGiveTheSame(_ format: KeyValueFormat) {
        let problem = AttendProblem(headDim: 20, length: 21, heads: 2, scale: 1, format: format)
        #expect(problem.result(capacity: 64, copied: true) == problem.result(capacity: 64))
    }

    @Test func zeroQueriesAverageTheValues() {
        var problem = AttendProblem(headDim: 8, length: 3, heads: 1, scale: 1)
        problem.queries = [Float](repeating: 0, count: 8)
        let mean = (0..<8).map { d in (0..<3).map { Double(problem.values[$0 * 8 + d]) }.reduce(0, +) / 3 }
        #expect(worstDifference(problem.result(capacity: 3), mean) < 1e-6)
    }
}

/// Queries `[heads, headDim]` against keys and values `[length, headDim]`.
private struct AttendProblem {
    let headDim: Int
    let length: Int
    var heads: Int
    var queries: [Float]
    let keys: [Float]
    let values: [Float]
    let format: KeyValueFormat

    init(headDim: Int, length: Int, heads: Int, scale: Float, format: KeyValueFormat = .float32) {
        self.format = format
        self.headDim = headDim
        self.length = length
        self.heads = heads
        queries = gaussians(heads * headDim, seed: 1).map { $0 * scale }
        keys = gaussians(length * headDim, seed: 2)
        values = gaussians(length * headDim, seed: 3)
    }

    func result(capacity: Int, filling: Int32 = 0, copied: Bool = false) -> [Float] {
        let layout = KeyValueLayout(headDim: headDim, capacity: capacity, format: format)
        let cache = Buffer(count: layout.byteCount / 4)
        memset(cache.pointer, filling, layout.byteCount)
        for position in 0..<length {
            keys.withUnsafeBufferPointer { keys in
                values.withUnsafeBufferPointer { values in
                    layout.store(
                        key: keys.baseAddress! + position * headDim, value: values.baseAddress! + position * headDim,
                        at: position, in: cache.pointer)
                }
            }
        }
        let other = Buffer(count: layout.byteCount / 4)
        if copied { layout.copy(length: length, from: cache.pointer, to: other.pointer) }
        let scratch = Buffer(count: layout.scratchCount(heads: heads))
        let out = Buffer(count: heads * headDim)
        attend(
            queries, heads: heads, length: length, cache: copied ? other.pointer : cache.pointer, layout: layout,
            scratch: scratch.pointer, to: out.pointer)
        return Array(UnsafeBufferPointer(start: out.pointer, count: out.count))
    }

    var expected: [Double] {
        let scale = 1 / Double(headDim).squareRoot()
        var result: [Double] = []
        for head in 0..<heads {
            var scores = [Double](repeating: 0, count: length)
            for position in 0..<length {
                for d in 0..<headDim {
                    let product = Double(queries[head * headDim + d]) * Double(keys[position * headDim + d])
                    scores[position] += product * scale
                }
            }
            let maximum = scores.max() ?? 0
            let weights = scores.map { exp($0 - maximum) }
            let total = weights.reduce(0, +)
            for d in 0..<headDim {
                var sum = 0.0
                for position in 0..<length { sum += weights[position] * Double(values[position * headDim + d]) }
                result.append(sum / total)
            }
        }
        return result
    }
}
