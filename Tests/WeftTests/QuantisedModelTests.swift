// Models whose weights are quantised, when they are loaded or when they are stored.

import Foundation
import Testing
import WeftModel
import WeftTensor

@testable import Weft

@Suite struct QuantisedModelTests {
    private func tokens(_ model: Model, seed: UInt64 = 5) async throws -> [Int] {
        var request = try model.request(width: 24)
        request.seed = seed
        return try await model.generate(request).tokens.tokens
    }

    @Test(arguments: [WeightType.q8, .q4])
    func aStoredModelDrawsWhatAConvertedOneDraws(_ type: WeightType) async throws {
        let tiny = try TinyModel(dtype: "BF16")
        let stored = "\(tiny.output)/stored"
        try ModelDescription(folder: tiny.folder).convert(to: stored, dtype: type)
        let plain = try await tokens(Model(at: tiny.folder))
        let loaded = try await tokens(Model(at: tiny.folder, weights: type))
        #expect(try await tokens(Model(at: stored)) == loaded)
        #expect(try await tokens(Model(at: stored, weights: type)) == loaded)
        #expect(loaded != plain)
        let listing = try TensorListing.read(path: "\(stored)/transformer.safetensors")
        let matrix = try #require(listing.first { $0.name == "layers.0.attention.query.weight" })
        #expect(matrix.dtype == type.rawValue.uppercased() && matrix.shape == [32, 32])
        // Beside layers of 4 bits too.
        #expect(listing.first { $0.name == "head.weight" }?.dtype == "Q8")
        for name in ["layers.1.moe.router.weight", "norm.weight", "visual_embedding.weight"] {
            let source = try TensorListing.read(path: tiny.path("transformer.safetensors")).first { $0.name == name }
            #expect(listing.first { $0.name == name } == source)
        }
        for other in WeightType.allCases where other != type {
            #expect(try await tokens(Model(at: stored, weights: other)).count == plain.count)
        }
        let again = await message {
            try ModelDescription(folder: stored).convert(to: "\(tiny.output)/again", dtype: type == .q8 ? .q4 : .q8)
        }
        #expect(again.contains("is stored as Q") && again.contains(": convert the checkpoint"), "\(again)")
        // In a type of plain numbers, what the codes stand for: quantising it once more gives the same codes.
        try ModelDescription(folder: stored).convert(to: "\(tiny.output)/numbers", dtype: .f32)
        let numbers = try TensorListing.read(path: "\(tiny.output)/numbers/transformer.safetensors")
        #expect(numbers.first { $0.name == matrix.name }.map { [$0.dtype, "\($0.shape)"] } == ["F32", "[32, 32]"])
        #expect(try await tokens(Model(at: "\(tiny.output)/numbers", weights: type)) == loaded)
    }

    /// Matrices of layers alone change their type: float32 that is exactly bfloat16 loses nothing in it.
    @Test func otherTypesAreMadeWhenAModelIsLoaded() async throws {
        let tiny = try TinyModel(dtype: "BF16")
        let plain = try await tokens(Model(at: tiny.folder))
        #expect(try await tokens(Model(at: tiny.folder, weights: .bf16)) == plain)
        #expect(try await tokens(Model(at: tiny.folder, weights: .f32)).count == plain.count)
    }

    @Test(arguments: [nil, WeightType.q8, .q4, .f32])
    func plansKnowTheTypeOfWeights(_ type: WeightType?) throws {
        let tiny = try TinyModel(dtype: "BF16")
        let model = try Model(at: tiny.folder, weights: type)
        let size = try model.size(width: 24)
        let plan = try MemoryPlan(folder: tiny.folder, weights: type, size: size, promptTokens: 9)
        let state = try model.decoder.makeState(
            rows: 2, prefixCapacity: 9, fedCapacity: 23, pool: ThreadPool(threadCount: 1))
        #expect(plan.decoderBuffers == state.plan.bufferBytes)
        let asStored = try MemoryPlan(folder: tiny.folder, size: size, promptTokens: 9)
        // 2 x (32 + 16 + 16 + 32) x 32 of attention, 3 x 48 x 32 of the dense layer, 4 x 3 x 16 x 32 of the experts.
        let weights = 2 * 96 * 32 + 3 * 48 * 32 + 4 * 3 * 16 * 32
        switch type {
        case .f32: #expect(plan.transformerWeights - asStored.transformerWeights == 2 * weights)
        case nil: #expect(plan == asStored)
        default: #expect(plan.transformerWeights != asStored.transformerWeights)
        }
        guard let type, type != .f32 else { return }
        let stored = "\(tiny.output)/stored"
        try ModelDescription(folder: tiny.folder).convert(to: stored, dtype: type)
        let planned = try MemoryPlan(folder: stored, size: size, promptTokens: 9)
        #expect(planned.decoderBuffers == plan.decoderBuffers)
        #expect(planned.transformerWeights >= plan.transformerWeights)
    }

    @Test func aPictureSaysTheTypeOfWeights() throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder, weights: .q4)
        let request = try model.request(width: 24)
        func record(_ weights: WeightType?) throws -> String {
            try #require(try request.metadata(model: "m", weights: weights).first { $0.keyword == "weft" }).text
        }
        #expect(try record(.q4).contains("\"weights\":\"q4\""))
        #expect(try !record(nil).contains("weights"))
    }

    @Test func aJobWithAnotherTypeOfWeightsIsAnotherJob() throws {
        let tiny = try TinyModel()
        let path = "\(tiny.output)/rows.txt"
        try "a red circle\n".write(toFile: path, atomically: true, encoding: .utf8)
        func description(_ weights: WeightType?) throws -> JobDescription {
            try PromptJob(path: path, model: ModelDescription(folder: tiny.folder, weights: weights)).description
        }
        #expect(try description(nil).defaults["weights"] == nil)
        #expect(try description(.q8).defaults["weights"] == "q8")
        #expect {
            try description(.q8).check(against: description(nil), folder: "out")
        } throws: {
            "\($0)".contains("the default of weights is absent there and q8 here")
        }
    }
}
