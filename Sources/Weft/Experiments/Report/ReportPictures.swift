// The pictures of a report: how many it shows, and how large they are in it.

import Foundation
import WeftPixels

/// The pictures that a report embeds, within limits, so that thousands of them still open in a browser.
struct ReportPictures {
    /// The most pictures that a report shows.
    static let maximumCount = 3000
    /// The most bytes of PNG files that a report embeds, about.
    static let maximumBytes = 24 << 20
    /// What sides pictures are reduced to, the first that keeps to the limit.
    static let sides = [512, 256, 128, 96, 64, 48]

    /// The seeds whose pictures are shown.
    let seeds: [UInt64]
    /// The prompts whose pictures are shown.
    let promptIDs: [String]
    /// The settings whose pictures are shown.
    let settings: Set<[AxisValue]>
    /// What is shown of more, in words, as in `the first 3 of 5 seeds`.
    private let parts: [String]
    /// The largest side of a picture in the report, in pixels; larger pictures are reduced to it.
    let side: Int
    /// Whether a picture is reduced.
    let reduces: Bool

    /// Chooses what is shown of validated records.
    ///
    /// Where there are too many pictures, only those of the first seeds are shown, then of the first prompts, then of
    /// the first settings. The side is chosen from the files' sizes, as if half as many bytes again were needed for a
    /// pixel of a reduced picture.
    init(_ records: [ExperimentRecord], _ summary: ExperimentSummary) {
        let (cells, prompts) = (summary.cells, summary.promptIDs)
        seeds = Array(summary.seeds.prefix(max(1, Self.maximumCount / (cells.count * prompts.count))))
        promptIDs = Array(prompts.prefix(max(1, Self.maximumCount / cells.count)))
        settings = Set(cells.prefix(Self.maximumCount).map(\.values))
        let counts: [(shown: Int, all: Int, name: String)] = [
            (seeds.count, summary.seeds.count, "seeds"), (promptIDs.count, prompts.count, "prompts"),
            (settings.count, cells.count, "settings"),
        ]
        parts = counts.filter { $0.shown < $0.all }.map { "the first \($0.shown) of \($0.all) \($0.name)" }
        let (shownSeeds, shownPrompts) = (Set(seeds), Set(promptIDs))
        let shown = records.filter { [settings] record in
            shownSeeds.contains(record.seed) && shownPrompts.contains(record.promptID)
                && settings.contains(record.values)
        }
        let sizes = shown.map { ($0.png.count, max($0.width, $0.height)) }
        func bytes(_ side: Int) -> Int {
            sizes.reduce(0) { sum, size in
                if size.1 <= side { return sum + size.0 }
                let scale = Double(side) / Double(size.1)
                return sum + Int(Double(size.0) * min(1, 1.5 * scale * scale))
            }
        }
        let side = Self.sides.first { bytes($0) <= Self.maximumBytes } ?? Self.sides[Self.sides.count - 1]
        self.side = side
        reduces = sizes.contains { $0.1 > side }
    }

    /// What is not shown as it is, in a sentence or two; empty if all pictures are.
    var note: String {
        var sentences: [String] = []
        if !parts.isEmpty {
            sentences.append(
                "The pictures are those of \(parts.joined(separator: " and ")); plots and table are of all of them.")
        }
        if reduces { sentences.append("Pictures with a side above \(side) pixels are reduced to it.") }
        return sentences.joined(separator: " ")
    }

    /// The picture of a record as a `data:` address.
    ///
    /// - Throws: ``WeftError`` that names the picture if its bytes are no PNG file, or one of another size.
    func address(of record: ExperimentRecord) throws -> String {
        do {
            let (picture, _) = try PNG.decode(record.png)
            guard picture.width == record.width, picture.height == record.height else {
                throw record.error(
                    "has \(picture.width)x\(picture.height) pixels in its PNG file, not \(record.width)x\(record.height)"
                )
            }
            guard max(picture.width, picture.height) > side else { return Self.address(record.png) }
            let scale = Double(side) / Double(max(picture.width, picture.height))
            let width = max(1, Int((Double(picture.width) * scale).rounded()))
            let height = max(1, Int((Double(picture.height) * scale).rounded()))
            return Self.address(try PNG.encode(picture.resized(width: width, height: height)))
        } catch let error as PictureError {
            throw record.error("is no picture that can be shown: \(error)")
        }
    }

    private static func address(_ png: [UInt8]) -> String {
        "data:image/png;base64,\(Data(png).base64EncodedString())"
    }
}
