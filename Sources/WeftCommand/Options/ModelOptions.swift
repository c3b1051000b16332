// Flags that every command with a model has.

import ArgumentParser

struct ModelOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "Model folder or weights file, a model in Models, or org/name in the hub's cache. (default: weft-mini)")
    var model: String?
}

struct ThreadOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: "Threads; the picture does not depend on it. (default: all cores)")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be in 1...1024, got \(threads)")
        }
    }
}
