// From texts to tokens and features, against transformers' T5Tokenizer and T5EncoderModel.

import Foundation
import Testing
import WeftModel
import WeftTensor
import WeftText

@Suite struct T5TextEncoderTests {
    private let pool = ThreadPool(threadCount: 2)

    private struct Item: Decodable {
        let text: String
        let ids: [Int]
    }

    /// A folder with copies of some files, removed after `body`.
    private func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weft-t5-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, source) in files {
            try FileManager.default.copyItem(atPath: source, toPath: folder.appendingPathComponent(name).path)
        }
        try body(folder.path)
    }

    @Test func idsOfTheReference() throws {
        let items = try JSONFile.read([Item].self, from: T5Fixture.path("t5_texts.json"))
        let tokenizer = try T5Tokenizer(path: T5Fixture.path("t5_text/spiece.model"))
        #expect(items.count == 200 && items.contains { $0.ids.count == 120 })
        for item in items {
            #expect(try tokenizer.encode(item.text, limit: 120) == item.ids, "\(item.text.debugDescription)")
        }
    }

    @Test func truncationKeepsTheEnd() throws {
        let tokenizer = try T5Tokenizer(path: T5Fixture.path("t5_text/spiece.model"))
        let whole = try tokenizer.encode("a red cat sits on a table", limit: 100)
        #expect(whole.last == 1 && whole.count > 5)
        for limit in 1...whole.count {
            #expect(try tokenizer.encode("a red cat sits on a table", limit: limit) == whole.prefix(limit - 1) + [1])
        }
        #expect(throws: TextError.self) {
            try tokenizer.encode(String(repeating: "a", count: 1 + 1 << 20), limit: 120)
        }
        let long = String(repeating: "a", count: 1 << 20)
        #expect(try tokenizer.encode(long, limit: 120).count == 120)
    }

    /// The reference pads to 120 tokens and masks; the second text is cut.
    @Test(arguments: [
        (0, "a red cat sits beside the old Café"),
        (1, [String](repeating: "night", count: 200).joined(separator: " ")), (2, ""),
    ])
    func features(_ index: Int, _ text: String) throws {
        let encoder = try T5TextEncoder(folder: T5Fixture.path("t5_text"), files: T5Fixture.text.weights())
        let file = try SafeTensors(path: T5Fixture.path("t5_text_features.safetensors"))
        let expected = try #require(file["text.\(index)"])
        let (features, count) = try encoder.encode(text, pool: pool)
        #expect(count == expected.shape[0])
        #expect(relativeDifference(features, expected.floats()) < 1e-5)
    }

    @Test func foldersThatDoNotFit() throws {
        let spiece = try T5Fixture.path("t5_text/spiece.model")
        let weights = try T5Fixture.text.weights()
        func message(_ folder: String) -> String {
            do {
                _ = try T5TextEncoder(folder: folder, files: weights)
                return "nothing"
            } catch { return "\(error)".replacingOccurrences(of: folder, with: "folder") }
        }
        try withFolder([:]) { #expect(message($0) == "folder/config.json: no such file") }
        try withFolder(["config.json": T5Fixture.path("t5_text/config.json")]) {
            #expect(message($0).hasPrefix("folder/spiece.model: the text model cannot be loaded"))
        }
        try withFolder(["config.json": T5Fixture.path("t5_gated.json"), "spiece.model": spiece]) {
            #expect(message($0) == "folder/spiece.model: has 110 pieces; the encoder knows 64")
        }
        try withFolder(["config.json": T5Fixture.path("t5_text/config.json"), "spiece.model": spiece]) {
            #expect(message($0) == "nothing")
        }
    }
}
