// Finds the image tokenizer that belongs to a checkpoint.

import Foundation
package import WeftTensor

/// An image tokenizer in the files of a checkpoint, its layout known by the names of its tensors.
package struct ImageTokenizerSource: Sendable {
    /// The network and where its tensors stand.
    package var part: CheckpointPart<ImageTokenizerConfiguration>
    /// How its colours become bytes.
    package var rounding: PixelRounding
    /// The files that it was found in, with all their tensors.
    package var files: [any TensorFile]

    /// Height and width of the square of pixels that one token stands for.
    package var scale: Int { part.configuration.downsampling }

    /// Finds out the layout of opened files.
    ///
    /// Throws an error that names the file and what is missing or wrong.
    ///
    /// - Parameter encoder: whether the encoder is wanted too, where there is one
    package static func detect(_ files: [any TensorFile], encoder: Bool = false) throws -> ImageTokenizerSource {
        let layout = try ImageTokenizerLayout.recognize(files, encoder: encoder, description: description(of: files))
        let part = CheckpointPart(layout.configuration, files: layout.files, names: layout.names)
        return ImageTokenizerSource(part: part, rounding: layout.rounding, files: files)
    }

    /// The path of the description that taming-transformers has beside a file of weights, if there is one.
    private static func description(of files: [any TensorFile]) -> String? {
        guard files.count == 1 else { return nil }
        let path = files[0].path as NSString
        let places = [path.deletingPathExtension + ".yaml", path.deletingLastPathComponent + "/config.yaml"]
        return places.first { FileManager.default.fileExists(atPath: $0) }
    }

    /// The image tokenizer that `weft.json` names, or what is found `otherwise`; nil if there is none.
    static func open(
        _ path: WeftSettings.Path?, in folder: ModelFolder,
        otherwise: () throws -> ImageTokenizerSource? = { nil }
    ) throws -> ImageTokenizerSource? {
        switch path {
        case .none?: nil
        case .path(let path)?: try open(path: folder.path(path))
        case nil: try otherwise()
        }
    }

    /// The image tokenizer in a file or folder; a folder may hold a single `.ckpt` or `.pt`.
    static func open(path: String) throws -> ImageTokenizerSource {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
            let single = names.filter { $0.hasSuffix(".ckpt") || $0.hasSuffix(".pt") || $0.hasSuffix(".pth") }
            if single.count == 1, !names.contains(where: { $0.hasSuffix(".safetensors") }) {
                return try detect([TensorFiles.open("\(path)/\(single[0])")])
            }
        }
        return try detect(ModelFolder.weights(at: path))
    }

    /// The image tokenizer that is published as a model of its own: in the folder, beside it, or in the hub's cache.
    static func neighbour(_ name: String, of folder: ModelFolder) throws -> ImageTokenizerSource? {
        for place in [name, "../\(name)"] where folder.exists(place) { return try open(path: folder.path(place)) }
        guard let cached = try? HubCache().path(of: "BAAI/\(name)") else { return nil }
        return try open(path: cached)
    }

    /// The image tokenizer that Meta published with Chameleon, in the places where its users keep it.
    static func chameleon(_ folder: ModelFolder) throws -> ImageTokenizerSource? {
        try open(folder.settings.imageTokenizer, in: folder) {
            let places = ["", "tokenizer/", "chameleon/", "../tokenizer/", "../../tokenizer/", "../chameleon/"]
            for place in places {
                for name in ["vqgan.ckpt", "vqgan.safetensors"] where folder.exists(place + name) {
                    return try open(path: folder.path(place + name))
                }
            }
            return nil
        }
    }
}

extension Checkpoint {
    /// Makes an image tokenizer the checkpoint's.
    mutating func take(_ source: ImageTokenizerSource) {
        imageTokenizer = source.part
        readsLayout = true
        imageTokenizerFiles = source.files
        rounding = source.rounding
    }
}

/// A folder or file that holds an image tokenizer and nothing else.
enum ImageTokenizerAlone: CheckpointFamily {
    static let name = "image-tokenizer"

    static func recognises(_ folder: ModelFolder) -> Bool { (try? source(folder)) != nil }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        var checkpoint = Checkpoint(family: name, name: folder.name, folder: folder.path)
        checkpoint.take(try source(folder))
        return checkpoint
    }

    private static func source(_ folder: ModelFolder) throws -> ImageTokenizerSource {
        if case .path(let path)? = folder.settings.imageTokenizer {
            return try ImageTokenizerSource.open(path: folder.path(path))
        }
        return try ImageTokenizerSource.open(path: folder.file ?? folder.path)
    }
}
