// The families of checkpoints that can be run, and how one is told from another.

import WeftTensor

/// A family of checkpoints: files, names, prompts and special tokens in the way of one reference implementation.
package protocol CheckpointFamily: Sendable {
    /// The name that `weft.json` calls the family by.
    static var name: String { get }

    /// Whether a folder looks like one of the family; nothing is promised about its weights.
    static func recognises(_ folder: ModelFolder) -> Bool

    /// Opens a folder.
    ///
    /// Throws an error that names the file, and the key or tensor that is missing or wrong.
    static func open(_ folder: ModelFolder) throws -> Checkpoint
}

extension Checkpoint {
    /// All families; the first that recognises a folder gets it.
    package static let families: [any CheckpointFamily.Type] = [
        WeftFamily.self, Janus.self, Emu35.self, Emu3.self, LuminaMGPT.self, Chameleon.self, Liquid.self, LlamaGen.self,
        CausalLanguageModel.self, ImageTokenizerAlone.self,
    ]

    /// Opens a model's folder, or one weights file of it.
    ///
    /// Throws an error that names the file and what is wrong with it, or what the folder lacks to be a model.
    package static func open(_ path: String) throws -> Checkpoint {
        let folder = try ModelFolder(path: path)
        return try family(of: folder).open(folder)
    }

    /// The family of a folder: the one that `weft.json` names, or the first that recognises it.
    ///
    /// Throws ``CheckpointError`` that says what the folder lacks.
    package static func family(of folder: ModelFolder) throws -> any CheckpointFamily.Type {
        if let name = folder.settings.family {
            if let family = families.first(where: { $0.name == name }) { return family }
            let known = families.map { $0.name }.joined(separator: ", ")
            throw CheckpointError("\(folder.path)/weft.json", "\"family\" is \"\(name)\", not one of \(known)")
        }
        if let file = folder.file { _ = try TensorFiles.open(file) }
        if let family = families.first(where: { $0.recognises(folder) }) { return family }
        if let type = folder.modelType {
            throw folder.configError(
                "\"model_type\" is \"\(type)\", which is no family that draws; if its vocabulary has visual tokens, say "
                    + "so in a weft.json: \"family\": \"causal-lm\", \"image_token_offset\", \"codebook_size\", \"rows\", "
                    + "\"columns\"")
        }
        // What cannot be read is worth more than what is not there.
        for name in folder.weightsNames where !name.hasSuffix(".bin") { _ = try TensorFiles.open(folder.path(name)) }
        throw CheckpointError(
            folder.path,
            "is no model: it has no config.json with a known \"model_type\", no LlamaGen .pt files, no consolidated.pth "
                + "of Chameleon, and no weft.json that says what it is")
    }
}
