// The T5 encoder against transformers' T5EncoderModel.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct T5EncoderTests {
    private let pool = ThreadPool(threadCount: 2)

    /// `long` has 200 tokens, so that distances beyond the last border occur; the reference of the others is the first
    /// rows of a text that is padded to 120 tokens and masked.
    @Test(arguments: T5Fixture.all, ["long", "short", "one"])
    func features(_ fixture: T5Fixture, _ key: String) throws {
        let (tokens, features) = try fixture.expected(key)
        let encoder = try fixture.encoder()
        #expect(features.count == tokens.count * encoder.configuration.modelSize)
        #expect(relativeDifference(try encoder.encode(tokens, pool: pool), features) < 1e-5)
    }

    @Test(arguments: T5Fixture.all)
    func bitsDoNotDependOnThreads(_ fixture: T5Fixture) throws {
        let tokens = try fixture.expected("long").tokens
        let encoder = try fixture.encoder()
        let features = try [1, 3].map { try encoder.encode(tokens, pool: ThreadPool(threadCount: $0)) }
        #expect(features[0] == features[1])
    }

    @Test func theLongestText() throws {
        let encoder = try T5Fixture.gated.encoder()
        let tokens = (0..<512).map { $0 * 7 % 64 }
        let features = try encoder.encode(tokens, pool: pool)
        #expect(features.count == 512 * 20 && features.allSatisfy(\.isFinite))
        #expect(throws: TextEncoderError.self) { try encoder.encode(tokens + [1], pool: pool) }
    }

    @Test func tokensThatCannotBe() throws {
        let encoder = try T5Fixture.gated.encoder()
        func message(_ tokens: [Int]) -> String {
            do {
                _ = try encoder.encode(tokens, pool: pool)
                return "nothing"
            } catch { return "\(error)" }
        }
        #expect(message([]) == "the text has 0 tokens; it must have 1 to 512")
        #expect(message([1, 64]) == "token 64 at place 2 of the text is not in the vocabulary of 64")
        #expect(message([-1]) == "token -1 at place 1 of the text is not in the vocabulary of 64")
        #expect(message([.max, .min]).hasPrefix("token \(Int.max) at place 1"))
    }

    @Test func weightsThatDoNotFit() throws {
        let (gated, relu) = (T5Fixture.gated, T5Fixture.relu)
        func message(_ fixture: T5Fixture, _ weights: [any TensorFile]) throws -> String {
            let configuration = try fixture.configuration()
            do {
                _ = try T5Encoder(configuration: configuration, files: weights)
                return "nothing"
            } catch let error as WeightsError { return "\(error.tensor ?? ""): \(error.reason)" }
        }
        #expect(try message(gated, []) == "shared.weight: is missing")
        let bias = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        #expect(try message(relu, gated.weights()) == "\(bias): has the shape [32, 3] instead of [8, 2]")
        #expect(try message(relu, [relu.weights()[0]]).hasSuffix(": is missing"))
        #expect(try message(gated, gated.weights() + gated.weights()) == "shared.weight: is in several files")
    }

    @Test func layersThatAreLeftOver() throws {
        let fixture = T5Fixture.gated
        let json = try String(contentsOfFile: T5Fixture.path(fixture.config), encoding: .utf8)
            .replacingOccurrences(of: "\"num_layers\": 2", with: "\"num_layers\": 1")
        let configuration = try JSONFile.decode(T5Configuration.self, from: Data(json.utf8), path: "config.json")
        #expect(configuration.layers == 1)
        #expect(throws: WeightsError.self) { try T5Encoder(configuration: configuration, files: fixture.weights()) }
    }
}
