// What an experiment draws: every prompt with every combination of settings and every seed.

/// The pictures of an experiment: every combination of its prompts, the values of its axes, and its seeds, once.
public struct ExperimentPlan: Sendable {
    /// One picture of an experiment.
    public struct Picture: Sendable, Hashable {
        /// What the picture is called: see ``ExperimentPlan/pictureID(prompt:cell:seed:)``.
        public let id: String
        /// The place of its prompt among ``ExperimentPlan/prompts``.
        public let prompt: Int
        /// The place of its settings among the combinations; see ``ExperimentPlan/cell(_:)``.
        public let cell: Int
        /// Its seed.
        public let seed: UInt64
    }

    /// The ids of the prompts, in the order of their file.
    public let prompts: [String]
    /// The settings that are varied; the first one varies slowest.
    public let axes: [Axis]
    /// The seeds that every prompt is drawn with in every combination.
    public let seeds: [UInt64]
    /// How many combinations of settings there are; one if there are no axes.
    public let cellCount: Int

    /// The most pictures of an experiment.
    public static let maximumCount = 1_000_000

    /// Puts prompts, axes and seeds together.
    ///
    /// - Throws: ``WeftError`` that names what is there twice, or not at all, or a number of pictures above
    ///   ``maximumCount``
    public init(prompts: [String], axes: [Axis], seeds: [UInt64]) throws {
        func fail(_ what: String) -> WeftError { WeftError(.invalidRequest, "experiment: \(what)") }
        if prompts.isEmpty { throw fail("there are no prompts") }
        if seeds.isEmpty { throw fail("there are no seeds") }
        if let id = Self.repeated(prompts) { throw fail("the prompt id \(Excerpt.quoted(id)) is there twice") }
        if let key = Self.repeated(axes.map(\.key)) { throw fail("there are two axes \(Excerpt.quoted(key))") }
        if let seed = Self.repeated(seeds) { throw fail("the seed \(seed) is there twice") }
        let sizes = [prompts.count] + axes.map(\.values.count) + [seeds.count]
        var count = 1
        for size in sizes {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= Self.maximumCount else {
                let factors = sizes.map(String.init).joined(separator: " x ")
                throw fail("\(factors) pictures (prompts x axes x seeds) are more than \(Self.maximumCount)")
            }
            count = product
        }
        self.prompts = prompts
        self.axes = axes
        self.seeds = seeds
        cellCount = count / prompts.count / seeds.count
    }

    private static func repeated<Element: Hashable>(_ elements: [Element]) -> Element? {
        var seen = Set<Element>()
        return elements.first { !seen.insert($0).inserted }
    }
}
