// Tests of encoding and decoding against numbers of PyTorch, and of what is refused.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct ImageTokenizerTests {
    // MARK: - Parity

    @Test(arguments: TokenizerFixture.all, TokenizerFixture.grids)
    func decodesAsPyTorch(_ fixture: TokenizerFixture, grid: (Int, Int)) throws {
        let (rows, columns) = grid
        let tokenizer = try fixture.tokenizer(.float32)
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: rows, columns: columns)
        let tokens = try fixture.expected("decode.\(rows)x\(columns).tokens").map { Int($0) }
        let pixels = try tokenizer.decode(
            tokens: tokens, rows: rows, columns: columns, workspace: workspace, pool: ThreadPool(threadCount: 2))
        let expected = try fixture.expected("decode.\(rows)x\(columns).pixels")
        #expect(largestDifference(pixels, expected) < fixture.tolerance)
    }

    @Test(arguments: TokenizerFixture.all, TokenizerFixture.grids)
    func encodesAsPyTorch(_ fixture: TokenizerFixture, grid: (Int, Int)) throws {
        let (rows, columns) = grid
        let tokenizer = try fixture.tokenizer()
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: rows, columns: columns)
        let tokens = try tokenizer.encode(
            pixels: try fixture.expected("encode.\(rows)x\(columns).pixels"), height: rows * tokenizer.downsampling,
            width: columns * tokenizer.downsampling, workspace: workspace, pool: ThreadPool(threadCount: 2))
        #expect(tokens == (try fixture.expected("encode.\(rows)x\(columns).tokens").map { Int($0) }))
    }

    // MARK: - Determinism

    @Test(arguments: TokenizerFixture.all) func resultsDoNotDependOnThreadsOrWorkspace(
        _ fixture: TokenizerFixture
    ) throws {
        let tokenizer = try fixture.tokenizer()
        let (rows, columns) = (7, 9)
        let (height, width) = (rows * tokenizer.downsampling, columns * tokenizer.downsampling)
        let tokens = (0..<rows * columns).map { $0 * 7 % tokenizer.configuration.codebookSize }
        let large = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 11, columns: 9)
        var pictures: [[Float]] = []
        var grids: [[Int]] = []
        for threads in [1, 2, 3] {
            let pool = ThreadPool(threadCount: threads)
            let exact = try ImageTokenizer.Workspace(tokenizer.configuration, rows: rows, columns: columns)
            for workspace in [exact, large, large] {
                let pixels = try tokenizer.decode(
                    tokens: tokens, rows: rows, columns: columns, workspace: workspace, pool: pool)
                pictures.append(pixels)
                grids.append(
                    try tokenizer.encode(
                        pixels: pixels, height: height, width: width, workspace: workspace, pool: pool))
            }
        }
        #expect(pictures.allSatisfy { $0 == pictures[0] })
        #expect(grids.allSatisfy { $0 == grids[0] })
        #expect(Set(pictures[0]).count > 100 && Set(grids[0]).count > 5)
    }

    // MARK: - Memory

    @Test func theWorkspaceIsKnownBeforehand() throws {
        for fixture in TokenizerFixture.all {
            let configuration = try fixture.configuration()
            let planned = try ImageTokenizer.Workspace.byteCount(configuration, rows: 5, columns: 6)
            #expect(try ImageTokenizer.Workspace(configuration, rows: 5, columns: 6).byteCount == planned)
            #expect(planned > 0)
            #expect(try ImageTokenizer.Workspace.byteCount(configuration, rows: 6, columns: 6) > planned)
        }
    }

    @Test func theLargestGridDoesNotOverflow() throws {
        var configuration = try TokenizerFixture.llamaGen.configuration()
        configuration.patch = 32
        configuration.normGroups = 8
        let levels = ImageTokenizerConfiguration.Stack(
            channels: [Int](repeating: 8192, count: 8), residualBlocks: [Int](repeating: 1, count: 8),
            attention: [Bool](repeating: true, count: 8), middle: true, middleAttention: true)
        (configuration.encoder, configuration.decoder) = (.levels(levels), levels)
        try configuration.validate()
        #expect(try ImageTokenizer.Workspace.byteCount(configuration, rows: 1024, columns: 1024) > 1 << 50)
        #expect(code { _ = try ImageTokenizer.Workspace(configuration, rows: 1024, columns: 1024) } == .workspace)
    }

    // MARK: - Refused

    @Test(arguments: [-1, 64, Int.max]) func tokensOutsideOfTheCodebook(token: Int) throws {
        var tokens = [Int](repeating: 3, count: 15)
        tokens[7] = token
        let error = try decodingError(tokens: tokens)
        #expect(error.code == .token)
        #expect(error.description == "token \(token) at row 1, column 2 is not in the codebook of 64")
    }

    @Test func wrongGrids() throws {
        let error = try decodingError(tokens: [1, 2, 3])
        #expect(error.code == .grid)
        #expect(error.description == "3 tokens for a grid of 3 x 5, which has 15")
        for (rows, columns) in [(0, 5), (5, 0), (-1, 5), (1025, 1), (Int.max, Int.max)] {
            #expect(try decodingError(tokens: [], rows: rows, columns: columns).code == .grid)
            let configuration = try TokenizerFixture.llamaGen.configuration()
            #expect(
                code { _ = try ImageTokenizer.Workspace.byteCount(configuration, rows: rows, columns: columns) }
                    == .grid)
        }
    }

    @Test func aWorkspaceThatIsTooSmall() throws {
        let error = try decodingError(tokens: [Int](repeating: 0, count: 30), rows: 6, columns: 5)
        #expect(error.code == .workspace)
    }

    @Test(arguments: [(18, 20), (20, 18), (0, 20), (20, -4)]) func picturesOfOtherSizes(height: Int, width: Int) throws
    {
        let tokenizer = try TokenizerFixture.llamaGen.tokenizer()
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 5, columns: 5)
        let pixels = [Float](repeating: 0, count: max(0, 3 * height * width))
        let error = #expect(throws: ImageTokenizerError.self) {
            try tokenizer.encode(
                pixels: pixels, height: height, width: width, workspace: workspace, pool: ThreadPool(threadCount: 1))
        }
        #expect(error?.code == .picture)
        #expect(
            error?.description
                == "a picture of \(width) x \(height) pixels: width and height must be multiples of 4")
    }

    @Test func picturesOfAnotherCount() throws {
        let tokenizer = try TokenizerFixture.llamaGen.tokenizer()
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 5, columns: 5)
        #expect(
            code {
                _ = try tokenizer.encode(
                    pixels: [0, 1], height: 4, width: 4, workspace: workspace, pool: ThreadPool(threadCount: 1))
            } == .picture)
    }

    // MARK: - Bytes

    @Test func bytesAreRoundedAndClamped() {
        let pixels: [Float] = [-1, 1, 0, -7, 7, .nan, .infinity, -.infinity, 1 / 255, 0.99]
        #expect(ImageTokenizer.bytes(pixels: pixels) == [0, 255, 128, 0, 255, 0, 255, 0, 128, 254])
    }

    @Test func bytesMayBeTruncated() {
        let pixels: [Float] = [-1, 1, 0, -7, 7, .nan, .infinity, -.infinity, 1 / 255, 0.99, 0.9999999]
        let bytes = ImageTokenizer.bytes(pixels: pixels, rounding: .truncated)
        #expect(bytes == [0, 255, 127, 0, 255, 0, 255, 0, 128, 253, 254])
        // The other spelling of the formula gives the same bits.
        for index in 0..<20000 {
            let x = Float(index) / 10000 - 1
            #expect((x + 1) / 2 * 255 == (x + 1) * 127.5)
        }
    }

    @Test func bytesSurviveTheWayThereAndBack() {
        let all = (0...255).map { UInt8($0) }
        #expect(ImageTokenizer.bytes(pixels: ImageTokenizer.pixels(bytes: all)) == all)
        #expect(ImageTokenizer.pixels(bytes: [0, 255]) == [-1, 1])
    }

    // MARK: - Cut grids

    @Test func theMeanOfTheCodebookStandsForMissingTokens() throws {
        let tokenizer = try TokenizerFixture.llamaGen.tokenizer()
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 2, columns: 2)
        func decode(_ tokens: [Int], isCut: Bool) throws -> [Float] {
            try tokenizer.decode(
                tokens: tokens, rows: 2, columns: 2, workspace: workspace, pool: ThreadPool(threadCount: 1),
                isCut: isCut)
        }
        let whole = try decode([1, 2, 3, 0], isCut: false)
        #expect(try decode([1, 2, 3, 0], isCut: true) == whole)
        #expect(code { _ = try decode([1, 2, 3], isCut: false) } == .grid)
        #expect(code { _ = try decode([1, 2, 3, 4, 5], isCut: true) } == .grid)
        let cut = try decode([1, 2, 3], isCut: true)
        #expect(cut.filter { !$0.isFinite }.isEmpty)
        for token in 0..<tokenizer.configuration.codebookSize {
            #expect(try decode([1, 2, 3, token], isCut: false) != cut)
        }
        #expect(try decode([1, 2], isCut: true) != cut)
    }

    // MARK: - Helpers

    private func decodingError(tokens: [Int], rows: Int = 3, columns: Int = 5) throws -> ImageTokenizerError {
        let tokenizer = try TokenizerFixture.llamaGen.tokenizer()
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 3, columns: 5)
        let error = #expect(throws: ImageTokenizerError.self) {
            try tokenizer.decode(
                tokens: tokens, rows: rows, columns: columns, workspace: workspace, pool: ThreadPool(threadCount: 1))
        }
        return try #require(error)
    }

    private func code(_ body: () throws -> Void) -> ImageTokenizerError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ImageTokenizerError)?.code
        }
    }
}
