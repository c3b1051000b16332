// PNG in memory: pictures and text chunks to bytes and back.

import CPNG

/// Reads and writes PNG files (ISO/IEC 15948) with libpng.
public enum PNG {
    /// The largest width and height of a picture that is read or written, in pixels.
    public static let maximumSide = Int(CPNG_MAX_SIDE)
    /// The largest number of pixels of a picture that is read or written.
    public static let maximumPixels = Int(CPNG_MAX_PIXELS)

    /// The bytes of a PNG file; equal arguments give equal bytes, for there is no time stamp and no varying setting.
    ///
    /// - Parameters:
    ///   - picture: written as 8-bit RGB, not interlaced.
    ///   - text: written in this order before the pixels; Latin-1 as tEXt, other text as uncompressed iTXt.
    /// - Throws: ``PictureError`` if the picture is too large, or a keyword or a text cannot be in a PNG file.
    public static func encode(_ picture: Picture, text: [TextChunk] = []) throws -> [UInt8] {
        var arena: [[CChar]] = []
        for chunk in text {
            arena.append(try chunk.keywordBytes().map { CChar(bitPattern: $0) } + [0])
            arena.append(try chunk.textBytes().map { CChar(bitPattern: $0) } + [0])
        }
        guard let width = UInt32(exactly: picture.width), let height = UInt32(exactly: picture.height) else {
            throw PictureError("it has \(picture.width)x\(picture.height) pixels, which no PNG file can have")
        }
        let offsets = arena.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        return try arena.flatMap { $0 }.withUnsafeBufferPointer { characters in
            var texts: [cpng_text] = []
            for (index, chunk) in text.enumerated() {
                guard let base = characters.baseAddress else { break }
                texts.append(
                    cpng_text(
                        keyword: base + offsets[2 * index], text: base + offsets[2 * index + 1],
                        length: arena[2 * index + 1].count - 1, utf8: !chunk.isLatin1))
            }
            var bytes: UnsafeMutablePointer<UInt8>?
            var length = 0
            defer { cpng_free_bytes(bytes) }
            try checked { message, size in
                picture.pixels.withUnsafeBufferPointer { pixels in
                    guard let pixels = pixels.baseAddress else { return 1 }
                    return cpng_encode(pixels, width, height, texts, texts.count, &bytes, &length, message, size)
                }
            }
            return Array(UnsafeBufferPointer(start: bytes, count: length))
        }
    }

    /// The picture and the text chunks of a PNG file.
    ///
    /// Every kind is read: palette, gray, 16 bits (rounded to 8), interlaced; transparency is composited on white.
    /// Color profiles and gamma are not applied. The text chunks come in the order of the file.
    ///
    /// - Throws: ``PictureError`` if the bytes are no PNG file, cut off or damaged, or the picture is too large.
    public static func decode(_ bytes: [UInt8]) throws -> (Picture, [TextChunk]) {
        if bytes.isEmpty { throw PictureError("the file is empty") }
        var decoded = cpng_picture()
        defer { cpng_free_picture(&decoded) }
        try checked { message, size in
            bytes.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 1 }
                return cpng_decode(base, bytes.count, &decoded, message, size)
            }
        }
        let width = Int(decoded.width)
        let height = Int(decoded.height)
        let pixels = Array(UnsafeBufferPointer(start: decoded.pixels, count: width * height * 3))
        let texts = UnsafeBufferPointer(start: decoded.texts, count: decoded.text_count)
        return (try Picture(width: width, height: height, pixels: pixels), try texts.map(chunk))
    }

    private static func chunk(_ text: cpng_text) throws -> TextChunk {
        let keyword = latin1(UnsafeBufferPointer(start: text.keyword, count: strlength(text.keyword)))
        let characters = UnsafeBufferPointer(start: text.text, count: text.length)
        if !text.utf8 { return TextChunk(keyword: keyword, text: latin1(characters)) }
        guard let decoded = String(validating: characters.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self) else {
            throw PictureError("its text \(keyword.debugDescription) is not UTF-8")
        }
        return TextChunk(keyword: keyword, text: decoded)
    }

    private static func strlength(_ text: UnsafePointer<CChar>) -> Int {
        var length = 0
        while text[length] != 0 { length += 1 }
        return length
    }

    private static func latin1(_ characters: UnsafeBufferPointer<CChar>) -> String {
        var result = String.UnicodeScalarView()
        for character in characters { result.append(Unicode.Scalar(UInt8(bitPattern: character))) }
        return String(result)
    }

    private static func checked(_ body: (UnsafeMutablePointer<CChar>, Int) -> Int32) throws {
        let message: String? = withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: Int(CPNG_MESSAGE_SIZE)
        ) { buffer in
            guard let base = buffer.baseAddress else { return "there is not enough memory" }
            base.initialize(repeating: 0, count: buffer.count)
            return body(base, buffer.count) == 0 ? nil : String(cString: base)
        }
        if let message { throw PictureError(message) }
    }
}
