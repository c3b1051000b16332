// weft expand: templates to the rows of a prompt file.

import ArgumentParser
import Weft

struct Expand: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a prompt file of all prompts that templates make.",
        discussion: """
            {a|b} is each in turn, {2$$a|b|c} two of them in each order, __name__ each line of wildcards/name.txt; a \\ \
            before a character takes it as it stands.
            """)

    @Argument(help: "A prompt file (.txt, .jsonl, .csv) of templates.")
    var templates: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The prompt file to write.", valueName: "file.jsonl"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "Where the files of wildcards are. (default: wildcards beside the templates)", valueName: "folder"))
    var wildcards: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Draws so many rows of each template instead of all combinations.", valueName: "n"))
    var random: Int?

    @Option(
        name: .shortAndLong, parsing: .unconditional, help: "The key of the draws of --random. (default: 0)")
    var seed: UInt64?

    func validate() throws {
        if let random, !(1...PromptExpansion.mostRows).contains(random) {
            throw ValidationError("--random must be in 1...\(PromptExpansion.mostRows), got \(random)")
        }
        if seed != nil, random == nil { throw ValidationError("--seed is the key of --random: give that too") }
        if !output.lowercased().hasSuffix(".jsonl") {
            throw ValidationError("--output \(output): rows are JSON lines, end the name with .jsonl")
        }
    }

    func run() throws {
        try OutputPath.check(output, flag: "--output")
        let file = try PromptFile(path: templates)
        let mode = random.map { PromptExpansion.Mode.random(count: $0, seed: seed ?? 0) } ?? .combinations
        let expansion = try PromptExpansion(file, wildcards: wildcards, mode: mode)
        try OutputPath.makeFolder(of: output)
        try expansion.write(to: output)
        let templates = file.rows.count == 1 ? "1 template" : "\(file.rows.count) templates"
        Diagnostics.note("\(output): \(expansion.rows.count) rows of \(templates)")
    }
}
