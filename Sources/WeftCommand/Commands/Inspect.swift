// weft inspect: what is in a picture, a weights file, a tokens file, or a model's folder.

import ArgumentParser
import Foundation
import Weft
import WeftPixels

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a picture's metadata, a checkpoint's tensors and config, or a tokens file.")

    @Argument(help: "A .png, .safetensors, .pt or .json file, or a model's folder.")
    var file: String

    func run() throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else {
            throw WeftError(.invalidFile, "\(file): no such file")
        }
        if isFolder.boolValue { return try folder(file) }
        switch file.lowercased() {
        case let name where name.hasSuffix(".png"): try picture(file)
        case let name where Self.weights.contains { name.hasSuffix($0) }: try tensors(file)
        case let name where name.hasSuffix(".json"): try tokens(file)
        default:
            throw WeftError(.invalidFile, "\(file): is not a .png, .safetensors, .pt, .pth, .bin, .ckpt or .json file")
        }
    }

    private static let weights = [".safetensors", ".pt", ".pth", ".bin", ".ckpt"]

    private func picture(_ path: String) throws {
        let (picture, chunks) = try PNG.read(path: path)
        print("\(picture.width)x\(picture.height) pixels")
        for chunk in chunks {
            print("\(chunk.keyword):")
            print(chunk.text)
        }
    }

    private func tensors(_ path: String) throws { show(try TensorListing.read(path: path)) }

    private func show(_ listing: [TensorListing]) {
        for tensor in listing {
            let shape = tensor.shape.map(String.init).joined(separator: "x")
            print("\(tensor.name)\t\(tensor.dtype)\t\(shape)\t\(tensor.byteCount)")
        }
        let bytes = listing.reduce(0) { $0 + $1.byteCount }
        print("\(listing.count) tensors, \(bytes) bytes")
    }

    private func tokens(_ path: String) throws {
        for (index, grid) in try TokenGrid.read(path: path).enumerated() {
            let different = Set(grid.tokens).count
            print("\(index): \(grid.rows) rows of \(grid.columns) tokens of \(grid.model), \(different) different")
            for row in 0..<grid.rows {
                print(
                    grid.tokens[row * grid.columns..<(row + 1) * grid.columns].map(String.init).joined(separator: " "))
            }
        }
    }

    private func folder(_ path: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        let files = names.filter { name in Self.weights.contains { name.lowercased().hasSuffix($0) } }
        guard names.contains("config.json") || !files.isEmpty else {
            throw WeftError(.invalidModel, "\(path): the folder has no config.json and no weights")
        }
        let listings = try files.map { ($0, try TensorListing.read(path: "\(path)/\($0)")) }
        if names.contains("config.json") {
            let config = String(decoding: try AtomicFile.read(path: "\(path)/config.json"), as: UTF8.self)
            print(config.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        for (name, listing) in listings {
            print("\n\(name)")
            show(listing)
        }
    }
}
