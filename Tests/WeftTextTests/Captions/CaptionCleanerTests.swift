// Captions are cleaned as the reference cleans them.

import Foundation
import Testing
import WeftText

@Suite struct CaptionCleanerTests {
    private struct Pair: Decodable {
        let text: String
        let cleaned: String
    }

    @Test func cleansAsTheReferenceDoes() throws {
        let data = try Data(contentsOf: URL(filePath: Fixtures.path("captions.json")))
        let pairs = try JSONDecoder().decode([Pair].self, from: data)
        #expect(pairs.count >= 350)
        let cleaner = try CaptionCleaner()
        for pair in pairs {
            let cleaned = try cleaner.clean(pair.text)
            #expect(Array(cleaned.utf8) == Array(pair.cleaned.utf8), "\(pair.text.debugDescription): \(cleaned)")
        }
    }

    @Test(arguments: [
        ("A Photo of a <b>Cat</b>!", "a photo of a cat!"),
        ("see https://example.com/x for it", "see for it"),
        ("“Tea” &amp; cake, 猫 #12", "\"tea\" cake"),
        ("caf&eacute; caf%C3%A9", "café café"),
        ("", ""),
        ("猫", ""),
    ]) func cleans(caption: String, expected: String) throws {
        #expect(try CaptionCleaner().clean(caption) == expected)
    }

    @Test func refusesEndlessCaptions() throws {
        let cleaner = try CaptionCleaner()
        let longest = String(repeating: "a", count: CaptionCleaner.maximumBytes)
        #expect(try cleaner.clean(longest) == longest)
        #expect(throws: TextError("the caption has 8193 bytes; at most 8192 bytes are cleaned")) {
            try cleaner.clean(longest + "a")
        }
    }

    @Test(arguments: ["<", "<a=\"", "&", "&#", "%", "<!--", "<script>", "a.", "1a", " .", "\"'", "-_", "@a", "http:/"])
    func endsWithWhateverIsRepeated(part: String) throws {
        _ = try CaptionCleaner().clean(String(repeating: part, count: 2000 / part.utf8.count))
    }
}
