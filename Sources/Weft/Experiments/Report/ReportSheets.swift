// The contact sheets of a report, as HTML tables.

/// The contact sheets of an experiment: a section a value of the slowest axis, a row a prompt, and the values of the
/// fastest axis with their seeds side by side.
struct ReportSheets {
    /// The most pictures side by side.
    static let maximumColumns = 12
    /// The most characters of a prompt beside its pictures.
    static let maximumPrompt = 120

    let summary: ExperimentSummary
    let pictures: ReportPictures
    /// The records that are shown.
    private let records: [Place: ExperimentRecord]
    /// Prompts and values of all axes but the last for which there is a picture.
    private let rows: Set<Place>
    private let prompts: [(id: String, text: String)]

    /// The place of a picture; that of a row has no seed.
    private struct Place: Hashable {
        let promptID: String
        let values: [AxisValue]
        let seed: UInt64?
    }

    /// The sheets of validated records.
    init(_ records: [ExperimentRecord], _ summary: ExperimentSummary, _ pictures: ReportPictures) {
        self.summary = summary
        self.pictures = pictures
        var places: [Place: ExperimentRecord] = [:]
        var rows = Set<Place>()
        var texts: [String: String] = [:]
        let seeds = Set(pictures.seeds)
        for record in records where seeds.contains(record.seed) && pictures.settings.contains(record.values) {
            places[Place(promptID: record.promptID, values: record.values, seed: record.seed)] = record
            rows.insert(Place(promptID: record.promptID, values: record.values.dropLast(), seed: nil))
            texts[record.promptID] = record.prompt
        }
        self.records = places
        self.rows = rows
        prompts = pictures.promptIDs.map { ($0, texts[$0] ?? "") }
    }

    /// The sheets as HTML.
    ///
    /// - Throws: ``WeftError`` that names the picture that cannot be shown.
    func html() throws -> String {
        let axes = summary.axes
        // One axis runs from left to right, as its values are to be seen beside each other.
        guard axes.count > 1 else { return "<section class=\"sheets\">\n\(try tables(of: []))</section>\n" }
        return try axes[0].texts.map { text in
            let slow = AxisValue(key: axes[0].key, text: text)
            let sheets = try combinations(axes[1..<(axes.count - 1)]).map { try tables(of: [slow] + $0) }
            if sheets.allSatisfy(\.isEmpty) { return "" }
            return "<section class=\"sheets\">\n<h3>\(HTML.line([slow]))</h3>\n\(sheets.joined())</section>\n"
        }.joined()
    }

    /// The tables of fixed values of all axes but the last.
    private func tables(of values: [AxisValue]) throws -> String {
        // Prompts and settings that have no picture at all are left out.
        let rows = prompts.filter { self.rows.contains(Place(promptID: $0.id, values: values, seed: nil)) }
        if rows.isEmpty { return "" }
        return try groups(of: values).map { try table($0, rows: rows, caption: Array(values.dropFirst())) }.joined()
    }

    /// A column of a sheet: values of all axes, and a seed.
    private typealias Column = (values: [AxisValue], seed: UInt64)

    /// The columns of the tables, about as many in each.
    private func groups(of values: [AxisValue]) -> [[Column]] {
        let settings = summary.axes.last.map { axis in
            axis.texts.map { values + [AxisValue(key: axis.key, text: $0)] }.filter(pictures.settings.contains)
        }
        let groups = (settings ?? [[]]).flatMap { values in
            Self.parts(pictures.seeds, Self.maximumColumns).map { $0.map { Column(values, $0) } }
        }
        let together = max(1, Self.maximumColumns / (groups.map(\.count).max() ?? 1))
        return Self.parts(groups, together).map { $0.flatMap { $0 } }
    }

    private func table(_ columns: [Column], rows: [(id: String, text: String)], caption: [AxisValue]) throws -> String {
        // Small enough for all columns on one page, and for two small tables beside each other.
        let side = columns.count > 8 ? 80 : columns.count > 4 ? 112 : 96
        var html = "<div class=\"scroll\"><table class=\"sheet\" style=\"--side:\(side)px\">\n"
        if !caption.isEmpty { html += "<caption>\(HTML.line(caption))</caption>\n" }
        html += "<thead>\n\(head(columns))</thead>\n<tbody>\n"
        for prompt in rows {
            html += "<tr><th scope=\"row\"><span dir=\"auto\">"
            html += "\(HTML.text(HTML.shortened(prompt.text, to: Self.maximumPrompt)))</span></th>\n"
            for (index, column) in columns.enumerated() {
                let record = records[Place(promptID: prompt.id, values: column.values, seed: column.seed)]
                let content = try record.map(figure) ?? "<span class=\"none\">not drawn</span>"
                html += "<td\(Self.mark(index, columns))>\(content)</td>\n"
            }
            html += "</tr>\n"
        }
        return html + "</tbody>\n</table></div>\n"
    }

    private func head(_ columns: [Column]) -> String {
        var head = ""
        if let axis = summary.axes.last {
            head += "<tr><td></td>"
            var rest = columns[...]
            while let first = rest.first {
                let count = rest.prefix { $0.values == first.values }.count
                head += "<th scope=\"colgroup\" colspan=\"\(count)\">"
                head += "\(HTML.text(axis.key)) \(HTML.text(first.values.last?.text ?? ""))</th>"
                rest = rest.dropFirst(count)
            }
            head += "</tr>\n"
        }
        let seeds = columns.enumerated().map { index, column in
            "<th scope=\"col\"\(Self.mark(index, columns))>seed \(column.seed)</th>"
        }
        return head + "<tr><th scope=\"col\">prompt</th>\(seeds.joined())</tr>\n"
    }

    /// The class of a column that begins another setting than the one before it, which stands a little apart.
    private static func mark(_ index: Int, _ columns: [Column]) -> String {
        index > 0 && columns[index - 1].values != columns[index].values ? " class=\"first\"" : ""
    }

    private func figure(_ record: ExperimentRecord) throws -> String {
        let settings = [record.values.line, "seed \(record.seed)"].filter { !$0.isEmpty }.joined(separator: ", ")
        let text = HTML.text("\(record.prompt), \(settings)")
        let tokens = NumberText.tokens(Double(record.tokens))
        let seconds = NumberText.text(record.seconds)
        return """
            <figure><img src="\(try pictures.address(of: record))" alt="\(text)" width="\(record.width)" \
            height="\(record.height)"><figcaption>\(tokens)<br>\(seconds) s</figcaption></figure>
            """
    }

    /// All combinations of the values of some axes, the first axis outermost.
    private func combinations(_ axes: ArraySlice<ExperimentAxis>) -> [[AxisValue]] {
        axes.reduce([[]]) { rows, axis in
            rows.flatMap { row in axis.texts.map { row + [AxisValue(key: axis.key, text: $0)] } }
        }
    }

    /// Elements in parts of at most `count`, all about as long.
    private static func parts<Element>(_ elements: [Element], _ count: Int) -> [[Element]] {
        let parts = (elements.count + count - 1) / count
        return (0..<parts).map { part in
            Array(elements[elements.count * part / parts..<elements.count * (part + 1) / parts])
        }
    }
}
