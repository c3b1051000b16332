// Tokens files, and pictures to tokens and back.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite struct TokenGridTests {
    private let tiny: TinyModel

    init() throws { tiny = try TinyModel() }

    private func file(_ text: String) throws -> String {
        let path = "\(tiny.output)/tokens.json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    // MARK: - Files

    @Test func oneGridIsAnObjectSeveralAreAList() throws {
        let grid = TokenGrid(model: "a/b", rows: 2, columns: 3, tokens: [1, 2, 3, 4, 5, 6])
        let one = #"{"columns":3,"model":"a/b","rows":2,"tokens":[1,2,3,4,5,6]}"#
        #expect(try TokenGrid.json([grid]) == one)
        #expect(try TokenGrid.json([grid, grid]) == "[\(one),\(one)]")
        #expect(try TokenGrid.json([]) == "[]")
    }

    @Test func filesAreReadAsTheyWereWritten() throws {
        let path = "\(tiny.output)/tokens.json"
        let grids = (1..<4).map { TokenGrid(model: "m", rows: $0, columns: 2, tokens: Array(0..<2 * $0)) }
        for count in 0...3 {
            try TokenGrid.write(Array(grids[..<count]), to: path)
            #expect(try TokenGrid.read(path: path) == Array(grids[..<count]))
        }
        #expect(tiny.written == ["tokens.json"])
    }

    @Test(arguments: [
        ("", "is not valid JSON"), ("{", "is not valid JSON"), ("3", "the document is not of the type"),
        (#"{"rows": 1, "columns": 1, "tokens": [1]}"#, "\"model\" is missing"),
        (#"{"model": "m", "rows": "1", "columns": 1, "tokens": [1]}"#, "\"rows\" is not of the type Int"),
        (#"{"model": "m", "rows": 1, "columns": 1, "tokens": [null]}"#, "\"tokens.[0]\" is null"),
        (#"{"model": "m", "rows": 2, "columns": 2, "tokens": [1]}"#, "grid 0 has 1 tokens for 2 rows of 2"),
        (#"{"model": "m", "rows": -1, "columns": -1, "tokens": [1]}"#, "grid 0 has 1 tokens for -1 rows of -1"),
        (#"{"model": "m", "rows": 0, "columns": 0, "tokens": []}"#, "grid 0 has 0 tokens for 0 rows of 0"),
        (
            #"{"model": "m", "rows": 9223372036854775807, "columns": 2, "tokens": [1]}"#,
            "grid 0 has 1 tokens for 9223372036854775807 rows of 2"
        ),
        (
            #"[{"model": "m", "rows": 1, "columns": 1, "tokens": [1]}, {"model": "m", "rows": 1, "columns": 1, "tokens": []}]"#,
            "grid 1 has 0 tokens for 1 rows of 1"
        ),
        (#"[{"model": "m", "rows": 1, "columns": 1}]"#, "\"[0].tokens\" is missing"),
    ])
    func malformedFilesAreErrorsThatNameThePlace(text: String, expected: String) async throws {
        let path = try file(text)
        let error = await message { _ = try TokenGrid.read(path: path) }
        #expect(error.hasPrefix("\(path): \(expected)"))
    }

    @Test func missingFilesAreErrors() async {
        #expect(await message { _ = try TokenGrid.read(path: "/nowhere/t.json") } == "/nowhere/t.json: no such file")
        #expect(await message { _ = try TokenGrid.read(path: tiny.output) } == "\(tiny.output): cannot be read")
    }

    // MARK: - Pictures

    @Test func aPictureGoesToTokensAndBack() throws {
        let model = try Model(at: tiny.folder)
        let grid = TokenGrid(model: "tiny", rows: 2, columns: 5, tokens: [0, 63, 1, 62, 2, 61, 3, 60, 4, 59])
        let picture = try model.decode(grid, threads: 1)
        #expect(picture.sides == [20, 8])
        #expect(picture.pixels.count == 3 * 20 * 8)
        let again = try model.encode(picture, threads: 1)
        #expect(again.rows == 2 && again.columns == 5 && again.tokens.count == 10)
        #expect(again.model == "tiny")
        for threads in [2, 3] {
            #expect(try model.decode(grid, threads: threads) == picture)
            #expect(try model.encode(picture, threads: threads) == again)
        }
    }

    @Test func differentTokensAreDifferentPictures() throws {
        let model = try Model(at: tiny.folder)
        let pictures = try (0..<8).map {
            try model.decode(TokenGrid(model: "tiny", rows: 1, columns: 1, tokens: [$0 * 9]))
        }
        #expect(Set(pictures.map(\.pixels)).count == 8)
    }

    @Test func gridsThatMakeNoSenseAreErrors() async throws {
        let model = try Model(at: tiny.folder)
        let cases: [(rows: Int, columns: Int, tokens: [Int], error: String)] = [
            (1, 1, [64], "token 64 at row 0, column 0 is not in the codebook of 64"),
            (1, 2, [0, -1], "token -1 at row 0, column 1 is not in the codebook of 64"),
            (2, 2, [1], "1 tokens for a grid of 2 x 2, which has 4"),
            (0, 2, [], "a grid of 0 x 2 tokens: rows and columns must be in 1...1024"),
            (1, 1025, [], "a grid of 1 x 1025 tokens: rows and columns must be in 1...1024"),
        ]
        for (rows, columns, tokens, error) in cases {
            let grid = TokenGrid(model: "tiny", rows: rows, columns: columns, tokens: tokens)
            #expect(await message { _ = try model.decode(grid) } == error)
        }
    }

    @Test func picturesOfOtherSizesCannotBeEncoded() async throws {
        let model = try Model(at: tiny.folder)
        let gray = RGB(red: 9, green: 99, blue: 199)
        for (width, height) in [(5, 4), (3, 3), (4, 6)] {
            let picture = try Picture(width: width, height: height, color: gray)
            #expect(
                await message { _ = try model.encode(picture) }
                    == "a picture of \(width) x \(height) pixels: width and height must be multiples of 4")
        }
        #expect(try model.encode(Picture(width: 4, height: 8, color: gray)).rows == 2)
    }

    @Test func aModelWithoutEncoderSaysSo() async throws {
        let decoding = try TinyModel { config in
            config.split(separator: "\n").filter { !$0.contains("\"encoder\"") }.joined(separator: "\n")
        }
        let tensors = TinyModel.imageTokenizer.filter { !$0.name.hasPrefix("encoder") && !$0.name.hasPrefix("quant_") }
        try decoding.write(tensors, to: "image_tokenizer.safetensors")
        let model = try Model(at: decoding.folder)
        let picture = try model.decode(TokenGrid(model: "tiny", rows: 1, columns: 1, tokens: [5]))
        #expect(
            await message { _ = try model.encode(picture) }
                == "the image tokenizer has no encoder: it can decode pictures only")
    }
}
