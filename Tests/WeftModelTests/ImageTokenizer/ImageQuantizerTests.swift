// Tests of the codebook: kinds of quantizers, and rows that are equally near.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct ImageQuantizerTests {
    private let fixture = TokenizerFixture.llamaGen
    private let pool = ThreadPool(threadCount: 2)

    @Test func aPlainCodebookIsTakenAsItIsStored() throws {
        let tokenizer = try load(.plain) { $0 }
        let tokens = try fixture.expected("plain.encode.tokens").map { Int($0) }
        #expect(try encode(tokenizer, try fixture.expected("plain.encode.pixels")) == tokens)
        #expect(largestDifference(try decode(tokenizer, tokens), try fixture.expected("plain.decode.pixels")) < 2e-5)
    }

    @Test func theLengthOfRowsMattersToPlainCodebooksOnly() throws {
        let tokens = try fixture.expected("decode.3x5.tokens").map { Int($0) }
        for (kind, matters) in [(ImageTokenizerConfiguration.QuantizerKind.l2, false), (.plain, true)] {
            let short = try decode(try load(kind) { $0 }, tokens)
            let long = try decode(try load(kind) { row in row.map { $0 * 4 } }, tokens)
            #expect((short != long) == matters)
        }
    }

    @Test(arguments: [ImageTokenizerConfiguration.QuantizerKind.l2, .plain])
    func ofEquallyNearRowsTheFirstIsTaken(kind: ImageTokenizerConfiguration.QuantizerKind) throws {
        let pixels = try fixture.expected("encode.3x5.pixels")
        let equal = try load(kind) { _ in [1, 2, 3, 4, 5, 6, 7, 8] }
        #expect(try encode(equal, pixels) == [Int](repeating: 0, count: 15))
        // Rows 8 to 63 repeat rows 0 to 7, so no token is above 7.
        var first: [[Float]] = []
        let repeated = try load(kind) { row in
            if first.count < 8 {
                first.append(row)
                return row
            }
            first.append(first[first.count - 8])
            return first[first.count - 1]
        }
        let tokens = try encode(repeated, pixels)
        #expect(tokens.allSatisfy { $0 < 8 } && Set(tokens).count > 1)
    }

    // MARK: - Helpers

    /// The tokenizer with another kind of quantizer and each row of the codebook changed.
    private func load(
        _ kind: ImageTokenizerConfiguration.QuantizerKind, _ change: ([Float]) -> [Float]
    ) throws -> ImageTokenizer {
        var configuration = try fixture.configuration()
        configuration.quantizer = .init(kind: kind)
        let weights = try fixture.weights()
        let range = try #require(weights.bytes(of: "quantize.embedding.weight"))
        var data = try Data(contentsOf: URL(filePath: weights.path))
        let rows = try #require(weights["quantize.embedding.weight"]).floats()
        let changed = stride(from: 0, to: rows.count, by: 8).flatMap { change(Array(rows[$0..<$0 + 8])) }
        data.replaceSubrange(range, with: changed.withUnsafeBytes { Data($0) })
        let copy = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors")
        try data.write(to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        let reader = TensorReader([try SafeTensors(path: copy.path)])
        let tokenizer = try ImageTokenizer(configuration, tensors: reader)
        try reader.finish()
        return tokenizer
    }

    private func encode(_ tokenizer: ImageTokenizer, _ pixels: [Float]) throws -> [Int] {
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 3, columns: 5)
        return try tokenizer.encode(pixels: pixels, height: 12, width: 20, workspace: workspace, pool: pool)
    }

    private func decode(_ tokenizer: ImageTokenizer, _ tokens: [Int]) throws -> [Float] {
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 3, columns: 5)
        return try tokenizer.decode(tokens: tokens, rows: 3, columns: 5, workspace: workspace, pool: pool)
    }
}
