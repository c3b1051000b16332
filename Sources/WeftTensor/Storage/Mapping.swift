// The bytes under tensors: a mapped file, or memory of their own.

import Foundation

/// Bytes that never change and live as long as something refers to them.
///
/// `@unchecked Sendable`: `bytes` is filled before `init` returns and only read afterwards.
final class Mapping: @unchecked Sendable {
    /// All of the bytes.
    let bytes: UnsafeRawBufferPointer
    private let source: Source

    private enum Source {
        case file
        /// Whole pages around the bytes, which go back to the system at once when they are not needed any more.
        case pages(UnsafeMutableRawBufferPointer)
        case heap
    }

    /// From how many bytes on memory is taken as pages.
    private static let largeCount = 1 << 20

    /// Maps a whole file for reading. Throws when it cannot be opened, is not a file, or is empty.
    ///
    /// A file that another program shortens while it is mapped ends this process: replace checkpoints by renaming.
    init(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw WeightsError(file: path, "cannot be opened: \(Mapping.systemMessage())") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw WeightsError(file: path, "cannot be read: \(Mapping.systemMessage())")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw WeightsError(file: path, "is not a file") }
        guard status.st_size > 0 else { throw WeightsError(file: path, "is empty") }
        let size = Int(status.st_size)
        guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw WeightsError(file: path, "cannot be mapped: \(Mapping.systemMessage())")
        }
        bytes = UnsafeRawBufferPointer(start: address, count: size)
        source = .file
    }

    /// Copies floats into memory of their own.
    convenience init(floats: [Float]) {
        self.init(byteCount: floats.count * 4) { target in floats.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    /// Copies bytes into memory of their own.
    convenience init(_ bytes: [UInt8]) {
        self.init(byteCount: bytes.count) { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    /// Memory of its own that `fill` writes.
    init(byteCount: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        let pages = byteCount >= Mapping.largeCount ? UnsafeMutableRawBufferPointer.mapLarge(byteCount: byteCount) : nil
        let memory = pages?.start ?? .allocate(byteCount: max(64, byteCount), alignment: 64)
        bytes = UnsafeRawBufferPointer(start: memory, count: byteCount)
        source = pages.map { .pages($0.whole) } ?? .heap
        try fill(UnsafeMutableRawBufferPointer(start: memory, count: byteCount))
    }

    deinit {
        switch source {
        case .file: munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count)
        case .pages(let whole): munmap(whole.baseAddress!, whole.count)
        case .heap: bytes.deallocate()
        }
    }

    /// Tells the kernel that the whole pages inside `range` are not needed for now; reading them again is allowed.
    func release(_ range: Range<Int>) {
        guard case .file = source else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound == bytes.count ? range.upperBound : range.upperBound / page * page
        guard end > start else { return }
        madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress! + start), end - start, Int32(MADV_DONTNEED))
    }

    private static func systemMessage() -> String { String(cString: strerror(errno)) }
}
