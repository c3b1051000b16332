// Draws a job without a model, for tests that end it at any moment: weft-job-writer FOLDER COUNT I/N BYTES.

import Foundation
import Weft

/// The bytes of a made-up picture, the same for the same index.
func bytes(_ index: Int, count: Int) -> [UInt8] {
    var state = UInt64(index) &* 0x9e37_79b9_7f4a_7c15 | 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 32)
    }
}

do {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let count = Int(arguments[2]), let size = Int(arguments[4]) else {
        throw WeftError(.invalidRequest, "usage: weft-job-writer FOLDER COUNT I/N BYTES")
    }
    let description = JobDescription(
        program: "0.1.0", rowsSHA256: "\(count) \(size)", rowCount: count, pictureCount: count, model: "tiny",
        modelFingerprint: "0", defaults: [:], seed: 0)
    let pictures = try (0..<count).map {
        try JobPicture(id: "picture \($0)", row: $0, index: $0, prompt: "prompt \($0)", seed: UInt64($0))
    }
    let folder = try JobFolder(
        arguments[1], description: description, pictures: pictures, shard: Shard(parsing: arguments[3]))
    for picture in folder.pending {
        let result = JobResult(model: "tiny", size: "8x8", quality: "low", tokens: 4, seconds: 0.5)
        try folder.commit(picture, png: bytes(picture.index, count: size), result: result)
    }
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
