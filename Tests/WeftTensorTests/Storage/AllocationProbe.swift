// Finds out whether code allocates memory on the calling thread, for tests of what must allocate nothing.

import Foundation

/// Looks for the traces that allocations leave in glibc's cache of the calling thread.
///
/// The cache hands out, for each size, the piece that was freed last, and keeps all but its first 16 bytes as they
/// were. So one piece of each size is marked and freed: code that allocates, even if it frees again, overwrites a mark.
enum AllocationProbe {
    // Looked up at run time, so that the compiler does not drop the marks as writes to memory that is then freed.
    private typealias Allocate = @convention(c) (Int) -> UnsafeMutableRawPointer?
    private typealias Release = @convention(c) (UnsafeMutableRawPointer?) -> Void
    private typealias Size = @convention(c) (UnsafeMutableRawPointer?) -> Int
    private static let usableSize = symbol("malloc_usable_size").map { unsafeBitCast($0, to: Size.self) }
    private static let allocate = unsafeBitCast(symbol("malloc"), to: Allocate.self)
    private static let release = unsafeBitCast(symbol("free"), to: Release.self)

    private static func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(dlopen(nil, RTLD_NOW), name) }

    private static let sizes = Array(stride(from: 24, through: 1032, by: 16))

    /// Whether `body` allocates up to 1 KB each time; nil where the allocator is not one that can tell.
    static func findsAllocations(in body: () -> Void) -> Bool? {
        guard let usableSize else { return nil }
        var found = 0
        for _ in 0..<50 {
            // The allocator moves pieces between its lists at times: only what follows a look without losses counts.
            guard lostMarks(usableSize, {}) == 0 else { continue }
            if lostMarks(usableSize, body) == 0 { return false }
            found += 1
            if found == 5 { return true }
        }
        return nil
    }

    private static func lostMarks(_ usableSize: Size, _ body: () -> Void) -> Int {
        let pieces = UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>.allocate(capacity: sizes.count)
        for index in sizes.indices {
            pieces[index] = allocate(sizes[index])
            memset(pieces[index]!, 0xa5, sizes[index])
            // A piece that is longer than asked for goes back to another list.
            if usableSize(pieces[index]) == sizes[index] { continue }
            release(pieces[index])
            pieces[index] = nil
        }
        for index in sizes.indices { release(pieces[index]) }
        body()
        var lost = 0
        for index in sizes.indices {
            guard pieces[index] != nil, let piece = allocate(sizes[index]) else { continue }
            let mark = piece.load(fromByteOffset: 16, as: UInt64.self)
            if piece != pieces[index] || mark != 0xa5a5_a5a5_a5a5_a5a5 { lost += 1 }
            pieces[index] = piece
        }
        for index in sizes.indices { release(pieces[index]) }
        pieces.deallocate()
        return lost
    }
}
