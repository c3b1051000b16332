// Builds PyTorch checkpoints byte by byte, for the tests of what must be refused.

import Foundation

/// A zip file in memory whose entries are stored as they are.
struct ZipBytes {
    private(set) var bytes: [UInt8] = []
    private(set) var directory: [UInt8] = []
    private(set) var count = 0

    /// Adds an entry; the other parameters make it a lie.
    mutating func add(
        _ name: String, _ data: [UInt8], method: UInt16 = 0, size: UInt32? = nil, flags: UInt16 = 0,
        at offset: UInt32? = nil
    ) {
        let start = offset ?? UInt32(bytes.count)
        let size = little(size ?? UInt32(data.count))
        let common = join(little(flags), little(method), [UInt8](repeating: 0, count: 8), size, size)
        let nameLength = little(UInt16(name.utf8.count))
        directory += join(little(UInt32(0x0201_4b50)), [20, 0, 20, 0], common, nameLength)
        directory += join([UInt8](repeating: 0, count: 12), little(start), Array(name.utf8))
        count += 1
        guard offset == nil else { return }
        bytes += join(little(UInt32(0x0403_4b50)), [20, 0], common, nameLength, [0, 0], Array(name.utf8), data)
    }

    /// The whole file.
    func finished(directoryAt start: UInt32? = nil) -> [UInt8] {
        let count = little(UInt16(count))
        let sizes = join(little(UInt32(directory.count)), little(start ?? UInt32(bytes.count)))
        return join(bytes, directory, little(UInt32(0x0605_4b50)), [0, 0, 0, 0], count, count, sizes, [0, 0])
    }
}

/// A checkpoint of a pickle and one storage "0" of 16 bytes.
func checkpoint(pickle: [UInt8], storage: [UInt8] = [UInt8](repeating: 0, count: 16)) -> [UInt8] {
    var zip = ZipBytes()
    zip.add("r/data.pkl", pickle)
    zip.add("r/data/0", storage)
    return zip.finished()
}

/// A pickle of `{"a": tensor}` with a storage of floats.
func tensorPickle(
    key: String = "0", count: Int = 4, offset: Int = 0, shape: [Int] = [4], strides: [Int] = [1],
    storage: String = "FloatStorage"
) -> [UInt8] {
    var result = join([0x80, 2], Array("}".utf8), text("a"), global("torch._utils", "_rebuild_tensor_v2"))
    result += join(Array("((".utf8), text("storage"), global("torch", storage), text(key), text("cpu"), long(count))
    result += join(Array("tQ".utf8), long(offset))
    for numbers in [shape, strides] {
        result += Array("(".utf8)
        for number in numbers { result += long(number) }
        result += Array("t".utf8)
    }
    return join(result, [0x89], Array("}tRs.".utf8))
}

/// A global of a pickle.
func global(_ module: String, _ name: String) -> [UInt8] { [UInt8]("c\(module)\n\(name)\n".utf8) }

/// A text of a pickle.
func text(_ text: String) -> [UInt8] { join(Array("X".utf8), little(UInt32(text.utf8.count)), Array(text.utf8)) }

private func long(_ value: Int) -> [UInt8] { join([0x8a, 8], little(value)) }

private func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

/// The bytes of a number, the lowest first.
func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) } }
