// The read that bandwidth is measured with reads everything.

import CKernels
import Testing

@testable import WeftTensor

@Suite struct ReadBandwidthTests {
    @Test func everyByteCounts() {
        let bytes = 4096
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        #expect(weft_read(memory, bytes) == 0)
        for place in stride(from: 0, to: bytes, by: 37) {
            memory.storeBytes(of: 0xa5, toByteOffset: place, as: UInt8.self)
            #expect(weft_read(memory, bytes) == 0xa5 << (UInt64(place) % 8 * 8))
            memory.storeBytes(of: 0, toByteOffset: place, as: UInt8.self)
        }
    }

    @Test func bandwidthIsThatOfAMachine() {
        let bandwidth = ReadBandwidth.measure(bytes: 8 << 20, passes: 3, pool: ThreadPool(threadCount: 2))
        #expect((1e7...1e13).contains(bandwidth))
    }
}
