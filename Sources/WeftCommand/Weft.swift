// The command line: parses, calls the library, prints.

import ArgumentParser
import Weft

@main
struct WeftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weft",
        abstract: "Draws pictures with autoregressive image-token models.",
        version: WeftRelease.version,
        subcommands: [
            Generate.self, Expand.self, Encode.self, Decode.self, Plan.self, Models.self, Convert.self, Inspect.self,
            Jobs.self,
            Budget.self, Evaluate.self, Compare.self, Grid.self, Bench.self,
        ])

    func validate() throws { try Processor.checkEnvironment() }
}
