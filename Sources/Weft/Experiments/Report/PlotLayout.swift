// What the plots of an experiment have in common: what runs along x, and what makes a line.

/// What the plots of an experiment have in common.
struct PlotLayout {
    /// A line of every plot: the cells along x of one value of the other axes.
    struct Series {
        /// The values that the line stands for, as in `0.7`; empty if there is one line.
        let name: String
        /// The cells, in the order of the axis along x.
        let cells: [ExperimentCell]
    }

    /// The most lines of a plot, as eyes tell no more colors apart.
    static let maximumSeries = 8

    /// Whether x is the number of tokens; else the values of ``along``.
    let showsTokens: Bool
    /// The axis whose values follow each other along a line; nil without axes.
    let along: ExperimentAxis?
    /// The axes that tell the lines apart.
    let seriesAxes: [ExperimentAxis]
    /// The axes whose values are put together in a point, as there would be too many lines.
    let pooledAxes: [ExperimentAxis]
    /// The lines.
    let series: [Series]
    /// How many lines there would be without ``maximumSeries``.
    let seriesCount: Int

    /// The layout of validated records and their summary.
    init(_ records: [ExperimentRecord], _ summary: ExperimentSummary) {
        let axes = summary.axes
        let varied = axes.indices.filter { axes[$0].texts.count > 1 }
        // An axis with more values gives longer lines; of equal ones, the slowest.
        let budgets = varied.filter { Self.changesTokens($0, summary.cells) }
        let longest = budgets.max { a, b in (axes[a].texts.count, -a) < (axes[b].texts.count, -b) }
        let x = longest ?? varied.first ?? axes.indices.first
        showsTokens = longest != nil || axes.isEmpty || Set(summary.cells.map(\.tokens)).count > 1
        along = x.map { axes[$0] }

        // As many axes as give few lines, those with few values first.
        let others = varied.filter { $0 != x }
        var chosen: [Int] = []
        for index in others.sorted(by: { a, b in (axes[a].texts.count, a) < (axes[b].texts.count, b) }) {
            let count = (chosen + [index]).reduce(1) { product, axis in product * axes[axis].texts.count }
            if count <= Self.maximumSeries || chosen.isEmpty { chosen.append(index) }
        }
        chosen.sort()
        seriesAxes = chosen.map { axes[$0] }
        pooledAxes = others.filter { !chosen.contains($0) }.map { axes[$0] }

        let cells = ExperimentCell.cells(of: records, axes: axes, by: chosen + (x.map { [$0] } ?? []))
        let keys = Set(seriesAxes.map(\.key))
        var names: [String] = []
        var lines: [String: [ExperimentCell]] = [:]
        for cell in cells {
            let name = cell.values.filter { keys.contains($0.key) }.map(\.text).joined(separator: ", ")
            if lines[name] == nil { names.append(name) }
            lines[name, default: []].append(cell)
        }
        seriesCount = names.count
        series = Self.spread(names, Self.maximumSeries).map { Series(name: $0, cells: lines[$0] ?? []) }
    }

    /// Whether two cells that differ in this axis alone have different numbers of tokens.
    private static func changesTokens(_ axis: Int, _ cells: [ExperimentCell]) -> Bool {
        var known: [[AxisValue]: Double] = [:]
        return cells.contains { cell in
            var others = cell.values
            others.remove(at: axis)
            return known.updateValue(cell.tokens, forKey: others) ?? cell.tokens != cell.tokens
        }
    }

    /// At most `count` of some elements, the first, the last, and those between in equal distances.
    private static func spread(_ names: [String], _ count: Int) -> [String] {
        if names.count <= count { return names }
        return (0..<count).map { names[$0 * (names.count - 1) / (count - 1)] }
    }
}
