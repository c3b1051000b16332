// Where models are found, and what they take.

import Foundation
import Testing
import WeftModel
import WeftTensor

@testable import Weft

@Suite struct ModelStoreTests {
    @Test func theEmbeddedModelIsFound() throws {
        let folder = try #require(ModelStore.folder)
        #expect(folder.hasSuffix("/Models"))
        #expect(ModelStore.names.contains("weft-mini"))
        #expect(try ModelStore.path(of: nil) == "\(folder)/weft-mini")
        #expect(try ModelStore.path(of: "weft-mini") == "\(folder)/weft-mini")
    }

    @Test func aFolderIsTakenAsItIs() throws {
        let tiny = try TinyModel()
        #expect(try ModelStore.path(of: tiny.folder) == tiny.folder)
        #expect(try Model(at: tiny.folder).folder == tiny.folder)
    }

    @Test func whatIsNoModelIsAnError() async throws {
        let tiny = try TinyModel()
        let known = ModelStore.names.joined(separator: ", ")
        let cases = [
            ("none", "model none: no such folder, and no such model in Models (there are: \(known))"),
            ("../weft-mini", "model ../weft-mini: no such folder, and no such model in Models (there are: \(known))"),
            ("", "model : no such folder, and no such model in Models (there are: \(known))"),
        ]
        for (model, expected) in cases {
            #expect(await message { _ = try ModelStore.path(of: model) } == expected)
            #expect(await message { _ = try Model(at: model) } == expected)
        }
        let empty = await message { _ = try Model(at: tiny.output) }
        #expect(empty.hasPrefix("\(tiny.output): is no model: it has no config.json"))
        let file = await message { _ = try Model(at: tiny.path("config.json")) }
        #expect(file.hasPrefix("\(tiny.path("config.json")): "))
    }

    // MARK: - Memory

    @Test func aPlanCountsTheBuffersThatAreMade() throws {
        for (batchSize, guidance) in [(1, false), (1, true), (3, true)] {
            let tiny = try TinyModel(dtype: "BF16")
            let model = try Model(at: tiny.folder)
            let size = try model.size(width: 24)
            let plan = try MemoryPlan(
                folder: tiny.folder, size: size, batchSize: batchSize, guidance: guidance, promptTokens: 9)
            let state = try model.decoder.makeState(
                rows: guidance ? 2 * batchSize : batchSize, prefixCapacity: 9, fedCapacity: 23,
                cache: model.description.cacheType.format, pool: ThreadPool(threadCount: 1))
            #expect(plan.keyValueCache == state.plan.keyValueBytes)
            #expect(plan.decoderBuffers == state.plan.bufferBytes)
            let workspace = try ImageTokenizer.Workspace(
                model.imageTokenizer.configuration, rows: 4, columns: 6)
            #expect(plan.detokenizerBuffers == workspace.byteCount)
            let weights = try ["transformer", "image_tokenizer"].map {
                try TensorListing.read(path: tiny.path("\($0).safetensors")).reduce(0) { $0 + $1.byteCount }
            }
            #expect([plan.transformerWeights, plan.imageTokenizerWeights] == weights)
            let parts = plan.keyValueCache + plan.decoderBuffers + plan.detokenizerBuffers + weights[0] + weights[1]
            #expect(plan.total == parts)
        }
    }

    @Test func plansGrowWithWhatIsDrawn() throws {
        let tiny = try TinyModel()
        let sizes = try ModelDescription(folder: tiny.folder).sizes
        let small = try MemoryPlan(folder: tiny.folder, size: sizes[0])
        let large = try MemoryPlan(folder: tiny.folder, size: sizes[2])
        let plain = try MemoryPlan(folder: tiny.folder, size: sizes[0], guidance: false)
        #expect(small.keyValueCache < large.keyValueCache)
        #expect(small.detokenizerBuffers < large.detokenizerBuffers)
        #expect(small.keyValueCache == 2 * plain.keyValueCache)
        #expect(small.transformerWeights == large.transformerWeights)
    }

    @Test func argumentsThatMakeNoSenseAreErrors() async throws {
        let tiny = try TinyModel()
        let description = try ModelDescription(folder: tiny.folder)
        let size = description.sizes[0]
        #expect(
            await message { _ = try MemoryPlan(folder: tiny.folder, size: size, batchSize: 0) }
                == "the batch size must be in 1...1048576, got 0")
        #expect(
            await message { _ = try MemoryPlan(folder: tiny.folder, size: size, promptTokens: -1) }
                == "the count of prompt tokens must be in 1...1048576, got -1")
        let json = #"{"width": 64, "height": 64, "rows": 0, "columns": 16, "quality": "low"}"#
        let other = try JSONDecoder().decode(PictureSize.self, from: Data(json.utf8))
        #expect(
            await message { _ = try MemoryPlan(folder: tiny.folder, size: other) }
                == "size 64x64 of 0 x 16 tokens is not one of \(tiny.folder)")
        try FileManager.default.removeItem(atPath: tiny.path("transformer.safetensors"))
        #expect(
            await message { _ = try MemoryPlan(folder: tiny.folder, size: size) }
                == "\(tiny.folder)/transformer.safetensors: cannot be opened: No such file or directory")
    }
}
