// A cell of a CSV file.

import WeftTensor

/// A cell of a row, without its quotation marks.
struct CSVCell: PromptValue {
    /// What stands in it.
    let content: String

    var isAbsent: Bool { content.isEmpty }

    var text: String? { content }

    var number: String? {
        let word = content.trimmingPrefix { $0 == " " }
        let trimmed = String(word.prefix { $0 != " " })
        guard word.dropFirst(trimmed.count).allSatisfy({ $0 == " " }), JSONScanner.isNumber(trimmed) else { return nil }
        return trimmed
    }

    var numbers: [String]? {
        let words = content.split { $0 == " " || $0 == ";" }.map(String.init)
        return words.allSatisfy(JSONScanner.isNumber) ? words : nil
    }

    var json: String? {
        var copy = content
        return copy.withUTF8 { bytes in
            var scanner = JSONScanner(UnsafeRawBufferPointer(bytes))
            guard let value = try? scanner.raw(), (try? scanner.end()) != nil else { return nil }
            return JSONPromptValue.compact(value)
        }
    }

    var excerpt: String { Excerpt.quoted(content) }
}
