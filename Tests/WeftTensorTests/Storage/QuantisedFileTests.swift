// Quantised matrices in files: what is written is mapped as it is, and damage is said.

import Foundation
import Testing

@testable import WeftTensor

@Suite struct QuantisedFileTests {
    private let pool = ThreadPool(threadCount: 2)

    private func withFile(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "weft-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func weight(_ shape: [Int], _ name: String = "w") -> Tensor {
        let count = shape.reduce(1, *)
        return Tensor(name: name, shape: shape, floats: (0..<count).map { Float(($0 * 7919) % 257) / 128 - 1 })
    }

    private func bytes(_ matrix: QuantisedMatrix) -> [[UInt8]] { matrix.withBytes { [[UInt8]($0), [UInt8]($1)] } }

    @Test func whatIsWrittenIsMapped() throws {
        try withFile { path in
            let shapes: [(String, Quantisation, [Int])] = [
                ("a", .q8, [48, 130]), ("b", .q4, [17, 40]), ("c", .q8, [3, 32, 64]), ("d", .q4, [1, 1]),
            ]
            var items = shapes.map { name, kind, shape in
                SafeTensorsWriter.Item(name: name, format: .quantised(kind), shape: shape) { weight(shape) }
            }
            items.append(.init(name: "A", dtype: .float32, shape: [3]) { weight([3]) })
            try SafeTensorsWriter.write(items, to: path, pool: pool)
            let file = try SafeTensors(path: path)
            #expect(file.names == ["A", "a", "b", "c", "d"])
            #expect(file["A"]?.floats() == weight([3]).floats())
            for (name, kind, shape) in shapes {
                let entry = try #require(file.entry(name))
                #expect(entry.dtype == kind.rawValue.uppercased() && entry.shape == shape)
                #expect(file[name] == nil)
                let stored = try #require(file.quantised(name))
                #expect(bytes(stored) == bytes(try QuantisedMatrix(weight(shape), as: kind, pool: pool)))
                #expect(try #require(file.bytes(of: name)).lowerBound % 64 == 0, "\(name)")
            }
        }
    }

    /// A tensor that holds several layers, one after the other, as fused projections and stacks of experts do.
    @Test func layersAreTakenOutOfStoredMatrices() throws {
        try withFile { path in
            try SafeTensorsWriter.write(
                [.init(name: "stack", format: .quantised(.q8), shape: [2, 48, 70]) { weight([2, 48, 70]) }], to: path)
            let file = try SafeTensors(path: path)
            let x = (0..<70).map { Float($0 % 13) - 6 }
            func outputs(_ layers: [Linear]) -> [UInt32] {
                layers.flatMap { layer in
                    var y = [Float](repeating: .nan, count: layer.outputs)
                    layer.apply(x, rows: 1, to: &y, pool: pool)
                    return y.map(\.bitPattern)
                }
            }
            func take(_ parts: [Int], _ names: TensorNames = .prefixed(), rows: Int = 2) throws -> [Linear] {
                let reader = TensorReader([file], names: names, format: .quantised(.q8))
                let layers = try reader.takeMatrix("stack", shape: [rows, 48, 70], parts: parts)
                try reader.finish()
                return layers
            }
            let whole = outputs(try take([96]))
            #expect(Set(whole).count > 40)
            #expect(outputs(try take([16, 32, 48])) == whole)
            let second = TensorNames { TensorPlace($0, part: .rows(1..<2, total: 2)) }
            #expect(outputs(try take([48], second, rows: 1))[...] == whole[48...])
            // The same as quantising when it is loaded.
            let plain = Linear(try QuantisedMatrix(weight([2, 48, 70]), as: .q8, pool: pool))
            #expect(outputs([plain]) == whole)
            expect("\(path): tensor \"stack\": is stored as q8, but a layer begins at its output 24") {
                _ = try take([24, 72])
            }
        }
    }

    /// Every weight comes back with an error below half a step of q8 and a whole one of q4, in any format, in parts too.
    @Test(arguments: [(Quantisation.q8, Float(0.5) / 127), (.q4, 1 / 7)])
    func otherFormatsAreMadeOfWhatIsStored(_ kind: Quantisation, largest: Float) throws {
        try withFile { path in
            let source = weight([2, 32, 70], "stack")
            try SafeTensorsWriter.write(
                [.init(name: "stack", format: .quantised(kind), shape: [2, 32, 70]) { source }], to: path)
            let file = try SafeTensors(path: path)
            let weights = try #require(file.quantised("stack")).dequantised()
            #expect(weights.shape == [64, 70])
            let errors = zip(weights.floats(), source.floats()).map { abs($0 - $1) }
            #expect(errors.count == 64 * 70)
            #expect(errors.max() ?? 1 < largest * 1.01 && errors.contains { $0 > 0 })
            let x = (0..<70).map { Float($0 % 13) - 6 }
            func outputs(_ layer: Linear) -> [Float] {
                var y = [Float](repeating: .nan, count: layer.outputs)
                layer.apply(x, rows: 1, to: &y, pool: pool)
                return y
            }
            for dtype in DType.allCases {
                let reader = TensorReader([file], format: .plain(dtype))
                let layers = try reader.takeMatrix("stack", shape: [2, 32, 70], parts: [16, 48])
                try reader.finish()
                let whole = outputs(Linear(try #require(weights.converted(to: dtype))))
                #expect(layers.flatMap(outputs) == whole && !layers[0].isQuantised)
            }
            let other: Quantisation = kind == .q8 ? .q4 : .q8
            let layer = try TensorReader([file], format: .quantised(other))
                .takeMatrix("stack", shape: [2, 32, 70], parts: [64])[0]
            #expect(outputs(layer) == outputs(Linear(try QuantisedMatrix(weights, as: other, pool: pool))))
        }
    }

    @Test func otherUsesAreErrors() throws {
        try withFile { path in
            try SafeTensorsWriter.write(
                [.init(name: "w", format: .quantised(.q4), shape: [16, 32]) { weight([16, 32]) }], to: path)
            let file = try SafeTensors(path: path)
            expect("\(path): tensor \"w\": has the dtype Q4 instead of one of F32, BF16, F16") {
                _ = try TensorReader([file]).take("w", shape: [16, 32])
            }
            expect("\(path): tensor \"w\": has the shape [16, 32] instead of [32, 32]") {
                _ = try TensorReader([file]).takeMatrix("w", shape: [32, 32], parts: [32])
            }
        }
    }

    @Test func weightsThatDoNotFitAFormatAreErrors() throws {
        for (value, kind, reason) in [
            (Float.nan, Quantisation.q8, "has a number that is not finite, which q8 cannot hold"),
            (3e38, .q4, "has a number that is too large for q4"),
        ] {
            var floats = weight([20, 40]).floats()
            floats[777] = value
            let tensor = Tensor(name: "w", shape: [20, 40], floats: floats)
            try withFile { path in
                expect("\(path): tensor \"w\": \(reason)") {
                    try SafeTensorsWriter.write(
                        [.init(name: "w", format: .quantised(kind), shape: [20, 40]) { tensor }], to: path)
                }
                #expect(!FileManager.default.fileExists(atPath: path))
                try SafeTensorsWriter.write([.init(name: "w", dtype: .float32, shape: [20, 40]) { tensor }], to: path)
                let file = try SafeTensors(path: path)
                expect("\(path): tensor \"w\": \(reason)") {
                    _ = try TensorReader([file], format: .quantised(kind))
                        .takeMatrix("w", shape: [20, 40], parts: [20])
                }
            }
        }
        try withFile { path in
            let large = Tensor(name: "w", shape: [1, 2], floats: [1, 70000])
            try SafeTensorsWriter.write([.init(name: "w", dtype: .float32, shape: [1, 2]) { large }], to: path)
            let file = try SafeTensors(path: path)
            expect("\(path): tensor \"w\": has a number that is too large for F16") {
                _ = try TensorReader([file], format: .plain(.float16)).takeMatrix("w", shape: [1, 2], parts: [1])
            }
            let layer = try TensorReader([file], format: .plain(.bfloat16)).takeMatrix("w", shape: [1, 2], parts: [1])
            #expect(layer[0].byteCount == 64)
        }
    }

    /// A matrix of 16 x 64: 1024 bytes of codes, 16 scales, and the shape, filled up with zeros.
    @Test func damageIsSaid() throws {
        let codes = #""w.q8.codes":{"dtype":"U8","shape":[1,1024],"data_offsets":[0,1024]}"#
        let scales = #""w.q8.scales":{"dtype":"F16","shape":[1,1,16],"data_offsets":[1024,1056]}"#
        let shape = #""w.q8.shape":{"dtype":"I64","shape":[4],"data_offsets":[1056,1088]}"#
        func read(_ header: [String], _ dimensions: [Int64] = [16, 64, 0, 0], cut: Int = 0) throws -> SafeTensors {
            var data = [UInt8](repeating: 128, count: 1056)
            for value in dimensions { withUnsafeBytes(of: value.littleEndian) { data += $0 } }
            let file = try SafeTensorsFile(header: "{\(header.joined(separator: ","))}", data: data.dropLast(cut))
            return try SafeTensors(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: file.path))), path: "f")
        }
        #expect(try read([codes, scales, shape]).quantised("w")?.outputs == 16)
        let part = "f: tensor \"w\": is quantised, but"
        let other = shape.replacing("w.q8", with: "v.q8")
        expect("\(part) \"w.q8.shape\" is missing") { _ = try read([codes, scales, other]) }
        expect("\(part) its parts are not codes of U8, scales of F16 and a shape of I64") {
            _ = try read([codes.replacing("U8", with: "I8"), scales, shape])
        }
        for dimensions: [Int64] in [[0, 0, 0, 0], [64, 0, 0, 0], [-16, 64, 0, 0], [1 << 40, 1 << 40, 0, 0]] {
            expect("\(part) its shape") { _ = try read([codes, scales, shape], dimensions) }
        }
        for dimensions: [Int64] in [[17, 64, 0, 0], [16, 65, 0, 0], [2, 16, 64, 0]] {
            expect("\(part) its codes [1, 1024] and scales [1, 1, 16] should be") {
                _ = try read([codes, scales, shape], dimensions)
            }
        }
        let plain = #""w":{"dtype":"U8","shape":[0],"data_offsets":[1088,1088]}"#
        expect("f: tensor \"w\": is there twice, once of them quantised") {
            _ = try read([codes, scales, shape, plain])
        }
        expect("f: tensor \"w.q8.shape\": data_offsets [1056, 1088] lie outside of the 1080 bytes of data") {
            _ = try read([codes, scales, shape], cut: 8)
        }
        // Scales without codes are tensors that nobody takes.
        let alone = try read([codes.replacing("w.q8.codes", with: "c"), scales, shape])
        #expect(alone.names == ["c", "w.q8.scales", "w.q8.shape"] && alone.quantised("w") == nil)
    }

    /// That an error's text begins with `start`.
    private func expect(_ start: String, _ body: () throws -> Void) {
        #expect {
            try body()
        } throws: { error in
            "\(error)".hasPrefix(start)
        }
    }
}
