// The part of a weights file that belongs to one model.

import WeftTensor

/// The tensors of a file whose names begin with one of some prefixes, as a file of their own.
///
/// Counters of training steps that batch norms keep are no weights and are left out.
struct TensorFilePart: TensorFile {
    private let file: any TensorFile
    private let prefixes: [String]
    let entries: [TensorEntry]

    init(_ file: any TensorFile, prefixes: [String]) {
        self.file = file
        self.prefixes = prefixes
        entries = file.entries.filter { TensorFilePart.contains($0.name, prefixes) }
    }

    var path: String { file.path }

    func entry(_ name: String) -> TensorEntry? {
        TensorFilePart.contains(name, prefixes) ? file.entry(name) : nil
    }

    func tensor(_ name: String) throws -> Tensor? {
        TensorFilePart.contains(name, prefixes) ? try file.tensor(name) : nil
    }

    func quantised(_ name: String) -> QuantisedMatrix? {
        TensorFilePart.contains(name, prefixes) ? file.quantised(name) : nil
    }

    private static func contains(_ name: String, _ prefixes: [String]) -> Bool {
        prefixes.contains { name.hasPrefix($0) } && !name.hasSuffix(".num_batches_tracked")
    }
}
