// Breaks text into lines, and shortens what does not fit.

import Foundation

extension TextFace {
    /// The lines of a text that are at most `width` pixels wide.
    ///
    /// Lines break at line ends, else at the last space that fits, else between two letters; a line has one letter at
    /// least. Where there are more than `limit` lines, the last ends with an ellipsis. Other white space and control
    /// characters count as spaces.
    ///
    /// - Parameter limit: at least 1.
    func lines(of text: String, width: Int, limit: Int) throws -> [String] {
        precondition(limit >= 1)
        var rest = Substring(Self.cleaned(text))
        var lines: [String] = []
        while !rest.isEmpty {
            let (line, next) = try firstLine(of: rest, width: width)
            if lines.count == limit - 1, !rest[next...].allSatisfy(\.isWhitespace) {
                return lines + [try shortened(rest.prefix { $0 != "\n" }, width: width)]
            }
            lines.append(String(line))
            rest = rest[next...]
        }
        return lines
    }

    /// The first line, and where the next one begins.
    private func firstLine(of text: Substring, width: Int) throws -> (Substring, String.Index) {
        var pen = Pen()
        var space: String.Index?
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == "\n" { return (text[..<index], text.index(after: index)) }
            let isSpace = text[index] == " "
            if isSpace { space = index }
            try advance(&pen, over: text[index...index]) { _, _ in }
            // A space at the end of a line is not seen, so it may stand beyond the edge.
            if pen.column > width, !isSpace, index > text.startIndex {
                guard let space else { return (text[..<index], index) }
                return (text[..<space], text.index(after: space))
            }
            index = text.index(after: index)
        }
        return (text, text.endIndex)
    }

    /// As much of a text as fits before an ellipsis.
    private func shortened(_ text: Substring, width: Int) throws -> String {
        let ellipsis = has("\u{2026}") ? "\u{2026}" : "..."
        let room = try width - self.width(of: ellipsis)
        var pen = Pen()
        var kept = ""
        for character in text {
            try advance(&pen, over: String(character)) { _, _ in }
            if pen.column > room { break }
            kept.append(character)
        }
        while kept.last == " " { kept.removeLast() }
        return kept + ellipsis
    }

    /// Composed letters, single spaces, and line feeds as the only line ends.
    private static func cleaned(_ text: String) -> String {
        var result = ""
        for character in text.precomposedStringWithCanonicalMapping {
            if character.isNewline {
                while result.last == " " { result.removeLast() }
                result.append("\n")
            } else if character.isWhitespace
                || character.unicodeScalars.allSatisfy({ $0.properties.generalCategory == .control })
            {
                if !result.isEmpty, result.last != " ", result.last != "\n" { result.append(" ") }
            } else {
                result.append(character)
            }
        }
        while let last = result.last, last.isWhitespace { result.removeLast() }
        return String(result.drop { $0 == "\n" })
    }
}
