// The table of an evaluation, to the letter.

import Foundation
import Testing
import WeftPixels

@testable import Weft

@Suite struct EvaluationTableTests {
    private let small = PictureSize(width: 64, height: 64, rows: 8, columns: 8, quality: .low)
    private let large = PictureSize(width: 256, height: 256, rows: 16, columns: 16, quality: .high)

    private func verdict(_ id: String, _ faithful: Bool?) -> FactsChecker.Verdict {
        FactsChecker.Verdict(id: id, faithful: faithful, reason: nil)
    }

    private func table() throws -> EvaluationTable {
        let ids = ["counting-001", "words-001", "counting-002", "counting-003", "words-002"]
        let white = try Picture(width: 2, height: 2, color: .white)
        let black = try Picture(width: 2, height: 2, color: .black)
        return EvaluationTable(
            ids: ids,
            columns: [
                .init(
                    size: large, verdicts: zip(ids, [true, false, true, true, nil]).map(verdict),
                    diversity: PictureDiversity([white, black, white])),
                .init(size: small, verdicts: zip(ids, [true, true, false, false, true]).map(verdict)),
            ])
    }

    // The intervals are Wilson's, worked out by hand: 3 of 3 is 1 / (1 + z^2 / 3) to 1, z = 1.95996.
    @Test func markdownHasSharesWithIntervals() throws {
        #expect(
            try table().markdown == """
                | category | prompts | 256x256 high, 256 tokens | 64x64 low, 64 tokens |
                | --- | ---: | ---: | ---: |
                | counting | 3 | 100% (44 to 100) | 33.3% (6 to 79) |
                | words | 2 | 0% | 100% (34 to 100) |
                | mean distance of two seeds | 1 | 0.667 |  |
                | least distance of two seeds | 1 | 0.000 |  |

                """)
    }

    @Test func csvAndJSONHaveALineForEachCategoryAndSize() throws {
        let lines = try table().csv.components(separatedBy: "\r\n")
        #expect(lines.count == 6)
        #expect(lines[0] == "category,size,quality,tokens,pictures,faithful,share,low,high")
        #expect(lines[1].hasPrefix("\"counting\",\"256x256\",\"high\",256,3,3,1.0,0.438"))
        #expect(lines[3] == "\"words\",\"256x256\",\"high\",256,1,0,0.0,,")
        let objects = try table().jsonLines.split(separator: "\n")
        #expect(objects.count == 4)
        #expect(
            objects[2]
                == "{\"category\":\"words\",\"size\":\"256x256\",\"quality\":\"high\",\"tokens\":256,\"pictures\":1,"
                + "\"faithful\":0,\"share\":0.0,\"low\":null,\"high\":null}")
    }

    @Test(arguments: [
        ("counting-007", "counting"), ("three kinds-1", "three kinds"), ("a-b-1", "a-b"), ("plain", "plain"),
        ("-1", "-1"),
    ])
    func theCategoryIsTheIDUpToItsLastHyphen(id: String, category: String) {
        #expect(EvaluationSuite.category(of: id) == category)
    }
}

@Suite struct PictureDiversityTests {
    @Test func alikeIsZeroAndOppositeIsOne() throws {
        let white = try Picture(width: 4, height: 2, color: .white)
        let black = try Picture(width: 4, height: 2, color: .black)
        #expect(PictureDiversity([white, white]) == PictureDiversity([black, black]))
        #expect(PictureDiversity([white, white])?.mean == 0)
        let both = try #require(PictureDiversity([white, black, white]))
        #expect(abs(both.mean - 2 / 3) < 1e-12)
        #expect(both.least == 0)
        #expect(PictureDiversity([white]) == nil)
    }

    @Test func oneSampleOfTwelveThatIsOffByAFifth() throws {
        var pixels = [UInt8](repeating: 0, count: 12)
        let plain = try Picture(width: 2, height: 2, pixels: pixels)
        pixels[5] = 51
        let other = try Picture(width: 2, height: 2, pixels: pixels)
        let expected = (1.0 / 12).squareRoot() * 0.2
        #expect(abs(try #require(PictureDiversity([plain, other])).mean - expected) < 1e-12)
    }
}
