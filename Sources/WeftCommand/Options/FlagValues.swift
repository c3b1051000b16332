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

/// Numbers separated by commas.
struct NumberList: ExpressibleByArgument {
    let values: [Float]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { part in
            Float(part.trimmingCharacters(in: .whitespaces))
        }
        guard !parts.isEmpty, !parts.contains(nil) else { return nil }
        values = parts.compactMap { $0 }
    }
}

/// `first-last`: tokens of a picture, both included.
struct TokenRange: ExpressibleByArgument {
    let range: ClosedRange<Int>

    init?(argument: String) {
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last else { return nil }
        range = first...last
    }
}
