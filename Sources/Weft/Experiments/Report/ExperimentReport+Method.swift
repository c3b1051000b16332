// The end of a report: how it was made, and how to read it.

extension ExperimentReport {
    /// The command, what the numbers mean, and prompts that were too long for the contact sheets.
    func method(_ summary: ExperimentSummary) -> String {
        var meanings = [
            ("Time", "how long a picture took."),
            ("Speed", "visual tokens drawn in a second."),
        ]
        for measure in summary.measures {
            switch measure {
            case .seconds, .tokensPerSecond: continue
            case .peakBytes:
                meanings.append((measure.title, "the most memory that the process had; 1 MiB is 2^20 bytes."))
            case .faithfulness:
                meanings.append((measure.title, "the share of the facts in a prompt that its picture shows."))
            case .psnr:
                meanings.append(
                    (
                        measure.title,
                        "a picture, encoded to tokens and decoded again, against itself; infinite if equal."
                    ))
            }
        }
        if summary.seeds.count > 1 {
            let shares = summary.measures.contains(.faithfulness) ? Self.shares : ""
            meanings.append(("Intervals", Self.intervals + shares))
        }
        let items = meanings.map { "<dt>\($0)</dt><dd>\(HTML.text($1))</dd>" }
        return """
            <section id="method">
            <h2>Method</h2>
            <p>Drawn with <b>\(HTML.text(model))</b> by</p>
            <pre><code>\(HTML.text(command))</code></pre>
            <dl class="meanings">\(items.joined(separator: "\n"))</dl>
            \(prompts(summary))</section>

            """
    }

    private static let intervals = """
        95%, over seeds. The prompts are the same for every seed, so the pictures of one seed are one observation: n \
        seeds give Student's t with n - 1 degrees of freedom.
        """
    private static let shares =
        " Faithfulness has Wilson's score interval over pictures, which stays between 0 and 100%."

    /// All prompts in full, if the contact sheets have shortened one.
    private func prompts(_ summary: ExperimentSummary) -> String {
        var texts: [String: String] = [:]
        for record in records { texts[record.promptID] = record.prompt }
        guard texts.values.contains(where: { $0.count > ReportSheets.maximumPrompt }) else { return "" }
        let items = summary.promptIDs.map { id in
            "<dt>\(HTML.text(id))</dt><dd dir=\"auto\">\(HTML.text(texts[id] ?? ""))</dd>\n"
        }
        return "<h3>Prompts</h3>\n<dl class=\"prompts\">\n\(items.joined())</dl>\n"
    }
}
