// Files with random damage are read or refused, and never end the process.

import Foundation
import Testing
import WeftTensor

@Suite struct MutationTests {
    /// Numbers that are the same in every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return mixed ^ mixed >> 31
        }
    }

    /// One to four changes: a byte, a run of extreme bytes, a piece moved, removed or repeated.
    private func damaged(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where result.count > 8 {
            let place = Int.random(in: 0..<result.count - 8, using: &random)
            let length = Int.random(in: 1...8, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1: result[place] = UInt8.random(in: .min ... .max, using: &random)
            case 2: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 3:
                let value: UInt8 = [0, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
                for index in place..<place + length { result[index] = value }
            case 4: result.removeSubrange(place..<place + length)
            default:
                let piece = Array(result[place..<place + length])
                result.insert(contentsOf: piece, at: Int.random(in: 0..<result.count, using: &random))
            }
        }
        return result
    }

    private func survives(_ fixture: String, _ kind: String, _ open: ([UInt8]) throws -> any TensorFile) throws {
        try survives([UInt8](try Data(contentsOf: URL(fileURLWithPath: fixturePath(fixture, extension: kind)))), open)
    }

    private func survives(_ bytes: [UInt8], _ open: ([UInt8]) throws -> any TensorFile) throws {
        var random = Generator(state: 1)
        var (read, refused) = (0, 0)
        var sum: UInt8 = 0  // what is read counts, so that nothing is left out
        for _ in 0..<3000 {
            do {
                let file = try open(damaged(bytes, &random))
                for name in file.names {
                    _ = try file.tensor(name)?.floats()
                    file.quantised(name)?.withBytes { codes, scales in
                        sum &+= (codes.last ?? 0) &+ (scales.last ?? 0)
                    }
                }
                read += 1
            } catch let error as WeightsError {
                #expect(!error.description.contains("\n"))
                refused += 1
            }
        }
        #expect(read > 10, "sum \(sum)")
        #expect(refused > 100)
    }

    @Test func quantisedMatrices() throws {
        let path = NSTemporaryDirectory() + "weft-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let weight = Tensor(name: "w", shape: [18, 40], floats: (0..<720).map { Float($0 % 31) - 15 })
        try SafeTensorsWriter.write(
            Quantisation.allCases.map { kind in
                SafeTensorsWriter.Item(name: "\(kind)", format: .quantised(kind), shape: [18, 40]) { weight }
            }, to: path)
        try survives([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))) { bytes in
            try SafeTensors(bytes: bytes, path: "x.safetensors")
        }
    }

    @Test(arguments: ["tensors", "small", "wrapped"])
    func checkpoints(_ fixture: String) throws {
        try survives(fixture, "pt") { try PyTorchFile(bytes: $0, path: "x.pt") }
    }

    @Test func safetensors() throws {
        try survives("storage", "safetensors") { try SafeTensors(bytes: $0, path: "x.safetensors") }
    }
}
