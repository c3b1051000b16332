// The combinations of an experiment, their order and their ids.

import Testing
import Weft

@Suite struct ExperimentPlanTests {
    private static let keys: [String: AxisKind] = [
        "temperature": .number, "size": .size, "quality": .words(["low", "high"]),
    ]

    private func axis(_ text: String) throws -> Axis { try Axis(parsing: text, keys: Self.keys) }

    @Test func theFirstAxisVariesSlowest() throws {
        let plan = try ExperimentPlan(
            prompts: ["a", "b"], axes: [axis("size=64,128x96"), axis("temperature=0.7-0.9+0.1")], seeds: [1, 5])
        #expect(plan.cellCount == 6 && plan.pictureCount == 24)
        #expect(
            (0..<6).map { plan.cell($0).map(\.text).joined(separator: " ") } == [
                "64x64 0.7", "64x64 0.8", "64x64 0.9", "128x96 0.7", "128x96 0.8", "128x96 0.9",
            ])
        #expect(plan.cell(4).map(\.key) == ["size", "temperature"])
        let pictures = plan.pictures
        #expect(pictures.count == 24 && Set(pictures.map(\.id)).count == 24)
        #expect(
            pictures.prefix(5).map(\.id) == [
                "a_size=64x64_temperature=0.7_s1", "a_size=64x64_temperature=0.7_s5", "b_size=64x64_temperature=0.7_s1",
                "b_size=64x64_temperature=0.7_s5", "a_size=64x64_temperature=0.8_s1",
            ])
        #expect(pictures[23].prompt == 1 && pictures[23].cell == 5 && pictures[23].seed == 5)
    }

    @Test func withoutAxesThereIsOneCell() throws {
        let plan = try ExperimentPlan(prompts: ["row-0"], axes: [], seeds: [3])
        #expect(plan.cellCount == 1 && plan.cell(0).isEmpty)
        #expect(plan.pictures.map(\.id) == ["row-0_s3"])
    }

    @Test func idsDoNotDependOnTheRest() throws {
        let small = try ExperimentPlan(prompts: ["a"], axes: [axis("temperature=0.9")], seeds: [2])
        let large = try ExperimentPlan(prompts: ["b", "a"], axes: [axis("temperature=0.5-1+.1")], seeds: [1, 2, 3])
        #expect(large.pictures.filter { $0.id == small.pictures[0].id }.map(\.seed) == [2])
    }

    @Test func longIdsAreCutAndStayApart() throws {
        let prompts = ["x", "y"].map { String(repeating: "\u{1F3A8}", count: 49) + $0 }
        let plan = try ExperimentPlan(prompts: prompts, axes: [axis("quality=low,high")], seeds: [1])
        let ids = plan.pictures.map(\.id)
        #expect(Set(ids).count == 4)
        for (index, id) in ids.enumerated() {
            #expect(id.utf8.count == 197 && id.dropLast(17) == String(repeating: "\u{1F3A8}", count: 45))
            _ = try JobPicture(id: id, row: 0, index: index, prompt: "", seed: 1)
        }
        #expect(
            ExperimentPlan.pictureID(prompt: String(repeating: "p", count: 197), cell: [], seed: 1).utf8.count == 200)
        #expect(
            ExperimentPlan.pictureID(prompt: String(repeating: "p", count: 198), cell: [], seed: 1)
                == String(repeating: "p", count: 183) + "~8284ef93c06d0425")
    }

    @Test func namesWhatIsWrong() throws {
        func problem(_ prompts: [String], _ axes: [String], _ seeds: [UInt64]) -> String {
            errorText { try ExperimentPlan(prompts: prompts, axes: axes.map(axis), seeds: seeds) }
        }
        #expect(problem([], [], [1]) == "experiment: there are no prompts")
        #expect(problem(["a"], [], []) == "experiment: there are no seeds")
        #expect(problem(["a", "b", "a"], [], [1]) == "experiment: the prompt id \"a\" is there twice")
        #expect(problem(["a"], [], [1, 1]) == "experiment: the seed 1 is there twice")
        #expect(problem(["a"], ["size=64", "size=32"], [1]) == "experiment: there are two axes \"size\"")
        #expect(
            problem(["a", "b"], ["temperature=1-1000", "size=1-501"], [1])
                == "experiment: 2 x 1000 x 501 x 1 pictures (prompts x axes x seeds) are more than 1000000")
        #expect(problem(["a", "b"], ["temperature=1-1000", "size=1-500"], [1]) == "")
    }
}
