// weft convert: a checkpoint into safetensors of fewer bits.

import ArgumentParser
import Weft

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a model's folder anew: safetensors that load by mapping, in a smaller type.")

    @Argument(help: "Model folder or weights file, or org/name in the hub's cache.")
    var model: String

    @Option(name: .shortAndLong, help: "The folder to write; it must not exist, or be empty.")
    var output: String

    @Option(
        help:
            "The type of the weights; q8 and q4 are for the layers' matrices and, at 8 bits, the head; all else stays as it is."
    )
    var dtype = WeightType.bf16

    func run() throws {
        let description = try ModelDescription(folder: ModelStore.path(of: model))
        try description.convert(to: output, dtype: dtype) { file, bytes in
            Diagnostics.note("\(file)  \(bytes) bytes")
        }
    }
}
