// SHA-256 of bytes and of files, by OpenSSL.

import COpenSSL
import Foundation

/// The hash function of FIPS 180-4 with 256 bits.
package enum SHA256 {
    /// How many bytes a digest has.
    package static let byteCount = 32

    /// The digest of bytes that come piece by piece.
    package struct Hasher: ~Copyable {
        private let context: OpaquePointer

        /// Begins with no bytes.
        package init() {
            guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
                preconditionFailure("OpenSSL has no SHA-256")
            }
            self.context = context
        }

        deinit { EVP_MD_CTX_free(context) }

        /// Adds bytes at the end.
        package mutating func update(_ bytes: UnsafeRawBufferPointer) {
            let isDone = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
            precondition(isDone, "OpenSSL could not hash")
        }

        /// Adds bytes at the end.
        package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

        /// The digest of all bytes, ``SHA256/byteCount`` of them.
        package consuming func finish() -> [UInt8] {
            var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
            let isDone = EVP_DigestFinal_ex(context, &digest, nil) == 1
            precondition(isDone, "OpenSSL could not hash")
            return digest
        }
    }

    /// The digest of bytes, ``byteCount`` of them.
    package static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hasher = Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The digest of bytes as text: 64 lower-case hexadecimal digits.
    package static func hex(of bytes: UnsafeRawBufferPointer) -> String { text(digest(bytes)) }

    /// The digest of bytes as text: 64 lower-case hexadecimal digits.
    package static func hex(of bytes: [UInt8]) -> String { bytes.withUnsafeBytes { hex(of: $0) } }

    /// The digest of a file as text, 64 lower-case hexadecimal digits; the file is read in pieces of 1 MiB.
    ///
    /// - Throws: ``WeftError`` that names the file if it cannot be read
    package static func file(_ path: String) throws -> String {
        let file = try Descriptor(path, O_RDONLY)
        var hasher = Hasher()
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var offset = 0
        while true {
            let count = try file.read(into: &piece, at: offset)
            if count == 0 { return text(hasher.finish()) }
            piece.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            offset += count
        }
    }

    /// A digest in lower-case hexadecimal digits.
    package static func text(_ digest: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
