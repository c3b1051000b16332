// The instruction sets that products of matrices can use, and which one is used.

import Foundation
import WeftTensor

/// The processor's instruction sets, as far as there are kernels for them.
///
/// All kernels draw the same picture. The environment variable `WEFT_KERNELS` names others than the fastest ones:
/// `portable`, `avx2`, `avx512`, `vnni` or `amx`.
public enum Processor {
    /// The names of all kernels that this processor runs, the portable ones first, the fastest ones last.
    public static var kernels: [String] { Kernels.available.map(\.name) }

    /// The name of the kernels that are used.
    public static var chosenKernels: String { Kernels.best.name }

    /// Checks what the environment says.
    ///
    /// - Throws: an error that names the variable and its value, if there are no such kernels or this processor cannot
    ///   run them
    public static func checkEnvironment() throws {
        _ = try Kernels.chosen(in: ProcessInfo.processInfo.environment)
    }
}
