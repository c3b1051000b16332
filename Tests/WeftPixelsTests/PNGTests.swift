// PNG files there and back, their text, and every way in which one can be broken.

import Testing
import WeftPixels

/// A picture without regularity: the same for the same size.
func noise(_ width: Int, _ height: Int, seed: UInt32 = 1) throws -> Picture {
    var state = seed
    let pixels = (0..<width * height * 3).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
    return try Picture(width: width, height: height, pixels: pixels)
}

private func reason(_ bytes: [UInt8]) -> String {
    do {
        _ = try PNG.decode(bytes)
        return "no error"
    } catch {
        return "\(error)"
    }
}

@Suite struct PNGTests {
    @Test(arguments: [(1, 1), (7, 5), (256, 3), (1, 300)])
    func pixelsThereAndBack(_ width: Int, _ height: Int) throws {
        let picture = try noise(width, height)
        let (again, text) = try PNG.decode(PNG.encode(picture))
        #expect(again == picture)
        #expect(text.isEmpty)
    }

    @Test func textThereAndBack() throws {
        let chunks = [
            TextChunk(keyword: "parameters", text: "a red cat\nSteps: 4"),
            TextChunk(keyword: "Title", text: "café ÿ"),
            TextChunk(keyword: "weft", text: "{\"prompt\": \"лиса 日本 🦊\"}"),
            TextChunk(keyword: "Käse mit Brot", text: ""),
            TextChunk(keyword: "control", text: "\u{85}"),
            TextChunk(keyword: "long", text: String(repeating: "0123456789", count: 20_000)),
        ]
        let (_, text) = try PNG.decode(PNG.encode(noise(3, 3), text: chunks))
        #expect(text == chunks)
    }

    @Test func latin1TextIsTEXtAndOtherTextIsITXt() throws {
        let bytes = try PNG.encode(
            noise(1, 1), text: [TextChunk(keyword: "a", text: "é"), TextChunk(keyword: "b", text: "猫")])
        let latin: [UInt8] = [0, 0, 0, 3] + Array("tEXta".utf8) + [0, 0xE9]
        let utf8: [UInt8] = [0, 0, 0, 9] + Array("iTXtb".utf8) + [0, 0, 0, 0, 0, 0xE7, 0x8C, 0xAB]
        #expect(bytes.firstRange(of: latin) != nil)
        #expect(bytes.firstRange(of: utf8) != nil)
        #expect(bytes.firstRange(of: Array("tIME".utf8)) == nil)
        #expect(Array(bytes.suffix(8).prefix(4)) == Array("IEND".utf8))
    }

    @Test func theSamePictureAndTextGiveTheSameBytes() throws {
        let text = [TextChunk(keyword: "parameters", text: "日本")]
        let first = try PNG.encode(noise(64, 64), text: text)
        #expect(try PNG.encode(noise(64, 64), text: text) == first)
        #expect(try PNG.encode(noise(64, 64, seed: 2), text: text) != first)
        #expect(try PNG.encode(noise(64, 64)) != first)
    }

    @Test func readsCompressedTextAndTextAfterThePixels() throws {
        var builder = PNGBuilder(width: 1, height: 1, depth: 8, colorType: 0)
        builder.chunk("zTXt", Array("Comment".utf8) + [0, 0] + PNGBuilder.zlib([0x63, 0x61, 0x66, 0xE9]))
        builder.chunk("iTXt", Array("zip".utf8) + [0, 1, 0, 0, 0] + PNGBuilder.zlib(Array("猫".utf8)))
        builder.pixels(width: 1, height: 1, depth: 8) { _, _ in [9] }
        builder.bytes.removeLast(12)
        builder.chunk("tEXt", Array("late".utf8) + [0] + Array("yes".utf8))
        builder.chunk("IEND", [])
        let (picture, text) = try PNG.decode(builder.bytes)
        #expect(picture[0, 0] == RGB(red: 9, green: 9, blue: 9))
        #expect(text.map(\.keyword) == ["Comment", "zip", "late"])
        #expect(text.map(\.text) == ["café", "猫", "yes"])
    }

    @Test(arguments: [
        "", " a", "a ", "a  b", "a\nb", "\u{7F}", "日", "a\u{0}b", String(repeating: "k", count: 80),
    ])
    func refusesKeyword(_ keyword: String) throws {
        let picture = try noise(1, 1)
        #expect(throws: PictureError("\(keyword.debugDescription) cannot be the keyword of a PNG text")) {
            try PNG.encode(picture, text: [TextChunk(keyword: keyword, text: "")])
        }
    }

    @Test func refusesTextThatNoChunkCanHold() throws {
        let picture = try noise(1, 1)
        #expect(throws: PictureError("the PNG text \"k\" has a zero character")) {
            try PNG.encode(picture, text: [TextChunk(keyword: "k", text: "a\u{0}")])
        }
        #expect(throws: PictureError("a text is too long")) {
            try PNG.encode(picture, text: [TextChunk(keyword: "k", text: String(repeating: "a", count: 4_000_001))])
        }
        #expect(throws: PictureError.self) {
            try PNG.encode(picture, text: Array(repeating: TextChunk(keyword: "k", text: ""), count: 1001))
        }
    }

    @Test func refusesPicturesThatItCouldNotReadAgain() throws {
        let wide = try Picture(width: PNG.maximumSide + 1, height: 1, color: .white)
        #expect(throws: PictureError.self) { try PNG.encode(wide) }
    }

    @Test func everyTruncationIsAnError() throws {
        let bytes = try PNG.encode(noise(9, 9), text: [TextChunk(keyword: "k", text: "some text")])
        for length in 0..<bytes.count where reason(Array(bytes.prefix(length))) == "no error" {
            Issue.record("\(length) of \(bytes.count) bytes were read without an error")
        }
        #expect(reason([]) == "the file is empty")
        #expect(reason(Array(bytes.prefix(20))) == "the file is cut off")
        #expect(reason(Array(bytes.prefix(bytes.count - 20))) == "the file is cut off")
    }

    @Test func everyChangedByteIsAnError() throws {
        let bytes = try PNG.encode(noise(5, 5), text: [TextChunk(keyword: "k", text: "猫")])
        for index in bytes.indices {
            for flip: UInt8 in [1, 32, 255] {
                var broken = bytes
                broken[index] ^= flip
                if reason(broken) == "no error" { Issue.record("byte \(index) xor \(flip) was not seen") }
            }
        }
    }

    @Test func refusesWhatIsNoPNG() {
        #expect(reason(Array("GIF89a................................".utf8)) == "it is not a PNG file")
        #expect(reason([0]) == "it is not a PNG file")
    }

    @Test(arguments: [(0, 5), (5, 0), (16385, 1), (1, 16385), (16384, 16384), (0x7FFF_FFFF, 0x7FFF_FFFF)])
    func refusesHostileSize(_ width: Int, _ height: Int) {
        var builder = PNGBuilder(width: width, height: height, depth: 8, colorType: 2)
        builder.chunk("IDAT", PNGBuilder.zlib([0]))
        builder.chunk("IEND", [])
        #expect(reason(builder.bytes).hasPrefix("its header says \(width)x\(height) pixels; 1 to 16384 a side"))
    }

    @Test func refusesASizeThatTheFileIsTooShortFor() {
        var builder = PNGBuilder(width: 8192, height: 8192, depth: 16, colorType: 6)
        builder.chunk("IDAT", PNGBuilder.zlib([0]))
        builder.chunk("IEND", [])
        #expect(reason(builder.bytes) == "the file is too short for the size that its header says")
    }

    @Test func refusesTooFewPixelsWithRightChecksums() {
        var builder = PNGBuilder(width: 4, height: 4, depth: 8, colorType: 0)
        builder.chunk("IDAT", PNGBuilder.zlib([0, 1, 2, 3, 4]))
        builder.chunk("IEND", [])
        #expect(reason(builder.bytes) != "no error")
    }

    @Test func refusesHeadersThatMakeNoSense() {
        for (depth, type) in [(3, 0), (16, 3), (4, 2), (8, 5), (0, 0)] {
            var builder = PNGBuilder(width: 1, height: 1, depth: depth, colorType: type)
            builder.chunk("IDAT", PNGBuilder.zlib([0, 0]))
            builder.chunk("IEND", [])
            #expect(reason(builder.bytes) != "no error", "depth \(depth), color type \(type)")
        }
        var paletteless = PNGBuilder(width: 1, height: 1, depth: 8, colorType: 3)
        paletteless.pixels(width: 1, height: 1, depth: 8) { _, _ in [0] }
        #expect(reason(paletteless.bytes) != "no error")
    }

    @Test func refusesTextThatIsNotUTF8() {
        var builder = PNGBuilder(width: 1, height: 1, depth: 8, colorType: 0)
        builder.chunk("iTXt", Array("k".utf8) + [0, 0, 0, 0, 0, 0xFF, 0xFE])
        builder.pixels(width: 1, height: 1, depth: 8) { _, _ in [9] }
        #expect(reason(builder.bytes) == "its text \"k\" is not UTF-8")
    }

    @Test func damagedChunksThatAreNotNeededDoNotMatter() throws {
        var builder = PNGBuilder(width: 1, height: 1, depth: 8, colorType: 0)
        builder.chunk("gAMA", [1])
        builder.chunk("iCCP", [1, 2, 3])
        builder.pixels(width: 1, height: 1, depth: 8) { _, _ in [9] }
        #expect(try PNG.decode(builder.bytes).0.pixels == [9, 9, 9])
    }
}
