// Tests of decoders in bfloat16 against the same decoders in float32.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct ImageArithmeticTests {
    @Test(arguments: TokenizerFixture.all + [.heads]) func picturesAreNearlyThoseOfFloat32(
        _ fixture: TokenizerFixture
    ) throws {
        for scale in try fixture.configuration().scales {
            let exact = try decode(fixture.tokenizer(.float32), scale: scale)
            let rounded = try decode(fixture.tokenizer(.bfloat16), scale: scale)
            #expect(rounded != exact)
            #expect(try signalToNoise(rounded, exact) > 45)
        }
    }

    @Test(arguments: LayoutFixture.all) func picturesOfOtherLayoutsToo(_ fixture: LayoutFixture) throws {
        let layout = try fixture.layout()
        let exact = try decode(layout.makeImageTokenizer(arithmetic: .float32))
        let rounded = try decode(layout.makeImageTokenizer(arithmetic: .bfloat16))
        #expect(rounded != exact)
        #expect(try signalToNoise(rounded, exact) > 45)
    }

    @Test(arguments: TokenizerFixture.all) func weightsOf16BitsAreMultipliedInBFloat16(
        _ fixture: TokenizerFixture
    ) throws {
        let isFloat32 = fixture.name == "llamagen"
        let usual = try decode(fixture.tokenizer())
        #expect(try usual == decode(fixture.tokenizer(isFloat32 ? .float32 : .bfloat16)))
    }

    @Test(arguments: TokenizerFixture.all) func tokensDoNotDependOnTheArithmetic(_ fixture: TokenizerFixture) throws {
        let grids = try [ConvolutionArithmetic.float32, .bfloat16].map { arithmetic in
            let tokenizer = try fixture.tokenizer(arithmetic)
            let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 3, columns: 5)
            let pixels = try fixture.expected("encode.3x5.pixels")
            return try tokenizer.encode(
                pixels: pixels, height: 3 * tokenizer.downsampling, width: 5 * tokenizer.downsampling,
                workspace: workspace, pool: ThreadPool(threadCount: 2))
        }
        #expect(grids[0] == grids[1] && Set(grids[0]).count > 3)
    }

    private func decode(_ tokenizer: ImageTokenizer, scale: Int = 1) throws -> [Float] {
        let (rows, columns) = (5, 7)
        let workspace = try ImageTokenizer.Workspace(
            tokenizer.configuration, rows: rows, columns: columns, scales: [scale])
        return try tokenizer.decode(
            tokens: (0..<rows * columns).map { $0 * 7 % tokenizer.configuration.codebookSize }, rows: rows,
            columns: columns, scale: scale, workspace: workspace, pool: ThreadPool(threadCount: 2))
    }

    /// The ratio of peak signal to noise in decibels, the peak being the distance of the extremes of `b`: random weights
    /// do not keep to [-1, 1].
    private func signalToNoise(_ a: [Float], _ b: [Float]) throws -> Double {
        let error = zip(a, b).map { Double($0 - $1) * Double($0 - $1) }.reduce(0, +) / Double(a.count)
        let peak = Double(try #require(b.max()) - (try #require(b.min())))
        return 10 * log10(peak * peak / error)
    }
}
