// weft.json: what may stand in it, and errors that name the key.

import Foundation
import Testing
import WeftModel

@Suite struct WeftSettingsTests {
    private func settings(_ json: String) throws -> WeftSettings {
        let path = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID()).json").path
        try json.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            return try WeftSettings(path: path)
        } catch let error as CheckpointError {
            throw CheckpointError("weft.json", error.reason)
        }
    }

    @Test func allKeysAreRead() throws {
        let all = try settings(
            """
            {"family": "emu3", "name": "n", "transformer": "t", "image_tokenizer": "../v", "text_encoder": "e",
             "heads": 3, "rows": 4, "columns": 5, "image_token_offset": 0, "codebook_size": 7, "row_end_token": 8,
             "guidance_scale": 2.5}
            """)
        #expect(all.family == "emu3" && all.name == "n" && all.transformer == "t" && all.textEncoder == "e")
        #expect(all.imageTokenizer == .path("../v"))
        #expect([all.heads, all.rows, all.columns, all.imageTokenOffset, all.codebookSize] == [3, 4, 5, 0, 7])
        #expect(all.rowEndToken == .some(8) && all.guidanceScale == 2.5)
    }

    @Test func nullSaysThatThereIsNone() throws {
        let none = try settings(#"{"image_tokenizer": null, "row_end_token": null}"#)
        #expect(none.imageTokenizer == WeftSettings.Path.none)
        #expect(none.rowEndToken == .some(nil))
        let empty = try settings("{}")
        #expect(empty == WeftSettings())
        #expect(empty.imageTokenizer == nil && empty.rowEndToken == nil)
    }

    @Test(arguments: [
        ("[]", "is not a JSON object"), ("{", "is not valid JSON"),
        (#"{"head": 3}"#, "\"head\" is not one of codebook_size, columns, family, guidance_scale, heads, "),
        (#"{"heads": 0}"#, "\"heads\" is not a whole number in 1...16384"),
        (#"{"heads": 2.5}"#, "\"heads\" is not a whole number in 1...16384"),
        (#"{"heads": "3"}"#, "\"heads\" is not a whole number in 1...16384"),
        (#"{"rows": 4}"#, "\"rows\" and \"columns\" must be given together"),
        (#"{"rows": 4, "columns": 5000}"#, "\"columns\" is not a whole number in 1...1024"),
        (#"{"image_tokenizer": 3}"#, "\"image_tokenizer\" is not a text"),
        (#"{"guidance_scale": -1}"#, "\"guidance_scale\" is not a number from 0 up"),
    ])
    func wrongValuesAreNamed(_ json: String, _ reason: String) throws {
        let error = #expect(throws: CheckpointError.self) { try self.settings(json) }
        #expect(error?.description.hasPrefix("weft.json: \(reason)") == true, "\(String(describing: error))")
    }
}
