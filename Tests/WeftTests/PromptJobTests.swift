// Prompt files as jobs: what a row, the flags and the model say, and who wins.

import Foundation
import Testing
import WeftSampling

@testable import Weft

@Suite struct PromptJobTests {
    private let tiny: TinyModel
    private let model: ModelDescription

    init() throws {
        tiny = try TinyModel()
        model = try ModelDescription(folder: tiny.folder)
    }

    private func job(
        _ text: String, _ overrides: PromptOverrides = PromptOverrides(), seed: UInt64 = 0
    ) throws -> PromptJob {
        let path = "\(tiny.output)/rows.jsonl"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try PromptJob(path: path, model: model, overrides: overrides, seed: seed)
    }

    @Test func flagsStandOverRowsAndRowsOverTheModel() throws {
        let text = """
            {"prompt": "a", "temperature": 0.5, "size": "32x32", "tokens": 20}
            {"prompt": "b"}
            """
        let plain = try job(text).plan.requests
        #expect(plain.map(\.sampling.temperature) == [0.5, 0.9])
        #expect(plain.map(\.size.width) == [32, 16])
        #expect(plain.map(\.tokenLimit) == [20, nil])
        var overrides = PromptOverrides()
        overrides.sampling.temperature = 2
        overrides.width = 24
        overrides.tokenLimit = 3
        overrides.fill = .mean
        overrides.negativePrompt = .text("blue")
        let over = try job(text, overrides).plan.requests
        #expect(over.map(\.sampling.temperature) == [2, 2])
        #expect(over.map(\.size.width) == [24, 24])
        #expect(over.map(\.tokenLimit) == [3, 3] && over.map(\.fill) == [.mean, .mean])
        #expect(over.allSatisfy { $0.negativePrompt == .text("blue") && $0.sampling.guidanceScale == 2 })
    }

    @Test func seedsAreThoseOfRowsOrComeFromJobSeedAndId() throws {
        let text = """
            {"prompt": "a", "seed": 7, "count": 3}
            {"prompt": "b", "id": "x"}
            {"prompt": "b", "id": "y"}
            """
        let first = try job(text).plan
        #expect(first.pictures.map(\.id) == ["row-0-0", "row-0-1", "row-0-2", "x", "y"])
        #expect(first.requests.prefix(3).map(\.seed) == [7, 8, 9])
        #expect(first.requests[3].seed != first.requests[4].seed)
        let other = try job(text, seed: 1).plan
        #expect(other.requests.prefix(3).map(\.seed) == [7, 8, 9])
        #expect(other.requests[3].seed != first.requests[3].seed)
        // The order of rows changes no seed.
        let turned = try job("{\"prompt\": \"b\", \"id\": \"y\"}\n{\"prompt\": \"b\", \"id\": \"x\"}").plan
        #expect(turned.requests.map(\.seed) == [first.requests[4].seed, first.requests[3].seed])
    }

    @Test func whatMakesAnotherJobChangesTheDescription() throws {
        let base = try job("{\"prompt\": \"a\"}").description
        #expect(try job("{ \"prompt\" : \"a\" }\n\n").description == base)
        #expect(try job("{\"prompt\": \"b\"}").description.rowsSHA256 != base.rowsSHA256)
        var overrides = PromptOverrides()
        overrides.sampling.topK = 3
        #expect(try job("{\"prompt\": \"a\"}", overrides).description.defaults != base.defaults)
        #expect(try job("{\"prompt\": \"a\"}", seed: 3).description.seed == 3)
        let other = try TinyModel(seed: 2)
        #expect(
            try ModelDescription(folder: other.folder).fingerprint() != base.modelFingerprint, "other weights")
        let same = try TinyModel()
        #expect(
            try ModelDescription(folder: same.folder).fingerprint() == base.modelFingerprint, "another folder")
    }

    @Test func everyRowIsCheckedAgainstTheModel() throws {
        let text = """
            {"prompt": "a", "size": "65x3"}
            {"prompt": "a", "model": "other"}
            {"prompt_tokens": [99999]}
            {"prompt": "a", "tokens": 17}
            {"prompt": "a", "model": "tiny"}
            """
        let error = #expect(throws: PromptFileError.self) { try job(text) }
        let problems = try #require(error).problems
        #expect(problems.map(\.line) == [1, 2, 3, 4])
        #expect(problems[0].message.contains("the nearest possible"))
        #expect(problems[1].message == "the row names the model \"other\", and tiny draws")
        #expect(problems[2].message.contains("token 99999"))
        #expect(problems[3].message == "tokens must be in 1...16 for 16x16 low, got 17")
    }

    @Test func picturesAreCommittedInTheFolder() throws {
        let path = "\(tiny.output)/rows.txt"
        try Data("a red circle\na blue star\n".utf8).write(to: URL(fileURLWithPath: path))
        let job = try PromptJob(path: path, model: model)
        let folder = try JobFolder(
            "\(tiny.output)/job", description: job.description, pictures: job.plan.pictures)
        var events: [String] = []
        try JobRunner(Model(model), job.plan, in: folder).run { event in
            switch event {
            case .committed(let picture, let file, _): events.append("\(picture.id) \(file)")
            case .failed(let picture, let error): events.append("\(picture.id) \(error)")
            case .tokens: break
            }
            return true
        }
        #expect(events == ["row-0 row-0.png", "row-1 row-1.png"])
        #expect(folder.doneCount == 2 && folder.failedCount == 0)
        #expect(try JobStatus.read("\(tiny.output)/job", verify: true).isFinished)
    }
}
