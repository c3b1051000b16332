// Memory for what is large and read often.

import Foundation

/// The size of a huge page, of which a processor needs to look up one address where it would look up 512.
private let hugePage = 2 << 20

extension UnsafeMutableRawPointer {
    /// Takes memory aligned to 64 bytes, to be deallocated by the caller. The system may back much of it with huge pages,
    /// which spares address look-ups.
    static func allocateLarge(byteCount: Int) -> UnsafeMutableRawPointer {
        guard byteCount >= 2 * hugePage else { return allocate(byteCount: byteCount, alignment: 64) }
        let memory = allocate(byteCount: byteCount, alignment: hugePage)
        memory.useHugePages(byteCount: byteCount)
        return memory
    }

    fileprivate func useHugePages(byteCount: Int) {
        #if os(Linux)
            madvise(self, byteCount, Int32(MADV_HUGEPAGE))
        #endif
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Takes pages of zeros, much of which the system may back with huge ones; nil if there is no such memory. Every
    /// thread zeroes what it is the first to touch.
    ///
    /// - Returns: the first of `byteCount` bytes, and all the pages, which the caller has to unmap
    static func mapLarge(byteCount: Int) -> (start: UnsafeMutableRawPointer, whole: UnsafeMutableRawBufferPointer)? {
        // Pages that nobody touches take no memory: the bytes begin where a huge page may.
        let count = byteCount + hugePage
        guard let pages = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            pages != MAP_FAILED
        else { return nil }
        let start = pages.alignedUp(toMultipleOf: hugePage)
        start.useHugePages(byteCount: byteCount)
        return (start, UnsafeMutableRawBufferPointer(start: pages, count: count))
    }
}
