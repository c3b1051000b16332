// Reading good safetensors files, and refusing broken ones.

import Foundation
import Testing
import WeftTensor

@Suite struct SafeTensorsTests {
    @Test func readsWhatTheLibraryWrote() throws {
        let file = try SafeTensors(path: fixturePath("storage"))
        #expect(file.names == ["bf16", "empty", "f16", "f32", "i64", "scalar"])
        #expect(file.metadata == ["format": "pt", "made by": "safetensors"])
        #expect(file["f32"]?.floats() == [1, -2.5, 3.25, 0x1p-140, 65504, 0.1])
        #expect(file["f32"]?.shape == [2, 3])
        #expect(file["bf16"]?.floats() == [1, -2.5, 3.00405527e38, 0.10009765625])
        #expect(file["f16"]?.floats() == [1, -2.5, 65504, 0x1p-24, 0.0999755859375])
        #expect(file["scalar"]?.floats() == [7])
        #expect(file["scalar"]?.shape == [])
        #expect(file["empty"]?.floats() == [])
    }

    @Test func listsTensorsOfOtherDtypesWithoutHandingThemOut() throws {
        let file = try SafeTensors(path: fixturePath("storage"))
        let entry = try #require(file.entries.first { $0.name == "i64" })
        #expect(entry.dtype == "I64")
        #expect(entry.shape == [3])
        #expect(entry.byteCount == 24)
        #expect(file["i64"] == nil)
        #expect(file["absent"] == nil)
    }

    @Test func aTensorOutlivesTheFileValue() throws {
        var file: SafeTensors? = try SafeTensors(path: fixturePath("storage"))
        let tensor = file?["f32"]
        file = nil
        #expect(tensor?.floats().first == 1)
    }

    /// A broken header with 8 bytes of data behind it, and what the error must say.
    struct Broken: Sendable, CustomTestStringConvertible {
        let header: String
        let says: String
        var testDescription: String { says }
    }

    @Test(arguments: [
        Broken(header: "[1, 2]", says: "the header is not a JSON object"),
        Broken(header: #"{"a":{"#, says: "the header is not a JSON object"),
        Broken(header: "", says: "the header is not a JSON object"),
        Broken(header: #"{"a":{"dtype":"F32","shape":[2]}}"#, says: "tensor \"a\": dtype, shape and data_offsets"),
        Broken(header: entry("F32", "[1.5]", "[0,8]"), says: "tensor \"a\": dtype, shape and data_offsets"),
        Broken(header: entry("F32", "[1e99]", "[0,8]"), says: "tensor \"a\": dtype, shape and data_offsets"),
        Broken(header: entry("F32", #"["2"]"#, "[0,8]"), says: "tensor \"a\": dtype, shape and data_offsets"),
        Broken(header: #"{"__metadata__":{"a":1}}"#, says: "tensor \"__metadata__\": should hold text"),
        Broken(header: entry("F31", "[2]", "[0,8]"), says: "tensor \"a\": unknown dtype \"F31\""),
        Broken(header: entry("F32", "[-2]", "[0,8]"), says: "tensor \"a\": the shape [-2] has a negative dimension"),
        Broken(header: entry("F32", "[4294967296,4294967296]", "[0,8]"), says: "is too large"),
        Broken(header: entry("F32", "[3]", "[0,8]"), says: "tensor \"a\": 8 bytes, but F32 of shape [3] takes 12"),
        Broken(header: entry("F32", "[3]", "[0,12]"), says: "tensor \"a\": data_offsets [0, 12] lie outside of the 8"),
        Broken(header: entry("F32", "[2]", "[-8,0]"), says: "tensor \"a\": data_offsets are not a range: [-8, 0]"),
        Broken(header: entry("F32", "[2]", "[8,0]"), says: "tensor \"a\": data_offsets are not a range: [8, 0]"),
        Broken(header: entry("F32", "[2]", "[8]"), says: "tensor \"a\": data_offsets should be two numbers: [8]"),
        Broken(header: entry("F32", "[1]", "[0,4]"), says: "4 bytes at the end belong to no tensor"),
        Broken(header: entry("F32", "[1]", "[4,8]"), says: "tensor \"a\": 4 bytes before it belong to no tensor"),
        Broken(header: "{}", says: "8 bytes at the end belong to no tensor"),
        Broken(
            header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
                + #""b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            says: "tensor \"b\": overlaps the tensor before it"),
    ])
    func refuses(_ broken: Broken) throws {
        let file = try SafeTensorsFile(header: broken.header, data: [UInt8](repeating: 1, count: 8))
        let error = try #require(throws: WeightsError.self) { try SafeTensors(path: file.path) }
        #expect(error.description.hasPrefix(file.path + ": "))
        #expect(error.description.contains(broken.says), "\(error)")
        #expect(!error.description.contains("\n"))
    }

    @Test func refusesHeaderLengthsBeyondTheFile() throws {
        let good = entry("F32", "[2]", "[0,8]")
        for length in [UInt64(good.utf8.count + 9), 1 << 40, .max, 1 << 63] {
            let file = try SafeTensorsFile(header: good, length: length, data: [UInt8](repeating: 1, count: 8))
            let error = try #require(throws: WeightsError.self) { try SafeTensors(path: file.path) }
            #expect(error.reason.hasPrefix("the header should have \(length) bytes"))
        }
    }

    @Test func refusesEveryCutOffFile() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: fixturePath("storage")))
        for length in 0..<whole.count {
            let file = try SafeTensorsFile(bytes: whole.prefix(length))
            #expect(throws: WeightsError.self, "\(length) bytes") { try SafeTensors(path: file.path) }
        }
    }

    @Test func refusesWhatIsNotAFile() throws {
        let missing = try #require(throws: WeightsError.self) { try SafeTensors(path: "/nonexistent/a.safetensors") }
        #expect(missing.description == "/nonexistent/a.safetensors: cannot be opened: No such file or directory")
        let folder = try #require(throws: WeightsError.self) { try SafeTensors(path: NSTemporaryDirectory()) }
        #expect(folder.reason == "is not a file")
    }

    private static let good = #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#
    private static let empty = #"{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#
    private static let hostile: [Broken] = [
        Broken(header: #"{"a":\#(good),"a":\#(empty)}"#, says: "tensor \"a\": is there twice"),
        Broken(header: #"{"\u0061":\#(empty),"a":\#(good)}"#, says: "tensor \"a\": is there twice"),
        Broken(header: #"{"é":\#(empty),"e\u0301":\#(good)}"#, says: "is there twice"),
        Broken(header: #"{"a":\#(good)} x"#, says: "the header is not a JSON object"),
        Broken(header: #"{"a":\#(good),}"#, says: "the header is not a JSON object"),
        Broken(header: #"{"\ud800":\#(good)}"#, says: "the header is not a JSON object"),
        Broken(header: #"{"a":{"x":01}}"#, says: "the header is not a JSON object"),
        Broken(header: #"{"a":{"x":nothing}}"#, says: "the header is not a JSON object"),
        Broken(header: #"{"a\nb":[]}"#, says: "tensor \"a?b\": dtype, shape and data_offsets"),
        Broken(header: entry("F32", "[1e999]", "[0,8]"), says: "tensor \"a\": dtype, shape and data_offsets"),
        Broken(header: entry("F32", "[99999999999999999999]", "[0,8]"), says: "dtype, shape and data_offsets"),
        Broken(header: entry("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]"), says: "shape has more than 8 numbers"),
        Broken(header: entry("F32", "[2]", "[9223372036854775807,0]"), says: "data_offsets are not a range"),
        Broken(header: String(repeating: "[", count: 1_000_000), says: "the header is not a JSON object"),
        Broken(header: #"{"a":"# + String(repeating: "[", count: 1_000_000), says: "dtype, shape and data_offsets"),
        Broken(header: #"{"a":{"x":"# + String(repeating: "[", count: 1_000_000), says: "is not a JSON object"),
        Broken(header: #"{"a":{"x":"# + String(repeating: #"{"x":"#, count: 100_000), says: "is not a JSON object"),
    ]

    @Test(arguments: hostile)
    func refusesHostileHeaders(_ broken: Broken) throws { try refuses(broken) }

    @Test func readsEscapesAndSkipsUnknownMembers() throws {
        let skipped = #""x":[{"y":[1.5e-3,true,null,"z"]},{}],"#
        let header = #"{"\u00e9\ud83d\ude00\/\"":{\#(skipped)"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  "#
        let bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { [UInt8]($0) }
        let data = [UInt8](repeating: 0, count: 8)
        let file = try SafeTensors(bytes: bytes + Array(header.utf8) + data, path: "x")
        #expect(file.names == ["é😀/\""])
    }

    @Test func refusesLargeHeaders() throws {
        let length = 1 << 24
        let bytes = withUnsafeBytes(of: UInt64(length).littleEndian) { [UInt8]($0) }
        let error = try #require(throws: WeightsError.self) {
            try SafeTensors(bytes: bytes + [UInt8](repeating: 0x5b, count: length), path: "x")
        }
        #expect(error.reason == "the header has 16777216 bytes, more than 8388608")
    }
}

private func entry(_ dtype: String, _ shape: String, _ offsets: String) -> String {
    #"{"a":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
}
