// A test of pictures so large that they are computed some rows at a time.

import Testing
import WeftModel
import WeftTensor

@Suite struct ImageStripTests {
    /// With norms of single pixels a pixel depends on its neighbours only, so that the lower part of a large picture is
    /// that of a smaller one, which is computed at once.
    @Test func theSeamsOfStripsDoNotShow() throws {
        let (rows, columns, width, cut) = (72, 1024, 64, 50)  // strips of 64 rows, and one of 8
        let configuration = ImageTokenizerConfiguration(
            codebookSize: 16, codebookDim: 4, quantizer: .init(kind: .plain), latentChannels: 4, norm: .channel,
            normEpsilon: 1e-6, encoder: nil,
            decoder: .init(
                channels: [width], residualBlocks: [1], attention: [false], middle: false, middleAttention: false))
        let block = "decoder.conv_blocks.0.res.0"
        let shapes = [
            "quantize.embedding.weight": [16, 4], "post_quant_conv.weight": [4, 4, 1, 1], "post_quant_conv.bias": [4],
            "decoder.conv_in.weight": [width, 4, 3, 3], "decoder.conv_in.bias": [width],
            "\(block).norm1.weight": [width], "\(block).conv1.weight": [width, width, 3, 3],
            "\(block).conv1.bias": [width], "\(block).norm2.weight": [width],
            "\(block).conv2.weight": [width, width, 3, 3], "\(block).conv2.bias": [width],
            "decoder.norm_out.weight": [width], "decoder.conv_out.weight": [3, width, 3, 3],
            "decoder.conv_out.bias": [3],
        ]
        let file = try ChangedFile(LayoutFixture.llamaGen.weights()) { tensors in
            tensors = shapes.reduce(into: [:]) { tensors, entry in
                let count = entry.value.reduce(1, *)
                let values = (0..<count).map { Float(($0 * 7919 + entry.key.utf8.count * 31) % 201 - 100) / 400 }
                tensors[entry.key] = Tensor(name: entry.key, shape: entry.value, floats: values)
            }
        }
        let tokenizer = try ImageTokenizer(configuration, tensors: TensorReader([file]))
        let tokens = (0..<rows * columns).map { $0 * $0 % 251 % 16 }
        let pool = ThreadPool(threadCount: 2)
        func decode(from first: Int) throws -> [Float] {
            let workspace = try ImageTokenizer.Workspace(configuration, rows: rows - first, columns: columns)
            return try tokenizer.decode(
                tokens: Array(tokens[(first * columns)...]), rows: rows - first, columns: columns,
                workspace: workspace, pool: pool)
        }
        let (whole, part) = (try decode(from: 0), try decode(from: cut))
        // Four convolutions of 3 x 3 look as many rows beyond the cut.
        let line = 3 * columns
        #expect(whole[((cut + 4) * line)...] == part[(4 * line)...])
        #expect(whole[((cut + 3) * line)...] != part[(3 * line)...])
        #expect(Set(whole).count > 1000)
    }
}
