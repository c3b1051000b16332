// How a product with packed weights is cut into pieces for the threads.

/// Groups of rows by groups of panels, cut by the size of the work only.
struct ProductCut {
    private let rows: Int
    private let panels: Int
    private let rowGroups: Int
    private let panelGroups: Int

    private let unit: Int

    /// - Parameter unit: panels that the kernels take side by side, between which no cut is made
    init(inputs: Int, outputs: Int, rows: Int, unit: Int) {
        self.rows = rows
        self.unit = unit
        panels = panelCount(outputs)
        // Rows that share the weights while these lie in the second cache.
        let fewest = (rows + 251) / 252
        // A piece should take tens of microseconds: far longer than handing it to a thread.
        let groupRows = (rows + fewest - 1) / fewest
        let panelWork = max(1, inputs) * panelSize * ((groupRows + 3) / 4)
        let wanted = ((1 << 18) + panelWork - 1) / panelWork
        let least = groupRows > 12 ? 16 : unit
        let width = min(32, max(least, wanted))
        panelGroups = max(1, (panels + width / 2) / width)
        // Products of many rows with a small matrix, whose panels alone would be too few pieces: as all of them read the
        // same weights, they are cut by rows too.
        let work = inputs * outputs * rows
        let pieces = min(8, work >> 21)
        rowGroups = max(fewest, min(rows / 32, pieces / panelGroups))
    }

    /// How many pieces the product is cut into.
    var pieces: Int { rowGroups * panelGroups }

    /// The rows and panels of a piece.
    func part(_ piece: Int) -> (rows: Range<Int>, panels: Range<Int>) {
        let (rowGroup, panelGroup) = piece.quotientAndRemainder(dividingBy: panelGroups)
        return (
            rows * rowGroup / rowGroups..<rows * (rowGroup + 1) / rowGroups,
            firstPanel(panelGroup)..<firstPanel(panelGroup + 1)
        )
    }

    private func firstPanel(_ group: Int) -> Int {
        if group == panelGroups { return panels }
        return panels * group / panelGroups / unit * unit
    }
}
