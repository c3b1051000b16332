// weft encode and weft decode: pictures to visual tokens and back.

import ArgumentParser
import Weft
import WeftPixels

struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Turns pictures into visual tokens.")

    @Argument(help: "PNG files.")
    var pictures: [String]

    @OptionGroup var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    @Option(help: "The token budget, where the model has several for the pictures' size. (default: the first)")
    var quality: Quality?

    @Option(name: .shortAndLong, help: "The tokens file; - is stdout.")
    var output = "-"

    func run() throws {
        let model = try Model(model.description())
        var grids: [TokenGrid] = []
        for path in pictures {
            let picture = try PNG.read(path: path).0
            do {
                let size = try quality.map {
                    try model.size(width: picture.width, height: picture.height, quality: $0)
                }
                grids.append(try model.encode(picture, size: size, threads: threads.threads))
            } catch {
                throw WeftError(.invalidFile, "\(path): \(error)")
            }
        }
        if output == "-" { print(try TokenGrid.json(grids)) } else { try TokenGrid.write(grids, to: output) }
    }
}

struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Turns visual tokens into pictures.")

    @Argument(help: "A tokens file.")
    var tokens: String

    @OptionGroup var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    @Option(name: .shortAndLong, help: "A picture (.png); with several, a folder or a template with {index}.")
    var output: String

    func run() throws {
        let grids = try TokenGrid.read(path: tokens)
        guard !grids.isEmpty else { throw WeftError(.invalidFile, "\(tokens): holds no tokens") }
        let template = try OutputTemplate(output, count: grids.count, fields: [.id, .index])
        let paths = grids.indices.map { template.path(index: $0) }
        for path in paths { try OutputPath.check(path, flag: "--output") }
        let model = try Model(model.description())
        for (index, grid) in grids.enumerated() {
            let picture: Picture
            do {
                picture = try model.decode(grid, threads: threads.threads)
            } catch {
                throw WeftError(.invalidFile, "\(tokens): grid \(index): \(error)")
            }
            try OutputPath.makeFolder(of: paths[index])
            try PNG.write(picture, to: paths[index])
        }
    }
}
