// A place in a template for which there are several texts.

import WeftSampling

/// Options of which some are chosen: `{a|b}`, `{2$$a|b|c}` or `__name__`.
struct TemplateVariant {
    /// One of the texts, which may have variants itself.
    struct Option {
        /// How often it is drawn, compared to the others; 0 or more.
        var weight = 1.0
        let template: PromptTemplate
    }

    /// One at least.
    let options: [Option]
    /// How many are chosen, at most as many as there are.
    let bounds: ClosedRange<Int>
    /// What stands between those that are chosen.
    let joiner: String
    /// How many texts it makes, `Int.max` for that many or more.
    let count: Int
    /// How many variants are looked into for one text, at most.
    let cost: Int
    /// How deep variants are nested, this one included.
    let height: Int
    /// Whether the options are the lines of a file.
    let isWildcard: Bool
    /// For each option the weights up to it.
    private let sums: [Double]

    /// A variant.
    ///
    /// - Parameters:
    ///   - options: one at least
    ///   - bounds: how many are chosen; more than there are means all of them
    ///   - joiner: what stands between those that are chosen
    ///   - isWildcard: whether the options are the lines of a file
    /// - Throws: ``RowProblem`` if no option has a weight
    init(
        _ options: [Option], bounds: ClosedRange<Int> = 1...1, joiner: String = "", isWildcard: Bool = false
    ) throws {
        precondition(!options.isEmpty)
        self.options = options
        self.bounds = min(bounds.lowerBound, options.count)...min(bounds.upperBound, options.count)
        self.joiner = joiner
        self.isWildcard = isWildcard
        height = 1 + (options.map(\.template.height).max() ?? 0)
        var sum = 0.0
        sums = options.map { option in
            sum += option.weight
            return sum
        }
        guard sum > 0, sum.isFinite else { throw RowProblem("the weights of a variant must have a sum above 0") }
        count = Self.count(options.map(\.template.count), self.bounds)
        let deepest = options.map(\.template.cost).max() ?? 0
        cost = Saturating.sum(1, Saturating.product(self.bounds.upperBound, deepest))
    }

    /// In how many ways some of the options can be put in a row: k! times the k-th elementary symmetric polynomial of the
    /// numbers of their texts, for each k of the bounds.
    private static func count(_ counts: [Int], _ bounds: ClosedRange<Int>) -> Int {
        // 21 options can be put in a row in 21! ways, which is more than an integer holds.
        guard bounds.upperBound <= 20 else { return .max }
        var polynomials = [1] + [Int](repeating: 0, count: bounds.upperBound)
        for count in counts {
            for k in (1...max(1, bounds.upperBound)).reversed() where k <= bounds.upperBound {
                polynomials[k] = Saturating.sum(polynomials[k], Saturating.product(polynomials[k - 1], count))
            }
        }
        var total = 0
        var factorial = 1
        for k in 0...bounds.upperBound {
            factorial *= max(1, k)
            if bounds.contains(k) { total = Saturating.sum(total, Saturating.product(factorial, polynomials[k])) }
        }
        return total
    }

    /// All texts, ``count`` of them: those of few options before those of more, in the order of the options.
    ///
    /// - Throws: ``RowProblem`` if a text, or all of them, are too long
    func texts() throws -> [String] {
        guard bounds.upperBound > 0 else { return [""] }
        let texts = try options.map { try $0.template.prompts() }
        var size = TemplateSize()
        var result: [String] = []
        var isChosen = [Bool](repeating: false, count: options.count)
        func choose(_ chosen: [String], _ missing: Int) throws {
            if missing == 0 { return result.append(try size.joined(chosen, separator: joiner)) }
            for index in options.indices where !isChosen[index] {
                isChosen[index] = true
                for text in texts[index] { try choose(chosen + [text], missing - 1) }
                isChosen[index] = false
            }
        }
        for number in bounds { try choose([], number) }
        return result
    }

    /// Draws options by their weights, none of them twice and none whose weight is 0, in the order of the draws.
    func draw(_ random: inout CounterRandom) -> [Option] {
        let number = bounds.count == 1 ? bounds.lowerBound : bounds.lowerBound + index(below: bounds.count, &random)
        guard number > 0 else { return [] }
        if number == 1 { return [options[first(above: random.nextDouble() * (sums.last ?? 0), in: sums)]] }
        var left = Array(options.enumerated())
        var result: [Option] = []
        while result.count < number {
            var sum = 0.0
            let sums = left.map { _, option in
                sum += option.weight
                return sum
            }
            guard sum > 0 else { break }
            result.append(left.remove(at: first(above: random.nextDouble() * sum, in: sums)).element)
        }
        return result
    }

    private func index(below count: Int, _ random: inout CounterRandom) -> Int {
        min(count - 1, Int(random.nextDouble() * Double(count)))
    }

    /// The first place whose sum is above a value; of those that are equal the first one, so that no weight of 0 counts.
    private func first(above value: Double, in sums: [Double]) -> Int {
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
