// Parts of a job, from text and from the variables of schedulers.

import Testing
import Weft

@Suite struct ShardTests {
    @Test func readsText() throws {
        let shard = try Shard(parsing: "2/5")
        #expect(shard.index == 2 && shard.count == 5 && shard.description == "2/5")
        #expect((0..<12).filter(shard.takes) == [2, 7])
        #expect(try Shard(parsing: "0/1") == .whole && (0..<3).allSatisfy(Shard.whole.takes))
    }

    @Test func everyRowIsInOneShard() throws {
        let shards = try (0..<7).map { try Shard($0, of: 7) }
        for row in 0..<50 { #expect(shards.count { $0.takes(row: row) } == 1) }
    }

    @Test(arguments: ["", "1", "/", "1/", "/2", "1/2/3", "-1/2", "+1/2", "a/b", " 0/1", "0/99999999999999999999"])
    func refusesOtherText(text: String) {
        #expect(
            errorText { try Shard(parsing: text) }
                == "shard \"\(text)\" is not I/N, two whole numbers as in 0/4, the first of four parts")
    }

    @Test func namesValuesOutOfRange() {
        #expect(errorText { try Shard(parsing: "4/4") } == "shard 4/4: I of I/N must be in 0...3")
        #expect(errorText { try Shard(parsing: "0/0") } == "shard 0/0: N of I/N must be in 1...1000000")
        #expect(errorText { try Shard(-1, of: 2) } == "shard -1/2: I of I/N must be in 0...1")
    }

    private func slurm(_ id: Int, _ count: Int, _ first: Int, _ last: Int) -> [String: String] {
        [
            "SLURM_ARRAY_TASK_ID": "\(id)", "SLURM_ARRAY_TASK_COUNT": "\(count)", "SLURM_ARRAY_TASK_MIN": "\(first)",
            "SLURM_ARRAY_TASK_MAX": "\(last)",
        ]
    }

    @Test func slurmArraysBeginAnywhereAndHaveSteps() throws {
        #expect(try Shard.fromEnvironment(slurm(3, 4, 0, 3)) == Shard(3, of: 4))
        #expect(try Shard.fromEnvironment(slurm(10, 4, 10, 13)) == Shard(0, of: 4))
        let stepped = try [1, 3, 5, 7].map { try Shard.fromEnvironment(slurm($0, 4, 1, 7)) }
        #expect(try stepped == (0..<4).map { try Shard($0, of: 4) })
        #expect(try Shard.fromEnvironment(slurm(9, 1, 9, 9)) == .whole)
    }

    @Test func slurmArraysWithGapsAreRefused() {
        let text = errorText { try Shard.fromEnvironment(slurm(4, 3, 1, 6)) }
        #expect(
            text
                == "SLURM_ARRAY_TASK_ID 4 of 3 tasks from 1 to 6: the array has gaps, so the task's part cannot be told; "
                + "give --shard I/N")
        // 0, 2, 3, 6: the step seems to be 2, and the third does not fall on it.
        #expect(errorText { try Shard.fromEnvironment(slurm(3, 4, 0, 6)) }.contains("has gaps"))
        for (id, count, first, last) in [(5, 2, 0, 1), (0, 2, 1, 2), (0, 0, 0, 0), (1, 3, 1, 1), (1, 1, 0, 2)] {
            let text = errorText { try Shard.fromEnvironment(slurm(id, count, first, last)) }
            #expect(text.contains("--shard I/N"), "\(id) \(count) \(first) \(last): \(text)")
        }
    }

    @Test func kubernetesNeedsTheCountFromTheUser() throws {
        #expect(
            try Shard.fromEnvironment(["JOB_COMPLETION_INDEX": "2", "JOB_COMPLETIONS": "3"]) == Shard(2, of: 3))
        #expect(
            errorText { try Shard.fromEnvironment(["JOB_COMPLETION_INDEX": "2"]) }
                == "JOB_COMPLETIONS is not set: set it in the pod's template to the value of spec.completions, or give "
                + "--shard I/N")
    }

    @Test func openMPI() throws {
        #expect(
            try Shard.fromEnvironment(["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"]) == Shard(1, of: 2))
        #expect(
            errorText { try Shard.fromEnvironment(["OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "2"]) }
                == "OMPI_COMM_WORLD_RANK 2, OMPI_COMM_WORLD_SIZE 2: shard 2/2: I of I/N must be in 0...1")
    }

    @Test func theFirstSchedulerCounts() throws {
        var all = slurm(1, 2, 0, 1)
        all["JOB_COMPLETION_INDEX"] = "0"
        all["OMPI_COMM_WORLD_RANK"] = "0"
        #expect(try Shard.fromEnvironment(all) == Shard(1, of: 2))
        all = all.filter { !$0.key.hasPrefix("SLURM_") }
        all["JOB_COMPLETIONS"] = "5"
        #expect(try Shard.fromEnvironment(all) == Shard(0, of: 5))
        let short = ["SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_COUNT": "4"]
        #expect(try Shard.fromEnvironment(short) == Shard(2, of: 4))
        let shifted = short.merging(["SLURM_ARRAY_TASK_MIN": "1"]) { $1 }
        #expect(try Shard.fromEnvironment(shifted) == Shard(1, of: 4))
        #expect(try Shard.fromEnvironment(["PATH": "/bin", "SLURM_JOB_ID": "7"]) == nil)
    }

    @Test(arguments: ["", "x", "-1", "1.5", "99999999999999999999"])
    func aVariableThatIsNoNumberIsNamed(text: String) {
        var variables = slurm(0, 2, 0, 1)
        variables["SLURM_ARRAY_TASK_MIN"] = text
        #expect(
            errorText { try Shard.fromEnvironment(variables) }
                == "SLURM_ARRAY_TASK_MIN is \"\(text)\" and not a whole number; give --shard I/N")
    }
}
