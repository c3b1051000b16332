// A loaded description's fingerprint.

import Foundation
import WeftModel
import WeftTensor

extension ModelDescription {
    /// The fingerprint of its files; see ``ModelFingerprint``.
    func fingerprint() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: checkpoint.folder)
        let small = names.filter { name in [".json", ".model", ".tiktoken"].contains { name.hasSuffix($0) } }
        let weights =
            (checkpoint.transformer?.files ?? []) + checkpoint.imageTokenizerFiles
            + (checkpoint.imageTokenizer?.files ?? [])
        let files = Set(small.map { "\(checkpoint.folder)/\($0)" } + weights.map(\.path))
        return try ModelFingerprint.compute(files: Array(files), folder: checkpoint.folder)
    }
}
