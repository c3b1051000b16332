// weft jobs: how far a job in a folder is, and its results put together.

import ArgumentParser
import Foundation
import Weft

struct Jobs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks after the folders of jobs of many pictures.",
        subcommands: [Status.self, Merge.self])

    /// How a status is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument { case plain, json }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints what is done, failed, missing and damaged, also while the job runs.",
            discussion: """
                The exit code is 0 if all pictures are done, 3 if all are done but some that failed for good, and 1 if \
                some are missing or damaged.
                """)

        @Argument(help: "The job's folder.")
        var folder: String

        @Option(help: "How it is printed.")
        var format = Format.plain

        @Flag(help: "Compares the SHA-256 of every picture with the results.")
        var verify = false

        func run() throws {
            let status = try JobStatus.read(folder, verify: verify)
            switch format {
            case .plain: Jobs.show(status)
            case .json:
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(status), as: UTF8.self))
            }
            try Jobs.exit(with: status)
        }
    }

    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts the results of all shards into results.jsonl, in the order of the job.",
            discussion: "What it prints, and the exit code, are those of weft jobs status.")

        @Argument(help: "The job's folder; no program may be drawing the job.")
        var folder: String

        func run() throws {
            let status = try JobMerge.run(folder)
            Jobs.show(status)
            try Jobs.exit(with: status)
        }
    }

    private static func show(_ status: JobStatus) {
        print(
            "\(status.pictures) pictures of \(status.model): \(status.done) done, \(status.failed.count) failed, "
                + "\(status.missing.count) missing, \(status.damaged.count) damaged")
        for part in status.shards {
            print("shard\t\(part.shard)\t\(part.done) done, \(part.failed) failed, \(part.missing.count) missing")
        }
        for failure in status.failed { print("failed\t\(failure.id)\t\(failure.error)") }
        for id in status.missing { print("missing\t\(id)") }
        for damage in status.damaged { print("damaged\t\(damage.place)\t\(damage.reason)") }
    }

    private static func exit(with status: JobStatus) throws {
        if !status.isFinished { throw ExitCode(1) }
        if !status.failed.isEmpty { throw ExitCode(3) }
    }
}
