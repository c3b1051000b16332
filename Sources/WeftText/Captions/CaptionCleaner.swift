// The cleaning of captions that T5-conditioned models were trained with.

import Foundation

/// Cleans a prompt as DeepFloyd IF, PixArt and LlamaGen clean captions before T5 reads them.
///
/// Addresses, tags, file names, article numbers, words of shops, Chinese characters and most signs go; letters become
/// small. It is done twice, because the models were trained on captions that were cleaned twice.
///
/// Differences from the reference, which uses the Python libraries ftfy and Beautiful Soup: text that was decoded with
/// the wrong encoding is not repaired, HTML is read as ``HTMLText`` says with the named characters of HTML 4, and a
/// capital sigma always becomes σ.
///
/// Source: `T5Embedder.clean_caption` of LlamaGen (P. Sun et al., 2024), from PixArt-alpha and DeepFloyd IF.
public struct CaptionCleaner: Sendable {
    /// The longest caption that is cleaned, in bytes of UTF-8; the time grows with the square of the length.
    public static let maximumBytes = 1 << 13

    private let beforeHTML: [CaptionRule]
    private let beforeDashes: [CaptionRule]
    private let dash: CaptionRule
    private let afterUnescape: [CaptionRule]

    /// A cleaner with its rules compiled.
    ///
    /// - Throws: ``TextError`` if a rule cannot be compiled, which does not happen.
    public init() throws {
        beforeHTML = try CaptionRule.beforeHTML.map { try CaptionRule($0, $1) }
        beforeDashes = try CaptionRule.beforeDashes.map { try CaptionRule($0, $1) }
        dash = try CaptionRule("[-_]", " ")
        afterUnescape = try CaptionRule.afterUnescape.map { try CaptionRule($0, $1) }
    }

    /// The caption, cleaned twice; it may be empty.
    ///
    /// - Throws: ``TextError`` if the caption is longer than 8 KiB.
    public func clean(_ caption: String) throws -> String {
        let size = caption.utf8.count
        guard size <= Self.maximumBytes else {
            throw TextError("the caption has \(size) bytes; at most \(Self.maximumBytes) bytes are cleaned")
        }
        return try cleanOnce(cleanOnce(caption))
    }

    private func cleanOnce(_ caption: String) throws -> String {
        var text = Self.percentDecoded(caption).trimmingCaptionSpace.lowercased()
        text = try beforeHTML.reduce(text) { try $1.apply($0) }
        text = HTMLText.text(of: text)
        text = try beforeDashes.reduce(text) { try $1.apply($0) }
        // Words that are joined by many dashes are words.
        if text.unicodeScalars.count(where: { $0 == "-" || $0 == "_" }) > 3 { text = try dash.apply(text) }
        text = CaptionText.straightened(text)
        text = HTMLUnescape.text(HTMLUnescape.text(text)).trimmingCaptionSpace
        return try afterUnescape.reduce(text) { try $1.apply($0) }.trimmingCaptionSpace
    }

    /// Plus signs become spaces, and `%XX` bytes of UTF-8.
    private static func percentDecoded(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "+")) || bytes.contains(UInt8(ascii: "%")) else { return text }
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "%"), place + 2 < bytes.count, let high = hexDigit(bytes[place + 1]),
                let low = hexDigit(bytes[place + 2])
            {
                result.append(high << 4 | low)
                place += 3
            } else {
                result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
