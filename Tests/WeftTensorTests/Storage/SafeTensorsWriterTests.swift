// What is written can be read again, rounded as it should be, or nothing is written.

import Foundation
import Testing
import WeftTensor

@Suite struct SafeTensorsWriterTests {
    private typealias Item = SafeTensorsWriter.Item

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "weft-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func item(_ name: String, _ dtype: DType, _ floats: [Float]) -> Item {
        Item(name: name, dtype: dtype, shape: [floats.count]) {
            Tensor(name: name, shape: [floats.count], floats: floats)
        }
    }

    @Test func writesWhatCanBeRead() throws {
        try inFolder { folder in
            let path = folder + "/a.safetensors"
            let source = try SafeTensors(path: fixturePath("storage"))
            let bf16 = try #require(source["bf16"])
            var written: [Int] = []
            try SafeTensorsWriter.write(
                [
                    item("z", .float32, [1, -2, .nan]), item("a \"quoted\"\n", .float32, [7]),
                    Item(name: "bf16", dtype: .bfloat16, shape: [2, 2]) { bf16 },
                    Item(name: "empty", dtype: .float16, shape: [0, 3]) { Tensor(name: "", shape: [0], floats: []) },
                ], metadata: ["b": "1\t2", "a": "é"], to: path
            ) { done, total in
                written.append(done)
                #expect(total == 24)
            }
            let file = try SafeTensors(path: path)
            #expect(file.names == ["a \"quoted\"\n", "bf16", "empty", "z"])
            #expect(file.metadata == ["b": "1\t2", "a": "é"])
            #expect(file["z"]?.floats().prefix(2) == [1, -2])
            #expect(file["z"]?.floats().last?.isNaN == true)
            #expect(file["bf16"]?.floats() == bf16.floats())
            #expect(file["bf16"]?.shape == [2, 2])
            #expect(try #require(file.bytes(of: "a \"quoted\"\n")).lowerBound % 8 == 0)
            #expect(written.last == 24)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.safetensors"])
        }
    }

    @Test func roundsToNearestTiesToEven() throws {
        try inFolder { folder in
            let path = folder + "/a.safetensors"
            let halves: [Float] = [
                1 + 0x1p-11, 1 + 0x3p-11, 65519, 0x1p-25, 0x3p-25, 0x1.8p-24, -0x1p-30, -.infinity, .nan,
            ]
            let brains: [Float] = [1 + 0x1p-8, 1 + 0x3p-8, 1 + 0x1.01p-8, -0x1p-130, .infinity, .nan]
            try SafeTensorsWriter.write([item("f16", .float16, halves), item("bf16", .bfloat16, brains)], to: path)
            let file = try SafeTensors(path: path)
            let rounded: [Float] = [1, 1 + 0x1p-9, 65504, 0, 0x1p-23, 0x1p-23, -0.0, -.infinity, .nan]
            #expect(file["f16"]?.floats().map { "\($0)" } == rounded.map { "\($0)" })
            let roundedBrains: [Float] = [1, 1 + 0x1p-6, 1 + 0x1p-7, -0x1p-130, .infinity, .nan]
            #expect(file["bf16"]?.floats().map { "\($0)" } == roundedBrains.map { "\($0)" })
        }
    }

    #if !(os(macOS) && arch(x86_64))
        @Test func halvesAgreeWithTheCompiler() throws {
            try inFolder { folder in
                var state: UInt32 = 1
                let floats = (0..<300_000).map { _ -> Float in
                    state = state &* 1_664_525 &+ 1_013_904_223
                    // From below the smallest half to almost the largest.
                    let exponent: UInt32 = 98 + (state >> 8) % 44
                    let fraction: UInt32 = state & 0x807f_ffff
                    return Float(bitPattern: fraction | exponent << 23)
                }
                let path = folder + "/a.safetensors"
                try SafeTensorsWriter.write([item("a", .float16, floats)], to: path)
                let read = try #require(try SafeTensors(path: path)["a"]).floats()
                let expected = floats.map { Float(Float16($0)).bitPattern }
                #expect(read.map(\.bitPattern) == expected)
            }
        }
    #endif

    @Test func leavesNothingBehind() throws {
        struct Stop: Error {}
        try inFolder { folder in
            let path = folder + "/a.safetensors"
            func refusal(_ items: [Item]) throws -> String {
                do {
                    try SafeTensorsWriter.write(items, to: path)
                    return "written"
                } catch let error as WeightsError {
                    return error.description
                }
            }
            #expect(
                try refusal([item("ok", .float32, [1]), item("w", .float16, [1, 65520])])
                    == "\(path): tensor \"w\": has a number that is too large for F16")
            #expect(try refusal([item("w", .bfloat16, [-.greatestFiniteMagnitude])]).contains("too large for BF16"))
            #expect(
                try refusal([item("w", .float32, [1]), item("w", .float32, [2])]).contains("\"w\": is there twice"))
            let wrong = Item(name: "w", dtype: .float32, shape: [3]) { Tensor(name: "w", shape: [2], floats: [1, 2]) }
            #expect(try refusal([wrong]).contains("has the shape [2], not [3]"))
            let large = Item(name: "w", dtype: .float32, shape: [.max, 2]) { throw Stop() }
            #expect(try refusal([large]).contains("cannot have this name or the shape"))
            #expect(throws: Stop.self) {
                try SafeTensorsWriter.write([item("w", .float32, [1])], to: path) { _, _ in throw Stop() }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
            let missing = try #require(throws: WeightsError.self) {
                try SafeTensorsWriter.write([], to: folder + "/no/a.safetensors")
            }
            #expect(missing.reason == "cannot be written: No such file or directory")
            #expect(throws: WeightsError.self) { try SafeTensorsWriter.write([], to: folder) }
        }
    }
}
