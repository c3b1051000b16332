// Tests of other models' image tokenizers against what their own code computes.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct LayoutParityTests {
    private let pool = ThreadPool(threadCount: 2)

    @Test(arguments: LayoutFixture.all, LayoutFixture.grids)
    func decodesAsItsOwnCode(_ fixture: LayoutFixture, grid: (Int, Int)) throws {
        try decode(fixture, grid, with: fixture.layout())
    }

    private func decode(
        _ fixture: LayoutFixture, _ grid: (Int, Int), with layout: ImageTokenizerLayout
    ) throws {
        let (rows, columns) = grid
        let tokenizer = try layout.makeImageTokenizer(arithmetic: .float32)
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: rows, columns: columns)
        let tokens = try fixture.expected("decode.\(rows)x\(columns).tokens").map { Int($0) }
        let pixels = try tokenizer.decode(
            tokens: tokens, rows: rows, columns: columns, workspace: workspace, pool: pool)
        let expected = try fixture.expected("decode.\(rows)x\(columns).pixels")
        #expect(largestDifference(pixels, expected) < 1e-5)
        let bytes = ImageTokenizer.bytes(pixels: pixels, rounding: tokenizer.rounding)
        #expect(bytes == (try fixture.expected("decode.\(rows)x\(columns).bytes").map { UInt8($0) }))
    }

    @Test(arguments: LayoutFixture.all.filter(\.hasEncoder), LayoutFixture.grids)
    func encodesAsItsOwnCode(_ fixture: LayoutFixture, grid: (Int, Int)) throws {
        let (rows, columns) = grid
        let tokenizer = try fixture.layout(encoder: true).makeImageTokenizer()
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: rows, columns: columns)
        let tokens = try tokenizer.encode(
            pixels: try fixture.expected("encode.\(rows)x\(columns).pixels"), height: rows * tokenizer.downsampling,
            width: columns * tokenizer.downsampling, workspace: workspace, pool: pool)
        #expect(tokens == (try fixture.expected("encode.\(rows)x\(columns).tokens").map { Int($0) }))
    }

    @Test(arguments: LayoutFixture.all) func anEncoderIsReadOnRequestOnly(_ fixture: LayoutFixture) throws {
        #expect(try !fixture.layout().makeImageTokenizer().canEncode)
        guard fixture.hasEncoder else { return }
        let layout = try fixture.layout(encoder: true)
        #expect(try layout.makeImageTokenizer().canEncode)
        try decode(fixture, (3, 5), with: layout)
        // Generation works without the encoder's tensors.
        let file = try ChangedFile(fixture.weights()) { tensors in
            for prefix in ["encoder.", "quant_conv.", "vqmodel.encoder.", "vqmodel.quant_conv."] {
                tensors = tensors.filter { !$0.key.hasPrefix(prefix) }
            }
        }
        let without = try fixture.read([file], true)
        #expect(without.configuration.encoder == nil)
        try decode(fixture, (4, 2), with: without)
    }

    @Test(arguments: LayoutFixture.all) func layoutsAreRecognized(_ fixture: LayoutFixture) throws {
        let layout = try ImageTokenizerLayout.recognize([fixture.weights()], encoder: false)
        let expected = try fixture.layout()
        #expect(layout.configuration == expected.configuration && layout.rounding == expected.rounding)
        #expect(layout.prefix == expected.prefix)
        try decode(fixture, (3, 5), with: layout)
    }

    @Test func janusOwnLayoutIsLlamaGensUnderAPrefix() throws {
        let file = try ChangedFile(LayoutFixture.llamaGen.weights(), prefix: "gen_vision_model.")
        let language = try ChangedFile(LayoutFixture.ibq.weights(), prefix: "language_model.")
        for layout in [
            try ImageTokenizerLayout.janus([language, file], encoder: false),
            try ImageTokenizerLayout.recognize([file, language], encoder: false),
        ] {
            #expect(layout.prefix == "gen_vision_model." && layout.rounding == .truncated)
            #expect(layout.configuration == (try LayoutFixture.llamaGen.layout().configuration))
            _ = try layout.makeImageTokenizer()
        }
    }

    @Test(arguments: [LayoutFixture.janus, .emu3Transformers])
    func transformersPrefixesMayBeLonger(_ fixture: LayoutFixture) throws {
        let file = try ChangedFile(fixture.weights(), prefix: "model.")
        let layout = try fixture.read([file], false)
        #expect(layout.prefix == "model.vqmodel.")
        try decode(fixture, (3, 5), with: layout)
    }

    // MARK: - Sizes

    @Test func sizesAreReadFromShapes() throws {
        let emu3 = try LayoutFixture.emu3.layout().configuration
        #expect(emu3.norm == .spatial && emu3.temporal == .init(residualBlocks: 1, convolutions: 2))
        #expect(emu3.decoder.channels == [64, 32] && emu3.decoder.residualBlocks == [2, 2])
        #expect(emu3.decoder.attention == [false, true] && emu3.decoder.middleAttention)
        #expect(emu3.codebookSize == 52 && emu3.codebookDim == 4 && emu3.quantizer.kind == .plain)
        let ibq = try LayoutFixture.ibq.layout().configuration
        #expect(ibq.decoder.channels == [32, 32] && ibq.decoder.attention == [true, true])
        #expect(ibq.latentChannels == 14 && ibq.codebookDim == 12 && ibq.downsampling == 2)
        let chameleon = try LayoutFixture.chameleon.layout(encoder: true).configuration
        #expect(chameleon.decoder.channels == [32, 64] && chameleon.decoder.residualBlocks == [1, 1])
        guard case .levels(let encoder) = chameleon.encoder else { return #expect(Bool(false), "levels are read") }
        #expect(encoder.channels == [32, 32] && encoder.residualBlocks == [0, 0])
        #expect(chameleon.decoder.attention == [false, false] && chameleon.decoder.middleAttention)
        let llamaGen = try LayoutFixture.llamaGen.layout().configuration
        #expect(llamaGen.quantizer.kind == .l2 && llamaGen.codebookSize == 40 && llamaGen.codebookDim == 5)
    }

    @Test func theConfigurationSurvivesJSON() throws {
        for fixture in LayoutFixture.all {
            let configuration = try fixture.layout().configuration
            let json = try JSONEncoder().encode(configuration)
            #expect(try JSONDecoder().decode(ImageTokenizerConfiguration.self, from: json) == configuration)
        }
    }

    @Test(arguments: LayoutFixture.all) func resultsDoNotDependOnThreadsOrWorkspace(_ fixture: LayoutFixture) throws {
        let tokenizer = try fixture.layout().makeImageTokenizer()
        let tokens = (0..<63).map { $0 * 7 % tokenizer.configuration.codebookSize }
        let large = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 11, columns: 9)
        let exact = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 7, columns: 9)
        let pictures = try [1, 2, 3].flatMap { threads in
            try [exact, large, exact].map {
                try tokenizer.decode(
                    tokens: tokens, rows: 7, columns: 9, workspace: $0, pool: ThreadPool(threadCount: threads))
            }
        }
        #expect(pictures.allSatisfy { $0 == pictures[0] })
        #expect(Set(pictures[0]).count > 100)
    }
}
