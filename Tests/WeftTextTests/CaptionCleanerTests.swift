// Captions cleaned as LlamaGen's own code cleans them.

import Foundation
import Testing
import WeftText

@Suite struct CaptionCleanerTests {
    @Test func captionsAreCleanedAsInTheReference() throws {
        let url = try #require(
            Bundle.module.url(forResource: "captions", withExtension: "json", subdirectory: "Fixtures"))
        let cases = try JSONDecoder().decode([[String]].self, from: Data(contentsOf: url))
        #expect(cases.count > 300)
        for pair in cases {
            let cleaned = CaptionCleaner.clean(CaptionCleaner.clean(pair[0]))
            #expect(cleaned == pair[1], "\(pair[0].debugDescription)")
        }
    }
}
