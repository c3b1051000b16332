// How tokens were chosen: what is kept of it, and the files that hold it.

import Foundation
import Testing
import WeftSampling

@testable import Weft

@Suite struct TraceTests {
    private let tiny: TinyModel
    private let model: Model

    init() throws {
        tiny = try TinyModel()
        model = try Model(at: tiny.folder)
    }

    @Test func tracesChangeNoToken() async throws {
        var request = try model.request(width: 24, guidance: 2)
        request.sampling.topK = 5
        let plain = try await model.generate(request)
        let traced = try await model.generate(request, trace: true)
        #expect(plain.tokens == traced.tokens)
        #expect(plain.trace.isEmpty)
        #expect(traced.trace.map(\.token) == traced.tokens.tokens)
        for chosen in traced.trace {
            #expect((0..<5).contains(chosen.rank))
            #expect(chosen.logProbability <= 0 && chosen.modelLogProbability <= 0)
            #expect((0...log(5.0) + 1e-9).contains(chosen.entropy))
            #expect((0...log(64.0) * 3).contains(chosen.modelEntropy))
        }
    }

    @Test func greedyTokensHaveRankZero() async throws {
        var request = try model.request()
        request.sampling.temperature = 0
        let trace = try await model.generate(request, trace: true).trace
        #expect(trace.allSatisfy { $0.rank == 0 })
        request.tokenLimit = 5
        #expect(try await model.generate(request, trace: true).trace == Array(trace.prefix(5)))
    }

    @Test func filesAreReadAsTheyWereWritten() async throws {
        let request = try model.request("a \"red\" circle\n狐", width: 24)
        let drawn = try await model.generate(request, trace: true)
        let trace = PictureTrace(of: request, trace: drawn.trace, file: "somewhere/a.png")
        #expect(trace.file == "a.png" && trace.rows == 4 && trace.columns == 6)
        let path = "\(tiny.output)/t.jsonl"
        try Data("\(trace.line())\n\n\(trace.line())\n".utf8).write(to: URL(filePath: path))
        #expect(try PictureTrace.read(path: path) == [trace, trace])
        #expect(trace.values(of: .rank) == drawn.trace.map { Double($0.rank) })
        for measure in TraceMeasure.allCases { #expect(trace.values(of: measure).count == 24) }
    }

    @Test func damagedFilesAreNamedWithTheLine() async throws {
        let drawn = try await model.generate(model.request(), trace: true)
        let trace = PictureTrace(of: drawn.request, trace: drawn.trace, file: nil)
        let path = "\(tiny.output)/t.jsonl"
        func problem(_ line: String) async throws -> String {
            try Data("\(trace.line())\n\(line)\n".utf8).write(to: URL(filePath: path))
            return await message { _ = try PictureTrace.read(path: path) }
        }
        #expect(try await problem("{}") == "\(path):2: is no line of a trace file")
        var short = trace
        short.entropy.removeLast()
        #expect(try await problem(short.line()) == "\(path):2: its lists have not the same length")
        var empty = trace
        empty.rows = 0
        #expect(try await problem(empty.line()) == "\(path):2: 16 tokens for 0 rows of 4")
    }
}
