// A template: text with places for which there are several texts.

/// A template of prompts, as it is parsed from text such as `a {red|blue} __animal__`.
///
/// The syntax is that of the extension "Dynamic Prompts" of stable-diffusion-webui; see ``TemplateParser``.
struct PromptTemplate {
    /// What stands one behind the other.
    enum Part {
        case text(String)
        case variant(TemplateVariant)
    }

    /// From left to right.
    let parts: [Part]
    /// How many prompts it makes, `Int.max` for that many or more.
    let count: Int
    /// How many variants are looked into for one prompt, at most.
    let cost: Int
    /// How deep variants are nested in it, wildcards included.
    let height: Int

    /// The most variants that are looked into for one prompt; wildcards in wildcards could double them endlessly.
    static let largestCost = 100_000
    /// How deep variants and wildcards are nested at most.
    static let largestDepth = 64

    /// Puts parts together.
    ///
    /// - Throws: ``RowProblem`` if that takes too many variants, or nests them too deep
    init(_ parts: [Part]) throws {
        self.parts = parts
        var count = 1
        var cost = 0
        var height = 0
        for case .variant(let variant) in parts {
            count = Saturating.product(count, variant.count)
            cost = Saturating.sum(cost, variant.cost)
            height = max(height, variant.height)
            guard cost <= Self.largestCost else {
                throw RowProblem("takes more than \(Self.largestCost) variants for one prompt")
            }
            guard height <= Self.largestDepth else {
                throw RowProblem("variants are nested deeper than \(Self.largestDepth)")
            }
        }
        self.count = count
        self.cost = cost
        self.height = height
    }

    /// All prompts, ``count`` of them; of variants that stand one behind the other the last one changes first.
    ///
    /// - Throws: ``RowProblem`` if a prompt, or all of them, are too long
    func prompts() throws -> [String] {
        var choices: [[String]] = []
        for part in parts {
            switch part {
            case .text(let text): choices.append([text])
            case .variant(let variant): choices.append(try variant.texts())
            }
        }
        var size = TemplateSize()
        return try (0..<count).map { index in
            // The digits of the index, in a system whose bases are the numbers of choices.
            var rest = index
            var chosen: [String] = []
            for choice in choices.reversed() {
                chosen.append(choice[rest % choice.count])
                rest /= choice.count
            }
            return try size.joined(chosen.reversed())
        }
    }
}
