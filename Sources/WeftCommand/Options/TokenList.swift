// Values of flags that are more than a number or a word.

import ArgumentParser
import Foundation

/// Token ids separated by commas.
struct TokenList: ExpressibleByArgument {
    let ids: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { part in
            Int(part.trimmingCharacters(in: .whitespaces))
        }
        guard !parts.isEmpty, !parts.contains(nil) else { return nil }
        ids = parts.compactMap { $0 }
    }
}

/// `rows=N`: every so many rows of tokens.
struct PreviewInterval: ExpressibleByArgument {
    let rows: Int

    init?(argument: String) {
        guard argument.hasPrefix("rows="), let rows = Int(argument.dropFirst(5)), rows > 0 else { return nil }
        self.rows = rows
    }
}
