// Memory for what is large and read often.

import Foundation

extension UnsafeMutableRawPointer {
    /// Takes memory aligned to 64 bytes, to be deallocated by the caller. The system may back much of it with huge pages,
    /// which spares address look-ups.
    static func allocateLarge(byteCount: Int) -> UnsafeMutableRawPointer {
        let hugePage = 2 << 20
        guard byteCount >= 2 * hugePage else { return allocate(byteCount: byteCount, alignment: 64) }
        let memory = allocate(byteCount: byteCount, alignment: hugePage)
        #if os(Linux)
            madvise(memory, byteCount, Int32(MADV_HUGEPAGE))
        #endif
        return memory
    }
}
