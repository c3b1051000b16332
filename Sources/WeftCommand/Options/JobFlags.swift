// Flags of batch jobs alone.

import ArgumentParser
import Foundation
import Weft

struct JobFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Takes the rows r with r mod N = I.", valueName: "I/N"))
    var shard: String?

    @Flag(help: "Checks the SHA-256 of all pictures that are there already.")
    var verify = false

    @Flag(help: "Leaves rows alone that failed before.")
    var keepFailed = false

    /// The first of these flags that was given.
    var given: String? {
        shard != nil ? "--shard" : verify ? "--verify" : keepFailed ? "--keep-failed" : nil
    }

    /// The part of the job that is drawn: that of the flag, of the scheduler's variables, or all.
    var parsedShard: Shard {
        get throws {
            try shard.map { try Shard(parsing: $0) }
                ?? Shard.fromEnvironment(ProcessInfo.processInfo.environment) ?? .whole
        }
    }

    func validate() throws {
        do {
            _ = try shard.map { try Shard(parsing: $0) }
        } catch let error as WeftError {
            throw ValidationError("--shard: \(error.message)")
        }
    }
}
