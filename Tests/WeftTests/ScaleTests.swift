// Models whose tokens stand for several sizes of squares of pixels.

import Foundation
import Testing
import WeftModel
import WeftPixels
import WeftSampling
import WeftTensor

@testable import Weft

@Suite struct ScaleTests {
    private let tiny: TinyModel
    private let model: Model

    init() throws {
        tiny = try TinyModel.scaled()
        model = try Model(at: tiny.folder)
    }

    private func request(_ size: Int, guidance: Float = 2, limit: Int? = nil, fill: GridFill = .likely) throws
        -> GenerationRequest
    {
        var request = try model.request(guidance: guidance)
        request.size = model.sizes[size]
        request.tokenLimit = limit
        request.fill = fill
        return request
    }

    /// A picture with colours that differ from pixel to pixel.
    private func colourful(_ width: Int, _ height: Int) throws -> Picture {
        try Picture(width: width, height: height, pixels: (0..<width * height * 3).map { UInt8($0 * $0 % 251) })
    }

    // MARK: - Sizes

    @Test func theFirstSizeThatFitsIsPicked() throws {
        #expect(try model.size() == model.sizes[0])
        #expect(try model.size(width: 32, height: 32) == model.sizes[1])
        #expect(try model.size(width: 32, height: 32, quality: .medium) == model.sizes[2])
        #expect(try model.size(quality: .low) == model.sizes[0])
        #expect(try model.size(quality: .medium) == model.sizes[2])
        #expect(try model.size(width: 64, quality: .medium) == model.sizes[4])
        #expect(model.sizes.map { model.description.scale(of: $0) } == [1, 2, 1, 4, 2])
    }

    // MARK: - Drawing

    @Test func theSameGridHasTheSameTokensInEverySize() async throws {
        let pictures = try await model.drawAll(try (0..<5).map { try request($0) })
        for (picture, size) in zip(pictures, model.sizes) {
            #expect(picture.picture.sides == [size.width, size.height])
            #expect(try model.decode(picture.tokens) == picture.picture)
        }
        #expect(pictures.map(\.tokens.scale) == [nil, 2, nil, 4, 2])
        #expect(pictures[1].tokens.tokens == pictures[0].tokens.tokens)
        #expect(pictures[3].tokens.tokens == pictures[0].tokens.tokens)
        #expect(pictures[4].tokens.tokens == pictures[2].tokens.tokens)
        #expect(pictures[2].tokens.tokens.count == 64)
    }

    @Test func neitherBatchNorThreadsChangeAPicture() async throws {
        let requests = try [
            request(3), request(0), request(4), request(1, guidance: 1), request(2, limit: 20, fill: .draft),
            request(4, limit: 9, fill: .mean), request(3, limit: 5),
        ]
        let alone = try await model.drawAll(requests, threads: 1, batchSize: 1)
        for (threads, batchSize) in [(2, 7), (1, 3), (2, 2)] {
            let drawn = try await model.drawAll(requests, threads: threads, batchSize: batchSize)
            #expect(drawn.map(\.tokens) == alone.map(\.tokens))
            #expect(drawn.map(\.picture) == alone.map(\.picture))
        }
    }

    @Test func growingPicturesHaveTheScale() async throws {
        var rows: [PartialPicture] = []
        try model.draw([try request(3)], DrawingOptions(rows: true)) { event in
            if case .row(let row) = event { rows.append(row) }
            return true
        }
        #expect(rows.map(\.tokens.rows) == [1, 2, 3, 4] && rows.allSatisfy { $0.totalRows == 4 })
        #expect(try rows.map { try model.decode($0.tokens).sides } == [[64, 16], [64, 32], [64, 48], [64, 64]])
    }

    @Test func aDraftIsThePictureOfThatSizeWithFewerTokens() async throws {
        for (size, small) in [(2, 1), (4, 3)] {
            let draft = try await model.generate(try request(small))
            let part = try await model.generate(try request(size, limit: 16, fill: .draft))
            let expected = try model.encode(draft.picture, size: model.sizes[size])
            #expect(part.tokens.tokens[16...] == expected.tokens[16...])
            #expect(try model.decode(part.tokens) == part.picture)
        }
    }

    @Test func aDraftThatCannotBeEncodedIsPasted() async throws {
        let decoding = try TinyModel.scaled { $0.replacingOccurrences(of: "\"encoder\"", with: "\"other\"") }
        let names = ["encoder.conv_in.weight", "encoder.conv_in.bias"]
        try decoding.write(
            TinyModel.scaledTokenizer.filter { !names.contains($0.name) }, to: "image_tokenizer.safetensors")
        let model = try Model(at: decoding.folder)
        #expect(!model.canEncode)
        var asked = try request(4, limit: 60, fill: .draft)
        let part = try await model.generate(asked).picture
        asked.tokenLimit = nil
        asked.size = model.sizes[3]
        let draft = try await model.generate(asked).picture
        let place = (x: 32, y: 56)  // of token 60, the first that is not there
        #expect(
            try part.cropped(x: place.x, y: place.y, width: 32, height: 8)
                == draft.cropped(x: place.x, y: place.y, width: 32, height: 8))
        #expect(part != draft)
    }

    @Test func aPictureSaysWhichSizeItHas() async throws {
        for size in 0..<5 {
            let asked = try request(size)
            let record = RequestRecord(asked, model: "tiny", weights: nil, cache: nil)
            #expect(try record.request(for: model.description, path: "a.png") == asked)
        }
    }

    // MARK: - Tokens files

    @Test func tokensFilesHoldTheScale() throws {
        let grid = TokenGrid(model: "m", rows: 1, columns: 2, scale: 4, tokens: [3, 4])
        #expect(try TokenGrid.json([grid]) == #"{"columns":2,"model":"m","rows":1,"scale":4,"tokens":[3,4]}"#)
        let path = "\(tiny.output)/t.json"
        try TokenGrid.write([grid], to: path)
        #expect(try TokenGrid.read(path: path) == [grid])
        #expect(try model.decode(grid).sides == [32, 16])
    }

    @Test(arguments: [3, 0, -4, Int.max]) func otherScalesAreErrors(scale: Int) async throws {
        let grid = TokenGrid(model: "m", rows: 1, columns: 1, scale: scale, tokens: [3])
        #expect(
            await message { _ = try model.decode(grid) }
                == "scale \(scale): the image tokenizer paints tokens at scale 1, 2, 4")
        let plain = try TinyModel()
        let other = try Model(at: plain.folder)
        #expect(
            await message { _ = try other.decode(grid) }
                == "scale \(scale): the image tokenizer paints tokens at scale 1")
    }

    // MARK: - Encoding

    @Test func aPictureOfASizeHasTheGridOfTheFirstSuchSize() throws {
        let small = try colourful(16, 16)
        let tokens = try model.encode(small, threads: 1)
        #expect(tokens.rows == 4 && tokens.columns == 4 && tokens.scale == nil)
        #expect(Set(tokens.tokens).count > 5)
        for scale in [2, 4] {
            // Every pixel enlarged: the mean is the pixel itself, exactly.
            let side = 16 * scale
            let places = (0..<side * side).map { (y: $0 / side / scale, x: $0 % side / scale) }
            let pixels = places.flatMap { place -> [UInt8] in
                let colour = small[place.x, place.y]
                return [colour.red, colour.green, colour.blue]
            }
            let large = try Picture(width: side, height: side, pixels: pixels)
            let grid = try model.encode(large, threads: 2)
            #expect(grid.rows == 4 && grid.columns == 4 && grid.scale == scale)
            #expect(grid.tokens == tokens.tokens)
        }
        let medium = try model.encode(colourful(32, 32), size: model.sizes[2])
        #expect(medium.rows == 8 && medium.columns == 8 && medium.scale == nil)
        #expect(try model.decode(medium).sides == [32, 32])
        #expect(try model.decode(model.encode(colourful(64, 64))).sides == [64, 64])
    }

    @Test func otherPicturesAreEncodedAtScaleOne() async throws {
        let grid = try model.encode(colourful(8, 12))
        #expect(grid.rows == 3 && grid.columns == 2 && grid.scale == nil)
        let picture = try colourful(34, 32)
        #expect(
            await message { _ = try model.encode(picture) }
                == "a picture of 34 x 32 pixels: width and height must be multiples of 4")
        #expect(
            await message { _ = try model.encode(picture, size: model.sizes[1]) }
                == "a picture of 34 x 32 pixels has not the size 32x32")
        let json = #"{"width": 34, "height": 32, "rows": 0, "columns": 0, "quality": "low"}"#
        let unknown = try JSONDecoder().decode(PictureSize.self, from: Data(json.utf8))
        let error = await message { _ = try model.encode(picture, size: unknown) }
        #expect(error.hasPrefix("size 34x32 low of 0 rows and 0 columns: tiny draws 16x16 low, "))
    }

    @Test func reconstructionsAreMeasuredInTheGridThatWasDrawn() async throws {
        let pictures = try await model.drawAll([try request(1), try request(2)])
        var records = try pictures.map { drawn in
            ExperimentRecord(
                id: "\(drawn.index)", promptID: "p", prompt: "", values: [], seed: 1, tokens: drawn.tokens.tokens.count,
                width: 32, height: 32, seconds: 1, tokensPerSecond: 1, png: try PNG.encode(drawn.picture))
        }
        try ReconstructionMeasure(model, references: nil).measure(&records, sizes: Array(model.sizes[1...2]))
        let reference = pictures[1].picture  // the one of most tokens
        for (record, size) in zip(records, model.sizes[1...2]) {
            let again = try model.decode(model.encode(reference, size: size))
            #expect(record.psnr == (try peakSignalToNoise(reference, again)))
        }
        #expect(records[0].psnr != records[1].psnr)
    }

    // MARK: - Memory

    @Test func memoryIsPlannedForTheScale() throws {
        let plans = try model.sizes.map { try MemoryPlan(folder: tiny.folder, size: $0).detokenizerBuffers }
        for (size, planned) in zip(model.sizes, plans) {
            let workspace = try ImageTokenizer.Workspace(
                model.imageTokenizer.configuration, rows: size.rows, columns: size.columns,
                scales: [model.description.scale(of: size)])
            #expect(planned == workspace.byteCount)
        }
        #expect(plans[0] < plans[1] && plans[1] < plans[3])
    }

    // MARK: - Prompts

    @Test func everyGridHasItsOwnPiece() throws {
        let pool = ThreadPool(threadCount: 1)
        func last(_ content: Prefix.Content?) -> Int? {
            guard case .tokens(let ids)? = content else { return nil }
            return ids.last
        }
        for (size, token) in [(0, 2), (1, 2), (2, 3), (3, 2), (4, 3)] {  // <boi> and <boi16>
            let prefixes = try model.description.prefixes(for: request(size), pool: pool)
            #expect(last(prefixes.conditional) == token && last(prefixes.unconditional) == token)
            var avoiding = try request(size)
            avoiding.negativePrompt = .text("a blue square")
            #expect(last(try model.description.prefixes(for: avoiding, pool: pool).unconditional) == token)
        }
    }

    @Test(arguments: [
        (
            ", \"8x8\": \"<boi16>\"", "",
            "\"text.begin_image.8x8\" is missing, the grid of \"sizes.[2]\""
        ),
        (
            "\"8x8\": \"<boi16>\"", "\"8x8\": \"<no>\"",
            "\"text.begin_image.8x8\" is \"<no>\", which the text model lacks"
        ),
        ("\"8x8\": \"<boi16>\"", "\"8x8\": 3", "\"text.begin_image.8x8\" is not of the type String"),
        (
            "\"8x8\":", "\"8x8\": \"<boi16>\", \"8*9\":",
            "\"text.begin_image\": \"8*9\" is not ROWSxCOLUMNS, such as 8x8"
        ),
        (
            "\"8x8\":", "\"8x8\": \"<boi16>\", \"8x08\":",
            "\"text.begin_image\": \"8x08\" is not ROWSxCOLUMNS, such as 8x8"
        ),
        (
            "\"width\": 64, \"height\": 64, \"rows\": 4", "\"width\": 64, \"height\": 64, \"rows\": 2",
            "\"sizes.[3]\": 4 x 2 tokens of 4, 8, 16 pixels do not make 64 x 64 pixels"
        ),
        (
            "\"columns\": 8, \"quality\": \"medium\"}]", "\"columns\": 8, \"quality\": \"low\"}]",
            "\"sizes.[4]\": 64x64 low stands there twice, with two grids"
        ),
    ])
    func configurationErrorsNameTheKey(old: String, new: String, expected: String) async throws {
        let tiny = try TinyModel.scaled { config in
            #expect(config.contains(old))
            return config.replacingOccurrences(of: old, with: new)
        }
        #expect(await message { _ = try Model(at: tiny.folder) } == "\(tiny.folder)/config.json: \(expected)")
    }
}
