// Prompt files of an object a line.

import Testing
import Weft
import WeftSampling

@Suite struct JSONPromptTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    private func row(_ text: String) throws -> PromptRow {
        try #require(try fixture.file(text, "a.jsonl").rows.first)
    }

    // MARK: - What is read

    @Test func everyKeyIsRead() throws {
        let row = try row(
            """
            {"id": "a/1", "prompt": "a \\"fox\\"", "seed": 7, "size": "128x64", "quality": "high", "count": 3, \
            "negative_prompt": "blur", "tokens": 9, "facts": {"b": [1, "x y"], "a": null}, "model": "m", \
            "temperature": 0.5, "temperature_by_row": [1, 0.25], "top_k": 4, "top_p": 0.9, "min_p": 0.1, \
            "alike_min_p": 0.2, "typical_p": 0.8, "epsilon_cutoff": 0.01, "eta_cutoff": 2e-3, "top_n_sigma": 1.5, \
            "repetition_penalty": 1.25, "repetition_window": 2, "guidance_scale": 4, "guidance_schedule": "cosine", \
            "guidance_start": 2, "guidance_interval": [3, 8], "decode": "jacobi", "window": 5, "best_of": 3}
            """)
        #expect(row.id == "a/1" && row.name == "a/1" && row.line == 1 && row.row == 0)
        #expect(row.prompt == .text("a \"fox\"") && row.negativePrompt == .text("blur"))
        #expect(row.seed == 7 && row.count == 3 && row.tokenLimit == 9 && row.model == "m")
        #expect(row.size == PromptRow.Size(width: 128, height: 64) && row.quality == .high)
        #expect(row.facts == #"{"b":[1,"x y"],"a":null}"#)
        let expected = SamplingSettings(
            temperature: 0.5, temperatureByRow: [1, 0.25], topK: 4, topP: 0.9, minP: 0.1, alikeMinP: 0.2,
            typicalP: 0.8, epsilonCutoff: 0.01, etaCutoff: 0.002, topNSigma: 1.5, repetitionPenalty: 1.25,
            repetitionWindow: 2,
            guidanceScale: 4, guidanceSchedule: .cosine, guidanceStart: 2, guidanceInterval: 3...8,
            decode: .jacobi, window: 5, bestOf: 3)
        #expect(row.sampling.applied(to: SamplingSettings()) == expected)
    }

    @Test func promptsOfOtherKinds() throws {
        #expect(try row(#"{"class": 207}"#).prompt == .label(207))
        #expect(try row(#"{"prompt_tokens": [1, 2, 3]}"#).prompt == .tokens([1, 2, 3]))
        #expect(try row(#"{"prompt": "a", "negative_prompt_tokens": [9]}"#).negativePrompt == .tokens([9]))
    }

    @Test func absentNullAndAutoAreTheSame() throws {
        let row = try row(
            #"{"prompt": "a", "id": null, "seed": null, "size": "auto", "quality": "auto", "class": null, "negative_prompt": ""}"#
        )
        #expect(row.id == nil && row.seed == nil && row.size == nil && row.quality == nil && row.negativePrompt == nil)
    }

    @Test(arguments: [0, 1, 4_294_967_296, 9_007_199_254_740_993, UInt64.max])
    func seedsAreExact(seed: UInt64) throws {
        #expect(try row(#"{"prompt": "a", "seed": \#(seed)}"#).seed == seed)
    }

    @Test func escapesAndSpacesAreJSON() throws {
        let row = try row("\t { \"prompt\" : \"\\u72d0 \\ud83e\\udd8a\\n\\/\" , \"facts\" : \"a \\\" b\" } \r")
        #expect(row.prompt == .text("狐 \u{1F98A}\n/") && row.facts == "\"a \\\" b\"")
    }

    @Test func blankLinesAreNoRows() throws {
        let file = try fixture.file("\n{\"prompt\": \"a\"}\r\n  \n{\"prompt\": \"b\"}\n\n", "a.jsonl")
        #expect(file.rows.map(\.line) == [2, 4] && file.rows.map(\.row) == [0, 1])
    }

    // MARK: - What is wrong

    @Test(arguments: [
        (#"{"prompt": "a", "sead": 1}"#, #"unknown key "sead"; did you mean "seed"?"#),
        (#"{"prompt": "a", "cfg-scale": 1}"#, #"unknown key "cfg-scale"; did you mean "guidance_scale"?"#),
        (#"{"prompt": "a", "n": 1}"#, #"unknown key "n"; did you mean "count"?"#),
        (#"{"Prompt": "a"}"#, #"unknown key "Prompt"; did you mean "prompt"?"#),
        (#"{"prompt": "a", "sampler": "k"}"#, #"unknown key "sampler""#),
        (#"{"prompt": "a", "seed": 1, "seed": 1}"#, #"the key "seed" stands in the object twice"#),
        (#"{"prompt": "a", "se\u0065d": 1, "seed": 1}"#, #"the key "seed" stands in the object twice"#),
        (#"{"prompt": ""}"#, #""prompt" is empty"#),
        (#"{"prompt": " \n"}"#, #""prompt" is empty"#),
        (#"{"prompt": 3}"#, #""prompt" must be a text, got 3"#),
        (#"{"prompt": ["a"]}"#, #""prompt" must be a text, got ["a"]"#),
        (#"{"seed": 3}"#, #"has no prompt: give one of "prompt", "class", "prompt_tokens""#),
        (#"{"prompt": null}"#, #"has no prompt: give one of "prompt", "class", "prompt_tokens""#),
        (#"{"prompt": "a", "class": 3}"#, #"has "prompt" and "class": give one of them"#),
        (
            #"{"prompt": "a", "negative_prompt": "b", "negative_prompt_tokens": [1]}"#,
            #"has "negative_prompt" and "negative_prompt_tokens": give one of them"#
        ),
        (#"["a"]"#, #"must be a JSON object, got ["a"]"#),
        ("null", "must be a JSON object, got null"),
        ("a fox", "is not valid JSON at byte 2"),
        (#"{"prompt": "a"} x"#, "is not valid JSON at byte 17"),
        (#"{"prompt": "a""#, "is not valid JSON at byte 15"),
        (#"{"prompt": "a", "top_p": NaN}"#, "is not valid JSON at byte 26"),
        (#"{"prompt": "a", "top_p": 0x1}"#, "is not valid JSON at byte 29"),
        (#"{"prompt": "\ud800"}"#, "is not valid JSON at byte 19"),
    ])
    func rowsThatAreWrong(text: String, expected: String) throws {
        #expect(try fixture.problems(text, "a.jsonl") == ["a.jsonl:1: " + expected])
    }

    @Test(arguments: [
        ("seed", "18446744073709551616", "a whole number from 0 to 18446744073709551615"),
        ("seed", "-1", "a whole number from 0 to 18446744073709551615"),
        ("seed", "1.0", "a whole number from 0 to 18446744073709551615"),
        ("seed", "1e3", "a whole number from 0 to 18446744073709551615"),
        ("seed", "\"1\"", "a whole number from 0 to 18446744073709551615"),
        ("seed", "true", "a whole number from 0 to 18446744073709551615"),
        ("count", "0", "a whole number from 1 to 1000000"),
        ("count", "1000001", "a whole number from 1 to 1000000"),
        ("count", "2.5", "a whole number from 1 to 1000000"),
        ("tokens", "0", "a whole number of 1 or more"),
        ("top_k", "-1", "a whole number of 0 or more"),
        ("top_k", "99999999999999999999", "a whole number of 0 or more"),
        ("temperature", "\"1\"", "a number"),
        ("temperature", "1e39", "a number"),
        ("temperature", "1e-60", "a number"),
        ("temperature_by_row", "1", "a list of numbers"),
        ("temperature_by_row", "[1,\"2\"]", "a list of numbers"),
        ("guidance_interval", "[1]", "the numbers of the first and the last token, from 0"),
        ("guidance_interval", "[2,1]", "the numbers of the first and the last token, from 0"),
        ("guidance_interval", "[-1,1]", "the numbers of the first and the last token, from 0"),
        ("guidance_schedule", "\"sine\"", "one of constant, linear, cosine"),
        ("size", "\"128\"", "WIDTHxHEIGHT in pixels, such as \"128x128\", or \"auto\""),
        ("size", "\"0x9\"", "WIDTHxHEIGHT in pixels, such as \"128x128\", or \"auto\""),
        ("size", "\"-1x9\"", "WIDTHxHEIGHT in pixels, such as \"128x128\", or \"auto\""),
        ("size", "\"99999999999999999999x1\"", "WIDTHxHEIGHT in pixels, such as \"128x128\", or \"auto\""),
        ("size", "128", "WIDTHxHEIGHT in pixels, or \"auto\""),
        ("quality", "\"hd\"", "one of low, medium, high, auto"),
        ("negative_prompt_tokens", "[]", "a list of ids of 0 or more"),
        ("negative_prompt_tokens", "[1,-2]", "a list of ids of 0 or more"),
        ("id", "5", "a text"),
    ])
    func valuesThatAreWrong(key: String, value: String, what: String) throws {
        #expect(
            try fixture.problems(#"{"prompt": "a", "\#(key)": \#(value)}"#, "a.jsonl") == [
                "a.jsonl:1: \"\(key)\" must be \(what), got \(value)"
            ])
    }

    @Test(arguments: [
        (#""temperature": -1"#, "temperature must be finite and at least 0.00001, got -1.0"),
        (#""top_p": 2"#, "top-p must be in (0, 1], got 2.0"),
        (#""guidance_scale": -1"#, "guidance scale must be finite and 0 or more, got -1.0"),
    ])
    func settingsOutsideOfTheirRange(member: String, expected: String) throws {
        #expect(try fixture.problems(#"{"prompt": "a", \#(member)}"#, "a.jsonl") == ["a.jsonl:1: \(expected)"])
    }

    @Test func longValuesAreCutAndShownOnOneLine() throws {
        let long = String(repeating: "狐", count: 100)
        #expect(
            try fixture.problems(#"{"prompt": "a", "quality": "\#(long)"}"#, "a.jsonl") == [
                "a.jsonl:1: \"quality\" must be one of low, medium, high, auto, got \"\(long.prefix(59))..."
            ])
        #expect(
            try fixture.problems(#"{"prompt": "a", "x\ny\u2028\u202e": 1}"#, "a.jsonl") == [
                #"a.jsonl:1: unknown key "x\u{a}y\u{2028}\u{202e}""#
            ])
    }

    @Test(.timeLimit(.minutes(1))) func deepNestingIsAnErrorAndNoCrash() throws {
        for open in ["[", #"{"a":"#] {
            let bomb = String(repeating: open, count: 200_000)
            let problems = try fixture.problems(#"{"prompt": "a", "facts": \#(bomb)"#, "a.jsonl")
            #expect(problems.count == 1 && problems[0].hasPrefix("a.jsonl:1: is not valid JSON at byte "))
        }
        let deepest = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(try row(#"{"prompt": "a", "facts": \#(deepest)}"#).facts == deepest)
    }

    @Test func aLineOfTenMegabytesIsNotShown() throws {
        let bytes = Array(#"{"prompt": ""#.utf8) + [UInt8](repeating: 0x78, count: 10_000_000)
        #expect(
            try fixture.problems(bytes, "a.jsonl") == ["a.jsonl:1: the line has 10000012 bytes; the most is 1048576"])
    }
}
