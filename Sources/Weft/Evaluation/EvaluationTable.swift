// The table of an evaluation: categories by sizes.

import Foundation

/// How many pictures show what their prompts say, by category and size.
public struct EvaluationTable: Sendable {
    /// The pictures of one size.
    public struct Column: Sendable {
        /// The size and its token budget.
        public let size: PictureSize
        /// How much pictures of one prompt differ; nil if none were drawn.
        public let diversity: PictureDiversity?
        /// By category, whether each picture that could be checked is faithful.
        let faithful: [String: [Bool]]

        /// Sorts verdicts into categories.
        ///
        /// - Parameters:
        ///   - size: the size and its token budget
        ///   - verdicts: one a picture
        ///   - diversity: how much pictures of one prompt differ
        public init(size: PictureSize, verdicts: [FactsChecker.Verdict], diversity: PictureDiversity? = nil) {
            self.size = size
            self.diversity = diversity
            var faithful: [String: [Bool]] = [:]
            for verdict in verdicts {
                guard let value = verdict.faithful else { continue }
                faithful[EvaluationSuite.category(of: verdict.id), default: []].append(value)
            }
            self.faithful = faithful
        }

        /// The share of faithful pictures, with Wilson's 95% interval; nil for a category without pictures.
        func estimate(of category: String) -> ExperimentEstimate? {
            guard let values = faithful[category] else { return nil }
            return ExperimentEstimate(share: values.enumerated().map { (UInt64($0), $1 ? 1 : 0) })
        }

        /// `256x256 high, 256 tokens`.
        var title: String { "\(size) \(size.quality.rawValue), \(NumberText.tokens(Double(size.tokenCount)))" }
    }

    /// The categories, in the order of the suite.
    public let categories: [String]
    /// The sizes.
    public let columns: [Column]

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - ids: those of the suite's pictures, in its order
    ///   - columns: the sizes with their verdicts
    public init(ids: [String], columns: [Column]) {
        var categories: [String] = []
        for category in ids.map(EvaluationSuite.category) where !categories.contains(category) {
            categories.append(category)
        }
        self.categories = categories
        self.columns = columns
    }

    /// A table of GitHub's Markdown: shares in percent with their 95% intervals. Ends with a newline.
    public var markdown: String {
        func percent(_ share: Double) -> String { NumberText.text(100 * share, decimals: 0) }
        let head = ["category", "prompts"] + columns.map(\.title)
        var rows = [head, ["---", "---:"] + columns.map { _ in "---:" }]
        for category in categories {
            let estimates = columns.map { $0.estimate(of: category) }
            let cells = estimates.map { estimate -> String in
                guard let estimate else { return "" }
                let mean = "\(NumberText.short((estimate.mean * 1000).rounded() / 10))%"
                guard let interval = estimate.interval else { return mean }
                return "\(mean) (\(percent(interval.lowerBound)) to \(percent(interval.upperBound)))"
            }
            rows.append([TableText.markdown(category), "\(estimates.compactMap { $0?.count }.max() ?? 0)"] + cells)
        }
        if columns.contains(where: { $0.diversity != nil }) {
            func distances(_ value: (PictureDiversity) -> Double) -> [String] {
                columns.map { $0.diversity.map { NumberText.text(value($0), decimals: 3) } ?? "" }
            }
            rows.append(["mean distance of two seeds", "1"] + distances(\.mean))
            rows.append(["least distance of two seeds", "1"] + distances(\.least))
        }
        return rows.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    /// The columns of ``csv`` and the keys of ``jsonLines``.
    private static let keys = ["category", "size", "quality", "tokens", "pictures", "faithful", "share", "low", "high"]

    /// The values of a line for each category and size.
    ///
    /// - Parameters:
    ///   - quoted: what a text becomes
    ///   - missing: what stands for the ends of an interval that is not there
    private func lines(quoted: (String) -> String, missing: String) -> [[String]] {
        categories.flatMap { category in
            columns.compactMap { column -> [String]? in
                guard let values = column.faithful[category], let estimate = column.estimate(of: category) else {
                    return nil
                }
                let interval = estimate.interval
                return [category, column.size.description, column.size.quality.rawValue].map(quoted)
                    + ["\(column.size.tokenCount)", "\(values.count)", "\(values.count { $0 })", "\(estimate.mean)"]
                    + [interval?.lowerBound, interval?.upperBound].map { $0.map { "\($0)" } ?? missing }
            }
        }
    }

    /// A table of comma-separated values with a header, a line a category and size (RFC 4180); texts are quoted.
    public var csv: String {
        let rows = lines(quoted: { "\"\($0.replacing("\"", with: "\"\""))\"" }, missing: "")
        return ([Self.keys] + rows).map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    /// A JSON object a category and size, with the keys of ``csv``.
    public var jsonLines: String {
        lines(quoted: TableText.json, missing: "null").map { line in
            "{\(zip(Self.keys, line).map { "\"\($0)\":\($1)" }.joined(separator: ","))}\n"
        }.joined()
    }
}
