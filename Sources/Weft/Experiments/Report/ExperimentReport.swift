// The report of an experiment: one HTML file.

/// The report of an experiment: one HTML file with plots, contact sheets and the table, which needs no other file, no
/// network and no script to be read. Equal arguments give equal bytes.
///
/// The pictures are embedded as they are up to a side of 512 pixels. Where they would be more than about 24 MiB, they
/// are reduced, to 48 pixels at least; of more than 3000 pictures, only those of the first seeds are shown, and if that is
/// not enough, of the first prompts and settings. The report says so where it is so, and plots and table are of all.
public struct ExperimentReport: Sendable {
    /// What stands at the top.
    public var title: String
    /// The command line that drew the pictures.
    public var command: String
    /// The model's name.
    public var model: String
    /// The pictures, in the order of the plan.
    public var records: [ExperimentRecord]

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - title: what stands at the top
    ///   - command: the command line that drew the pictures
    ///   - model: the model's name
    ///   - records: at least one, as ``ExperimentSummary/init(records:)`` wants them
    public init(title: String, command: String, model: String, records: [ExperimentRecord]) {
        self.title = title
        self.command = command
        self.model = model
        self.records = records
    }

    /// The report as the text of an HTML file, in UTF-8.
    ///
    /// - Throws: ``WeftError`` that names the picture if records do not go together (see
    ///   ``ExperimentSummary/init(records:)``), or if the bytes of one are no PNG file of its width and height.
    public func html() throws -> String {
        let summary = try ExperimentSummary(records: records)
        let pictures = ReportPictures(records, summary)
        let sheets = ReportSheets(records, summary, pictures)
        let note = pictures.note.isEmpty ? "" : "<p class=\"note\">\(HTML.text(pictures.note))</p>\n"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
            style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>\(HTML.text(title))</title>
            <style>
            \(ReportStyle.text)</style>
            </head>
            <body>
            \(header(summary))<main>
            \(plots(summary))<section id="pictures">
            <h2>Pictures</h2>
            \(note)\(try sheets.html())</section>
            \(table(summary))\(method(summary))</main>
            <script>
            \(ReportScript.text)</script>
            </body>
            </html>

            """
    }
}
