// Files whose lines stand for wildcards.

import Foundation

/// The wildcards of a folder; each file is read once, when it is first needed.
final class Wildcards {
    private let folder: String
    private var known: [String: TemplateVariant] = [:]
    /// The wildcards that are being read, each named by the one before.
    private var open: [String] = []

    /// The wildcards of a folder, which need not exist if no template names one.
    init(folder: String) { self.folder = folder }

    /// The lines of the file `name.txt`: blank lines and those that begin with `#` do not count.
    ///
    /// - Parameters:
    ///   - name: the file without its ending; `/` separates folders
    ///   - depth: how deep the wildcard is nested
    /// - Throws: ``RowProblem`` that names the wildcard, the file and the line
    func variant(_ name: String, depth: Int) throws -> TemplateVariant {
        if let variant = known[name] { return variant }
        let shown = "__\(Excerpt.plain(name.utf8))__"
        if let first = open.firstIndex(of: name) {
            throw RowProblem("\(shown) leads back to itself: \((open[first...] + [name]).joined(separator: " > "))")
        }
        guard depth < PromptTemplate.largestDepth else {
            throw RowProblem("\(shown) is nested deeper than \(PromptTemplate.largestDepth)")
        }
        open.append(name)
        defer { open.removeLast() }
        do {
            let variant = try read(name, depth)
            known[name] = variant
            return variant
        } catch {
            throw RowProblem("\(shown): \(error)")
        }
    }

    private func read(_ name: String, _ depth: Int) throws -> TemplateVariant {
        let path = try path(of: name)
        var options: [TemplateVariant.Option] = []
        try PromptBytes.read(path).withUnsafeBytes { bytes in
            try PromptBytes.lines(bytes) { number, line in
                do {
                    let text = try PromptBytes.text(of: line)
                    if text.hasPrefix("#") || text.allSatisfy(\.isWhitespace) { return }
                    options.append(try TemplateParser.parseOption(text, wildcards: self, depth: depth))
                } catch let problem as RowProblem {
                    throw RowProblem("\(path):\(number): \(problem)")
                }
            }
        }
        guard !options.isEmpty else { throw RowProblem("\(path): holds no lines") }
        do {
            return try TemplateVariant(options, isWildcard: true)
        } catch let problem as RowProblem {
            throw RowProblem("\(path): \(problem)")
        }
    }

    /// The path of a wildcard's file, which lies in the folder or below it, links followed.
    private func path(of name: String) throws -> String {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            throw RowProblem("a wildcard's file must lie in the folder \(folder)")
        }
        let path = "\(folder)/\(name).txt"
        if let real = Self.realPath(path), let root = Self.realPath(folder),
            !real.hasPrefix(root == "/" ? "/" : root + "/")
        {
            throw RowProblem("\(path) is a link to a place outside of the folder")
        }
        return path
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
