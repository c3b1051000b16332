// Lists of values in one flag.

import ArgumentParser
import Foundation

/// Values separated by commas, at least one.
struct CommaList<Value: ExpressibleByArgument>: ExpressibleByArgument {
    let values: [Value]

    init(_ values: [Value]) { self.values = values }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { part in
            Value(argument: part.trimmingCharacters(in: .whitespaces))
        }
        guard !parts.isEmpty, !parts.contains(where: { $0 == nil }) else { return nil }
        values = parts.compactMap { $0 }
    }
}
