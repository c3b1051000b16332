// The instruction sets that linear layers have kernels for.

import CKernels

/// The kernels for one instruction set; all of them give the same bits.
package struct Kernels: Sendable {
    nonisolated(unsafe) let table: OpaquePointer

    /// The fastest ones that this processor runs.
    package static let best = Kernels(table: weft_kernels_best())

    /// All that this processor runs, the portable ones first.
    package static let available = ["portable", "avx2", "avx512"].compactMap { (name: String) in
        weft_kernels_named(name).map { Kernels(table: $0) }
    }

    /// `portable`, `avx2` or `avx512`.
    package var name: String { String(cString: weft_kernels_name(table)) }
}
