// Flags of batch jobs alone.

import ArgumentParser
import Weft

struct JobFlags: ParsableArguments {
    @Option(help: ArgumentHelp("With --prompts: takes the rows r with r mod N = I.", valueName: "I/N"))
    var shard: String?

    @Flag(help: "With --prompts: checks the SHA-256 of all pictures that are there already.")
    var verify = false

    @Flag(help: "With --prompts: leaves rows alone that failed before.")
    var keepFailed = false

    /// The first of these flags that was given.
    var given: String? {
        shard != nil ? "--shard" : verify ? "--verify" : keepFailed ? "--keep-failed" : nil
    }

    func validate() throws {
        do {
            _ = try shard.map { try Shard(parsing: $0) }
        } catch let error as WeftError {
            throw ValidationError("--shard: \(error.message)")
        }
    }
}
