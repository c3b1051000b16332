// Slices, shapes and conversions of tensors; buffers.

import Foundation
import Testing
import WeftTensor

@Suite struct TensorTests {
    @Test func slicesAndReshapesWithoutMovingElements() {
        let tensor = Tensor(name: "t", shape: [3, 2, 2], floats: (0..<12).map(Float.init))
        let slice = tensor.rows(1..<2)
        #expect(slice.shape == [1, 2, 2])
        #expect(slice.floats() == [4, 5, 6, 7])
        #expect(slice.reshaped([2, 2]).rows(1..<2).floats() == [6, 7])
        #expect(tensor.rows(3..<3).floats() == [])
        #expect(tensor.rows(1..<3).rows(1..<2).floats() == [8, 9, 10, 11])
    }

    @Test func slicesOfMappedTensorsStartAtTheirOwnBytes() throws {
        let file = try SafeTensors(path: fixturePath("storage"))
        let tensor = try #require(file["bf16"])
        #expect(tensor.rows(1..<3).floats() == [-2.5, 3.00405527e38])
        #expect(tensor.rows(1..<3).withBytes { [UInt8]($0) } == [0x20, 0xc0, 0x62, 0x7f])
    }

    @Test func convertsEveryHalf() throws {
        var data: [UInt8] = []
        for bits in UInt16.min...UInt16.max { data += [UInt8(bits & 0xff), UInt8(bits >> 8)] }
        let file = try SafeTensorsFile(name: "h", dtype: "F16", shape: [65536], data: data)
        let floats = try #require(try SafeTensors(path: file.path)["h"]).floats()
        #if !(os(macOS) && arch(x86_64))
            let differing = (0..<65536).filter { bits in
                let expected = Float(Float16(bitPattern: UInt16(bits)))
                return expected.isNaN ? !floats[bits].isNaN : floats[bits].bitPattern != expected.bitPattern
            }
            #expect(differing.isEmpty)
        #endif
        #expect(floats[0x3c00] == 1)
        #expect(floats[0x8001] == -0x1p-24)
    }

    @Test func readsElementsAtOddAddresses() throws {
        let header =
            #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}"#
        let file = try SafeTensorsFile(header: header, data: [9, 0, 0, 0x80, 0x3f])
        let tensor = try #require(try SafeTensors(path: file.path)["b"])
        #expect(tensor.floats() == [1])
        let pool = ThreadPool(threadCount: 1)
        var (x, y): (Float, Float) = (3, 0)
        Linear(tensor.reshaped([1, 1])).apply(&x, rows: 1, to: &y, pool: pool)
        #expect(y == 3)
    }

    @Test func releasedPagesCanBeReadAgain() throws {
        let count = 50_000
        let floats = (0..<count).map(Float.init)
        let file = try SafeTensorsFile(
            name: "w", dtype: "F32", shape: [count], data: floats.withUnsafeBytes { [UInt8]($0) })
        let tensor = try #require(try SafeTensors(path: file.path)["w"])
        tensor.releasePages()
        #expect(tensor.floats() == floats)
        let own = Tensor(name: "own", shape: [count], floats: floats)
        own.releasePages()
        #expect(own.floats() == floats)
    }

    @Test(arguments: [0, 1, 16, 1000])
    func buffersAreZeroedAndAligned(count: Int) {
        let buffer = Buffer(count: count)
        #expect(buffer.count == count)
        #expect(Int(bitPattern: buffer.pointer) % 64 == 0)
        #expect((0..<count).allSatisfy { buffer.pointer[$0] == 0 })
    }
}
