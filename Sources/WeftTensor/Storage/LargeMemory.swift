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

    /// Takes zeroed pages, aligned and backed as ``allocateLarge(byteCount:)`` says, to be given back by `munmap`; nil if
    /// the system has none. What is never touched takes no memory, and every thread zeroes what it is the first to touch.
    static func mapZeroed(byteCount: Int) -> UnsafeMutableRawPointer? {
        let pages = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard pages != MAP_FAILED, let pages else { return nil }
        #if os(Linux)
            madvise(pages, byteCount, Int32(MADV_HUGEPAGE))
        #endif
        return pages
    }
}
