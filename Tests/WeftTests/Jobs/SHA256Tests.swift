// SHA-256 against the examples of FIPS 180-4, and files read in pieces.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite struct SHA256Tests {
    private let fixture = JobFixture()

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func examples(text: String, digest: String) {
        #expect(SHA256.hex(of: Array(text.utf8)) == digest)
        #expect(Array(text.utf8).withUnsafeBytes { SHA256.text(SHA256.digest($0)) } == digest)
    }

    @Test func aMillionLettersInPieces() {
        var hasher = SHA256.Hasher()
        for _ in 0..<1000 { hasher.update([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
        #expect(
            SHA256.text(hasher.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test(arguments: [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
    func aFileIsItsBytes(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: true)
        try AtomicFile.write(bytes, to: fixture.path + "/a")
        #expect(try SHA256.file(fixture.path + "/a") == SHA256.hex(of: bytes))
    }

    @Test func aMissingFileIsNamed() {
        #expect(errorText { try SHA256.file("/missing/a") } == "/missing/a: cannot be read: No such file or directory")
        #expect(errorText { try SHA256.file("/tmp") } == "/tmp: cannot be read: Is a directory")
    }
}
