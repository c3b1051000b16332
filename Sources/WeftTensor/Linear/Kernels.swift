// The instruction sets that linear layers have kernels for, and which of them is used.

import CKernels
import Foundation

/// The kernels for one instruction set; all of them give the same bits, but for convolutions in bfloat16, which a matrix
/// unit adds in an order of its own.
package struct Kernels: Sendable {
    nonisolated(unsafe) let table: OpaquePointer

    /// The environment variable that names the kernels to use.
    package static let variable = "WEFT_KERNELS"

    /// Those that ``variable`` names, or else the fastest ones that this processor runs.
    package static let best = (try? chosen(in: ProcessInfo.processInfo.environment)) ?? fastest

    /// All that this processor runs, the portable ones first.
    package static let available = names.compactMap { name in
        weft_kernels_named(name).map { Kernels(table: $0) }
    }

    /// The names of all kernels for processors of this kind: `portable`, `avx2`, `avx512`, `vnni`, `amx`.
    package static let names: [String] = {
        var result: [String] = []
        while let name = weft_kernels_listed(result.count) { result.append(String(cString: name)) }
        return result
    }()

    private static let fastest = Kernels(table: weft_kernels_best())

    /// The name.
    package var name: String { String(cString: weft_kernels_name(table)) }

    /// The kernels that an environment names, or the fastest ones if it names none.
    ///
    /// Throws ``KernelsError`` for a name that is unknown or that this processor has no instructions for.
    package static func chosen(in environment: [String: String]) throws -> Kernels {
        guard let name = environment[variable], !name.isEmpty else { return fastest }
        if let table = weft_kernels_named(name) { return Kernels(table: table) }
        let runs = available.map(\.name).joined(separator: ", ")
        guard names.contains(name) else {
            throw KernelsError(
                description: "\(variable) is \"\(name)\", which are no kernels; this processor runs \(runs)")
        }
        throw KernelsError(description: "\(variable) is \"\(name)\", which this processor cannot run; it runs \(runs)")
    }
}

/// The environment names kernels that cannot be used.
package struct KernelsError: Error, Sendable, CustomStringConvertible {
    /// One line: the variable, its value, and what would do.
    package let description: String
}
