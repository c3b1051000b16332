// The distances on a labelled sheet.

/// Distances in pixels, all of which follow the size of the letters.
struct SheetSpacing {
    /// The size of headings, in pixels an em.
    let size: Int
    /// Whether there is any text.
    let hasText: Bool

    /// Around the sheet.
    var margin: Int { size * 2 }
    /// Between two columns.
    var columnGap: Int { size }
    /// Between two rows, where captions need more room to belong to their pictures.
    var rowGap: Int { hasText ? size * 3 / 2 : size }
    /// What groups stand apart beside the gap, for each level on which one begins.
    var groupGap: Int { size * 3 / 2 }
    /// Between a picture and its caption, and between titles and what they stand over.
    var textGap: Int { size * 2 / 5 }
    /// Between the titles of rows and what is to their right.
    var titleGap: Int { size * 5 / 4 }
    /// No column with text is narrower, so that a few words find room.
    var leastColumn: Int { hasText ? size * 7 : 1 }
    /// Titles of rows are broken at this width.
    var widestRowTitle: Int { size * 14 }
    /// The sheet's title may make it as wide as this.
    var titleWidth: Int { size * 30 }
    /// The most lines of a title or caption.
    let lineLimit = 8

    /// The distance before a row or column: none before the first, `gap`, and more where groups begin.
    func before(_ index: Int, _ gap: Int, in levels: [[SheetSpan]]) -> Int {
        if index == 0 { return 0 }
        return gap + groupGap * levels.dropLast().count { level in level.contains { $0.range.lowerBound == index } }
    }
}
