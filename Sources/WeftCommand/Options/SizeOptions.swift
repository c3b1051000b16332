// Flags for the size of a picture and its token budget.

public import ArgumentParser
public import Weft

struct SizeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Pixels; an impossible size is an error that names the nearest.", valueName: "WxH"))
    var size: String?

    @Option(name: [.customShort("W"), .long], parsing: .unconditional, help: "Pixels from left to right.")
    var width: Int?

    @Option(name: [.customShort("H"), .long], parsing: .unconditional, help: "Pixels from top to bottom.")
    var height: Int?

    @Option(help: "The token budget.")
    var quality: Quality?

    func validate() throws {
        if size != nil, width != nil || height != nil {
            throw ValidationError("--size and --width or --height say the same thing: give one of them")
        }
        _ = try pixels()
    }

    /// Width and height as asked for, nil where nothing was asked.
    func pixels() throws -> (width: Int?, height: Int?) {
        guard let size else { return (width, height) }
        let parts = size.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let width = parts[0], let height = parts[1], width > 0, height > 0 else {
            throw ValidationError("--size must be WIDTHxHEIGHT in pixels, such as 64x64, got \"\(size)\"")
        }
        return (width, height)
    }

    /// The model's size that fits.
    func pick(from model: ModelDescription) throws -> PictureSize {
        let (width, height) = try pixels()
        return try model.size(width: width, height: height, quality: quality)
    }
}

extension Quality: ExpressibleByArgument {}
