// Files that say the same have the same rows in normal form.

import Testing
import Weft

@Suite struct PromptNormalFormTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    @Test func textJSONAndCSVThatSayTheSameHaveOneHash() throws {
        let texts = [
            ("a.txt", "# c\na \"fox\", red\n\nb\n"),
            ("b.txt", "a \"fox\", red\r\nb"),
            (
                "a.jsonl",
                "{\"prompt\": \"a \\\"fox\\\", red\"}\n{\"seed\": null, \"prompt\": \"\\u0062\", \"count\": 1}\n"
            ),
            ("a.csv", "prompt,seed\n\"a \"\"fox\"\", red\",\nb,\n"),
        ]
        let files = try texts.map { try fixture.file($1, $0) }
        for file in files {
            #expect(file.rows.map(\.json) == [#"{"prompt":"a \"fox\", red"}"#, #"{"prompt":"b"}"#])
            #expect(file.sha256 == files[0].sha256)
        }
        // printf '{"prompt":"a \\"fox\\", red"}\n{"prompt":"b"}\n' | sha256sum
        #expect(files[0].sha256 == "743dba28adef9302d138b03e3209a31891fefe9d5cf644a2505317de7fa7c567")
    }

    @Test func numbersAreWrittenInOneWay() throws {
        let first = try fixture.file(#"{"prompt": "a", "temperature": 0.90, "top_p": 1.0, "min_p": 0e0}"#, "a.jsonl")
        let second = try fixture.file("prompt,min_p,temperature,top_p\na,-0.0,9e-1,1\n", "a.csv")
        #expect(first.rows.map(\.json) == [#"{"min_p":0,"prompt":"a","temperature":0.9,"top_p":1}"#])
        #expect(second.rows.map(\.json) == [#"{"min_p":0,"prompt":"a","temperature":0.9,"top_p":1}"#])
    }

    @Test func everyKeySaysSomething() throws {
        let members = [
            #""id": "a""#, #""seed": 1"#, #""size": "8x8""#, #""quality": "low""#, #""count": 2"#, #""tokens": 3"#,
            #""negative_prompt": "b""#, #""negative_prompt_tokens": [1]"#, #""model": "m""#, #""facts": [1]"#,
            #""temperature": 1"#, #""temperature_by_row": [1]"#, #""top_k": 0"#, #""top_p": 1"#, #""min_p": 0"#,
            #""alike_min_p": 0"#, #""typical_p": 1"#, #""epsilon_cutoff": 0"#, #""eta_cutoff": 0"#,
            #""top_n_sigma": 0"#,
            #""repetition_penalty": 1"#, #""repetition_window": 1"#, #""guidance_scale": 1"#,
            #""guidance_schedule": "constant""#, #""guidance_start": 1"#, #""guidance_interval": [0, 1]"#,
        ]
        var hashes: Set<String> = [try fixture.file(#"{"prompt": "a"}"#, "a.jsonl").sha256]
        for member in members {
            let file = try fixture.file(#"{"prompt": "a", \#(member)}"#, "a.jsonl")
            #expect(hashes.insert(file.sha256).inserted, "\(member)")
        }
        for prompt in [#""class": 1"#, #""prompt_tokens": [1]"#] {
            #expect(hashes.insert(try fixture.file("{\(prompt)}", "a.jsonl").sha256).inserted)
        }
        #expect(hashes.count == 29)
    }

    @Test func theNormalFormIsReadAsTheSameRows() throws {
        let text = #"""
            {"prompt": "a\u0001\u001f\b\f\n\r\t\"\\/é\u2028狐", "id": "x\"y", "seed": 18446744073709551615, "size": "9X8"}
            {"class": 0, "negative_prompt_tokens": [0, 7], "facts": {"b": "c \" d", "a": [true, null, 1.50]}, "top_k": 7}
            {"prompt_tokens": [5], "temperature_by_row": [1.0, 0.1, 3.4e38], "guidance_interval": [0, 9], "count": 5}
            """#
        let file = try fixture.file(text, "a.jsonl")
        let again = try fixture.file(file.rows.map(\.json).joined(separator: "\n"), "b.jsonl")
        #expect(again.rows == file.rows && again.sha256 == file.sha256)
        #expect(again.rows.map(\.json) == file.rows.map(\.json))
        #expect(file.rows[0].json.hasPrefix(#"{"id":"x\"y","prompt":"a\u0001\u001f\b\f\n\r\t\"\\/é"#))
        #expect(
            file.rows[1].json
                == #"{"class":0,"facts":{"b":"c \" d","a":[true,null,1.50]},"negative_prompt_tokens":[0,7],"top_k":7}"#)
    }
}
