// Features of a caption in a file, and logits into one: float32 values, little-endian, nothing else.

import Foundation
import Weft
import WeftPixels

/// The features of a caption that another program has computed.
enum FeatureFile {
    /// The values of a file.
    static func read(_ path: String) throws -> [Float] {
        let bytes = try AtomicFile.read(path: path)
        guard !bytes.isEmpty, bytes.count % 4 == 0 else {
            throw WeftError(.invalidFile, "\(path): \(bytes.count) bytes are no float32 values of a caption's features")
        }
        let values = bytes.withUnsafeBytes { raw in
            (0..<bytes.count / 4).map { index in
                Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
            }
        }
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            throw WeftError(.invalidFile, "\(path): value \(place) is \(values[place])")
        }
        return values
    }
}

/// A file of logits that grows step by step; it has its name only once it is whole.
final class LogitsFile {
    private let path: String
    private let temporary: String
    private let handle: FileHandle
    private var isFinished = false

    init(_ path: String) throws {
        self.path = path
        try OutputPath.makeFolder(of: path)
        temporary = "\(path).\(UInt32.random(in: 0...UInt32.max)).tmp"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let handle = FileHandle(forWritingAtPath: temporary)
        else { throw WeftError(.invalidFile, "--logits-out \(path): cannot be written") }
        self.handle = handle
    }

    deinit {
        try? handle.close()
        if !isFinished { try? FileManager.default.removeItem(atPath: temporary) }
    }

    /// Adds one row of logits.
    func append(_ logits: UnsafeBufferPointer<Float>) throws {
        do {
            try handle.write(contentsOf: Data(buffer: logits))
        } catch {
            throw WeftError(.invalidFile, "--logits-out \(path): \(error.localizedDescription)")
        }
    }

    /// Gives the file its name.
    func finish() throws {
        try handle.close()
        guard rename(temporary, path) == 0 else {
            throw WeftError(.invalidFile, "--logits-out \(path): cannot be written")
        }
        isFinished = true
    }
}
