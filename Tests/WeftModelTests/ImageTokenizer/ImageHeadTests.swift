// Tests of image tokenizers with a linear encoder and heads for several scales.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct ImageHeadTests {
    private let fixture = TokenizerFixture.heads

    // MARK: - Parity

    /// One grid is wider than the ground of a square reaches.
    @Test(arguments: TokenizerFixture.grids + [(1, 19)], [1, 2, 4])
    func decodesAsPyTorch(grid: (Int, Int), scale: Int) throws {
        let (rows, columns) = grid
        let tokenizer = try fixture.tokenizer(.float32)
        let workspace = try ImageTokenizer.Workspace(
            tokenizer.configuration, rows: rows, columns: columns, scales: [scale])
        let tokens = try fixture.expected("decode.\(rows)x\(columns).tokens").map { Int($0) }
        let pixels = try tokenizer.decode(
            tokens: tokens, rows: rows, columns: columns, scale: scale, workspace: workspace,
            pool: ThreadPool(threadCount: 2))
        #expect(pixels.count == 3 * rows * columns * 64 * scale * scale)
        // Of larger pictures the fixture has every seventh line.
        let line = 3 * columns * 8 * scale
        let lines = stride(from: 0, to: rows * 8 * scale, by: scale == 1 ? 1 : 7)
        let shown = lines.flatMap { pixels[$0 * line..<($0 + 1) * line] }
        let expected = try fixture.expected("decode.\(rows)x\(columns).pixels.\(scale)")
        #expect(largestDifference(shown, expected) < fixture.tolerance)
    }

    @Test(arguments: TokenizerFixture.grids) func encodesAsPyTorch(grid: (Int, Int)) throws {
        let (rows, columns) = grid
        let tokenizer = try fixture.tokenizer()
        #expect(tokenizer.downsampling == 8 && tokenizer.canEncode)
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: rows, columns: columns, scales: [])
        let tokens = try tokenizer.encode(
            pixels: try fixture.expected("encode.\(rows)x\(columns).pixels"), height: rows * 8, width: columns * 8,
            workspace: workspace, pool: ThreadPool(threadCount: 2))
        #expect(tokens == (try fixture.expected("encode.\(rows)x\(columns).tokens").map { Int($0) }))
    }

    /// Things on a gradient, beside and around a square of one color.
    @Test(arguments: [1, 3]) func encodesThingsOnTheirBackground(threads: Int) throws {
        let tokenizer = try fixture.tokenizer()
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 5, columns: 6, scales: [])
        let tokens = try tokenizer.encode(
            pixels: try fixture.expected("encode.things.pixels"), height: 40, width: 48, workspace: workspace,
            pool: ThreadPool(threadCount: threads))
        #expect(tokens == (try fixture.expected("encode.things.tokens").map { Int($0) }))
    }

    // MARK: - Determinism and memory

    @Test(arguments: [1, 2, 4]) func resultsDoNotDependOnThreadsOrWorkspace(scale: Int) throws {
        let tokenizer = try fixture.tokenizer()
        let tokens = (0..<63).map { $0 * 7 % 32 }
        let large = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 11, columns: 9, scales: [4, 1, 2])
        var pictures: [[Float]] = []
        for threads in [1, 2, 3] {
            let exact = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 7, columns: 9, scales: [scale])
            for workspace in [exact, large, large] {
                pictures.append(
                    try tokenizer.decode(
                        tokens: tokens, rows: 7, columns: 9, scale: scale, workspace: workspace,
                        pool: ThreadPool(threadCount: threads)))
            }
        }
        #expect(pictures.allSatisfy { $0 == pictures[0] })
        #expect(Set(pictures[0]).count > 100)
    }

    @Test func theMeanOfTheCodebookStandsForMissingTokens() throws {
        let tokenizer = try fixture.tokenizer()
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 2, columns: 2, scales: [2])
        func decode(_ tokens: [Int]) throws -> [Float] {
            try tokenizer.decode(
                tokens: tokens, rows: 2, columns: 2, scale: 2, workspace: workspace, pool: ThreadPool(threadCount: 1),
                isCut: true)
        }
        let cut = try decode([1, 2, 3])
        #expect(cut.filter { !$0.isFinite }.isEmpty)
        for token in 0..<32 { #expect(try decode([1, 2, 3, token]) != cut) }
    }

    @Test func memoryIsThatOfTheScalesThatAreAskedFor() throws {
        let configuration = try fixture.configuration()
        func bytes(_ scales: [Int]) throws -> Int {
            let planned = try ImageTokenizer.Workspace.byteCount(configuration, rows: 5, columns: 6, scales: scales)
            let made = try ImageTokenizer.Workspace(configuration, rows: 5, columns: 6, scales: scales)
            #expect(made.byteCount == planned)
            #expect(made.holds(configuration, rows: 5, columns: 6, scales: scales))
            return planned
        }
        let each = try [1, 2, 4].map { try bytes([$0]) }
        #expect(each[0] < each[1] && each[1] < each[2])
        #expect(try bytes([]) <= each[0])
        #expect(try bytes([1, 2, 4]) >= each[2])
        let small = try ImageTokenizer.Workspace(configuration, rows: 5, columns: 6)
        #expect(!small.holds(configuration, rows: 5, columns: 6, scales: [4]))
        let tokenizer = try fixture.tokenizer()
        let error = #expect(throws: ImageTokenizerError.self) {
            try tokenizer.decode(
                tokens: [Int](repeating: 0, count: 30), rows: 5, columns: 6, scale: 4, workspace: small,
                pool: ThreadPool(threadCount: 1))
        }
        #expect(error?.code == .workspace)
    }

    // MARK: - Refused

    @Test(arguments: [3, 0, -1, Int.max]) func scalesWithoutHead(scale: Int) throws {
        for (fixture, possible) in [(TokenizerFixture.heads, "1, 2, 4"), (.scalar, "1")] {
            let tokenizer = try fixture.tokenizer()
            let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 1, columns: 1)
            let errors = [
                #expect(throws: ImageTokenizerError.self) {
                    try tokenizer.decode(
                        tokens: [0], rows: 1, columns: 1, scale: scale, workspace: workspace,
                        pool: ThreadPool(threadCount: 1))
                },
                #expect(throws: ImageTokenizerError.self) {
                    try ImageTokenizer.Workspace(tokenizer.configuration, rows: 1, columns: 1, scales: [1, scale])
                },
            ]
            for error in errors {
                #expect(error?.code == .scale)
                #expect(error?.description == "scale \(scale): the image tokenizer paints tokens at scale \(possible)")
            }
        }
    }

    @Test func configurationsAreRead() throws {
        let configuration = try fixture.configuration()
        #expect(configuration.encoder == .linear(patch: 8))
        #expect(configuration.scales == [1, 2, 4] && configuration.downsampling == 8)
        let json = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(ImageTokenizerConfiguration.self, from: json) == configuration)
        var decoding = configuration
        decoding.encoder = nil
        try decoding.validate()
        #expect(decoding.downsampling == 8)
    }

    /// What stands in the file, what is put there instead, and the error.
    static let mistakes = [
        ("\"linear\"", "\"affine\"", "encoder.kind: \"affine\" is not one of linear"),
        ("\"patch\": 8 }, \"decoder\"", "\"side\": 8 }, \"decoder\"", "encoder.patch: is missing"),
        ("\"patch\": 8 }, \"decoder\"", "\"patch\": 33 }, \"decoder\"", "encoder.patch: 33 is not in 1...32"),
        (
            "\"patch\": 8 }, \"decoder\"", "\"patch\": 4 }, \"decoder\"",
            "decoder.heads[0]: patch 4 at level 1 of 3 makes 8 pixels a token, not 1 times 4"
        ),
        ("\"scale\": 2,", "\"scale\": 0,", "decoder.heads[1].scale: 0 is not in 1...32"),
        ("\"scale\": 2,", "\"scale\": 4,", "decoder.heads[2].scale: 4 has a head before"),
        ("\"scale\": 2,", "\"size\": 2,", "decoder.heads[1].scale: is missing"),
        ("\"scale\": 2,", "\"scale\": \"2\",", "decoder.heads[1].scale: is not of the type Int"),
        ("\"scale\": 1,", "\"scale\": 3,", "decoder.heads: [3, 2, 4] has no head of scale 1"),
        ("\"level\": 1,", "\"level\": 3,", "decoder.heads[0].level: 3 is not in 0...2"),
        ("\"level\": 1,", "\"level\": -1,", "decoder.heads[0].level: -1 is not in 0...2"),
        ("\"level\": 0, \"patch\": 8", "\"level\": 0, \"patch\": 0", "decoder.heads[2].patch: 0 is not in 1...32"),
        (
            "\"level\": 0, \"patch\": 8", "\"level\": 1, \"patch\": 8",
            "decoder.heads[2]: patch 8 at level 1 of 3 makes 16 pixels a token, not 4 times 8"
        ),
        ("\"heads\": [", "\"patch\": 4, \"heads\": [", "decoder.patch: 4 has no meaning beside heads"),
        ("\"heads\": [", "\"heads\": [], \"other\": [", "decoder.heads: [] has no head of scale 1"),
        ("\"heads\": [", "\"tails\": [", "encoder.patch: 8 makes 8 pixels a token, decoder.channels [8, 12, 16] 16"),
        (
            "\"encoder\": { \"kind\": \"linear\", \"patch\": 8 },",
            "\"temporal\": "
                + "{ \"residual_blocks\": 0, \"convolutions\": 0 },",
            "decoder.heads: does not go with spatial norms or temporal layers"
        ),
        (
            "\"kind\": \"linear\", \"patch\": 8",
            "\"patch\": 8, \"channels\": [8], \"residual_blocks\": [1], \"attention\": [false], \"middle\": false, "
                + "\"heads\": []",
            "encoder.heads: belongs to the decoder"
        ),
    ]

    @Test(arguments: mistakes) func mistakesAreNamed(old: String, new: String, message: String) throws {
        try expectMistake("image_tokenizer_heads", old: old, new: new, message: message)
    }

    // MARK: - Checkpoints

    @Test func tensorsOfHeadsAreNeededAndNoOthers() throws {
        func loading(_ change: (inout ImageTokenizerConfiguration) -> Void) throws -> WeightsError {
            var configuration = try fixture.configuration()
            change(&configuration)
            let error = #expect(throws: WeightsError.self) {
                let reader = TensorReader([try fixture.weights()])
                _ = try ImageTokenizer(configuration, tensors: reader)
                try reader.finish()
            }
            return try #require(error)
        }
        let left = try loading { $0.decoder.heads?.remove(at: 1) }
        #expect(left.tensor?.hasPrefix("decoder.heads.2.") == true && left.reason.hasPrefix("is left over"))
        let missing = try loading { $0.decoder.heads?.append(.init(scale: 8, level: 0, patch: 16)) }
        #expect(missing.tensor == "decoder.heads.8.norm_out.weight" && missing.reason == "is missing")
        let shape = try loading { $0.codebookDim = 9 }
        #expect(shape.reason.hasPrefix("has the shape [32, 8] instead of [32, 9]"))
    }
}
