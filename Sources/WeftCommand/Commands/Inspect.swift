// weft inspect: what is in a picture, a weights file, a tokens file, or a model's folder.

public import ArgumentParser
import Foundation
public import Weft
import WeftPixels

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a picture's metadata, a checkpoint's tensors and config, or a tokens file.")

    @Argument(help: "A .png, .safetensors, .pt or .json file, or a model's folder.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "Draws a number of each token over the picture: \(TraceMeasure.names).", valueName: "measure"))
    var heatmap: TraceMeasure?

    @Option(help: ArgumentHelp("The trace of the picture, for --heatmap.", valueName: "file.jsonl"))
    var trace: String?

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The picture with the heat map, for --heatmap.", valueName: "file.png"))
    var output: String?

    func validate() throws {
        let given = [("--heatmap", heatmap != nil), ("--trace", trace != nil), ("--output", output != nil)]
        if let missing = given.first(where: { !$0.1 }), let there = given.first(where: \.1) {
            throw ValidationError("\(there.0) needs \(missing.0)")
        }
    }

    func run() throws {
        if let heatmap, let trace, let output { return try draw(heatmap, of: trace, to: output) }
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

    /// Draws the trace of the picture over it.
    private func draw(_ measure: TraceMeasure, of path: String, to output: String) throws {
        try OutputPath.check(output, flag: "--output")
        let picture = try PNG.read(path: file).0
        let traces = try PictureTrace.read(path: path)
        let name = URL(fileURLWithPath: file).lastPathComponent
        let named = traces.filter { $0.file == name }
        guard named.count == 1 || named.isEmpty && traces.count == 1, let trace = named.first ?? traces.first else {
            throw WeftError(
                .invalidFile, "\(path): has \(named.count) traces of \(name), and \(traces.count) in all")
        }
        let values = trace.values(of: measure)
        let map = try HeatMap(rows: trace.rows, columns: trace.columns, values: values)
        try OutputPath.makeFolder(of: output)
        try PNG.write(try map.drawn(over: picture), to: output)
        let mean = values.reduce(0, +) / Double(values.count)
        print(
            String(
                format: "%@: least %.4g, mean %.4g, greatest %.4g of %d tokens", measure.rawValue,
                map.range.lowerBound, mean, map.range.upperBound, values.count))
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
            // The last row of a grid that was cut may be short, and the rows after it missing.
            for start in stride(from: 0, to: grid.tokens.count, by: grid.columns) {
                print(grid.tokens[start...].prefix(grid.columns).map(String.init).joined(separator: " "))
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

extension TraceMeasure: ExpressibleByArgument {
    /// All names, for help and errors.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
