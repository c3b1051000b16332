// Prompt files in the form of the OpenAI Batch API.

import Testing
import Weft

@Suite struct BatchPromptTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    private func line(_ body: String, rest: String = "") -> String {
        #"{"custom_id": "r1", "method": "POST", "url": "/v1/images/generations", "body": {\#(body)}\#(rest)}"#
    }

    @Test func aBatchLineIsARow() throws {
        let text = line(
            #""prompt": "a fox", "n": 2, "size": "64x64", "quality": "low", "model": "weft-mini", "user": "u", "seed": 5, "top_k": 3"#
        )
        let file = try fixture.file(text, "a.jsonl")
        #expect(
            file.rows.map(\.json) == [
                #"{"count":2,"id":"r1","model":"weft-mini","prompt":"a fox","quality":"low","seed":5,"size":"64x64","top_k":3}"#
            ])
    }

    @Test func whatChangesNothingIsAccepted() throws {
        let text = line(
            """
            "prompt": "a", "output_format": "png", "background": "opaque", "moderation": "auto", "stream": false, \
            "partial_images": 0, "size": "auto", "quality": "auto", "n": null, "user": null, "style": null
            """)
        #expect(try fixture.file(text, "a.jsonl").rows.map(\.json) == [#"{"id":"r1","prompt":"a"}"#])
    }

    @Test(arguments: [
        (#""response_format": "b64_json""#, #""response_format" cannot be done: leave it out"#),
        (#""style": "vivid""#, #""style" cannot be done: leave it out"#),
        (#""output_compression": 50"#, #""output_compression" cannot be done: leave it out"#),
        (#""output_format": "webp""#, #""output_format" "webp" cannot be done; it can only be png"#),
        (#""background": "transparent""#, #""background" "transparent" cannot be done; it can only be auto or opaque"#),
        (#""stream": true"#, #""stream" true cannot be done; it can only be false"#),
        (#""partial_images": 2"#, #""partial_images" 2 cannot be done; it can only be 0"#),
        (#""count": 2"#, #"unknown key "count"; did you mean "n"?"#),
        (#""qualty": "low""#, #"unknown key "qualty"; did you mean "quality"?"#),
        (#""user": 3"#, #""user" must be a text, got 3"#),
        (#""n": 0"#, #""n" must be a whole number from 1 to 1000000, got 0"#),
        (#""n": 1, "n": 1"#, #"the key "n" stands in the object twice"#),
    ])
    func whatCannotBeDoneIsNamed(member: String, expected: String) throws {
        #expect(try fixture.problems(line(#""prompt": "a", \#(member)"#), "a.jsonl") == ["a.jsonl:1: \(expected)"])
    }

    @Test(arguments: [
        (#"{"custom_id": "a", "prompt": "a"}"#, #"a line of a batch needs "method""#),
        (
            #"{"custom_id": "a", "method": "GET", "url": "/v1/images/generations", "body": {"prompt": "a"}}"#,
            #""method" "GET" cannot be done; it can only be POST"#
        ),
        (
            #"{"custom_id": "a", "method": "POST", "url": "/v1/images/edits", "body": {"prompt": "a"}}"#,
            #""url" "/v1/images/edits" cannot be done; it can only be /v1/images/generations"#
        ),
        (
            #"{"custom_id": "a", "method": "POST", "url": "/v1/images/generations", "body": "a"}"#,
            #""body" must be an object, got "a""#
        ),
        (
            #"{"custom_id": "", "method": "POST", "url": "/v1/images/generations", "body": {"prompt": "a"}}"#,
            #""custom_id" is empty"#
        ),
    ])
    func linesThatAreNoRequests(text: String, expected: String) throws {
        #expect(try fixture.problems(text, "a.jsonl") == ["a.jsonl:1: \(expected)"])
    }

    @Test func keysBesideABatchAreErrors() throws {
        #expect(
            try fixture.problems(line(#""prompt": "a""#, rest: #", "seed": 1"#), "a.jsonl") == [
                #"a.jsonl:1: unknown key "seed""#
            ])
    }

    @Test func aBatchAndShortLinesMayStandInOneFile() throws {
        let file = try fixture.file(line(#""prompt": "a""#) + "\n{\"prompt\": \"b\"}\n", "a.jsonl")
        #expect(file.rows.map(\.name) == ["r1", "row-1"])
    }
}
