// The model that comes with the library keeps the same contracts; what it draws is not looked at here.

import Testing
import WeftPixels

@testable import Weft

@Suite struct EmbeddedModelTests {
    @Test func aSeedIsAPicture() async throws {
        let model = try Model()
        var negative = try model.request("a blue star", seed: 3, guidance: 3)
        negative.negativePrompt = .text("red")
        let requests = [
            try model.request("three red circles", seed: 9), negative,
            try model.request("a yellow sign with the word \"WEFT\"", seed: 9, guidance: 1),
        ]
        let first = try await model.generate(requests[0], threads: 1)
        #expect(first.tokens.tokens.count == first.request.size.tokenCount)
        #expect(first.picture.width == first.request.size.width)
        for (threads, batchSize) in [(1, 1), (2, 3), (3, 8)] {
            let drawn = try await model.drawAll(requests, threads: threads, batchSize: batchSize)
            #expect(drawn[0].tokens == first.tokens)
            #expect(drawn[0].picture == first.picture)
            #expect(Set(drawn.map(\.tokens)).count == requests.count)
        }
    }

    @Test func itsSizesHaveAPlan() throws {
        let description = try ModelDescription(folder: ModelStore.path(of: nil))
        #expect(description.name == "weft-mini")
        for size in description.sizes {
            #expect(try MemoryPlan(folder: description.folder, size: size, batchSize: 4).total > 0)
        }
    }

    @Test func sizesOfOneGridHaveTheSameTokens() async throws {
        let model = try Model()
        let grids = Dictionary(grouping: model.sizes) { $0.tokenCount }
        #expect(Set(model.sizes.map(\.width)).count > 2)
        for sizes in grids.values {
            var tokens: Set<[Int]> = []
            for size in sizes {
                var request = try model.request("a green heart", seed: 5)
                request.size = size
                let drawn = try await model.generate(request)
                #expect(drawn.picture.width == size.width && drawn.picture.height == size.height)
                tokens.insert(drawn.tokens.tokens)
            }
            #expect(tokens.count == 1)
        }
    }

    /// Its weights have 16 bits, so that its decoder multiplies bfloat16 numbers unless float32 is asked for.
    @Test func picturesInBFloat16AreThoseOfFloat32ButForLevels() async throws {
        let (stored, exact) = (try Model(), try Model(weights: .f32))
        for size in stored.sizes {
            var request = try stored.request("a red star in front of a blue circle at night", seed: 1)
            request.size = size
            let drawn = try await stored.generate(request).tokens
            var noise = drawn
            noise.tokens = (0..<size.tokenCount).map { $0 * 7919 % 8192 }
            for (grid, most, rest) in [(drawn, 2, 0), (noise, 3, 1e-5)] {
                let pictures = try [stored, exact].map { try $0.decode(grid).pixels }
                #expect(pictures[0] != pictures[1])
                // A ratio of peak signal to noise of 51 dB.
                let differences = zip(pictures[0], pictures[1]).map { a, b in abs(Int(a) - Int(b)) }
                #expect(differences.map { $0 * $0 }.reduce(0, +) * 2 < differences.count)
                let beyond = differences.count { $0 > most }
                #expect(
                    Double(beyond) <= rest * Double(differences.count), "\(beyond) values are off by more than \(most)")
            }
        }
    }

    @Test(arguments: [
        ("red", RGB(red: 220, green: 40, blue: 40)), ("green", RGB(red: 40, green: 160, blue: 60)),
        ("blue", RGB(red: 40, green: 80, blue: 220)),
    ])
    func aBigSquareHasItsColor(name: String, color: RGB) async throws {
        let model = try Model()
        var request = try model.request("a big \(name) square", seed: 1)
        request.size = try model.size(width: 64, height: 64)
        let picture = try await model.generate(request).picture
        let near = (0..<picture.width * picture.height).count { index in
            let pixel = picture[index % picture.width, index / picture.width]
            return abs(Int(pixel.red) - Int(color.red)) + abs(Int(pixel.green) - Int(color.green))
                + abs(Int(pixel.blue) - Int(color.blue)) < 90
        }
        // 48 of 64 pixels a side, but for a margin.
        #expect((1100...2400).contains(near), "\(near) pixels are \(name)")
    }

    /// A plain background and a gradient have one tone in every row, near a thing too: no squares of tokens show around it.
    @Test(arguments: [
        "a red circle on a cyan background", "a yellow star on a purple background", "a red circle on a blue gradient",
        "a black ring on a pink gradient", "a green square on a background that fades from gray to white",
    ])
    func noBoxesShowAroundThings(prompt: String) async throws {
        let model = try Model()
        let requests = try (1...4).map { try model.request(prompt, seed: $0) }
        for picture in try await model.drawAll(requests, threads: 2, batchSize: 4).map(\.picture) {
            let (near, off) = surroundings(of: picture)
            #expect(near > 2000)
            #expect(Double(off) < 0.06 * Double(near), "\(off) of \(near) pixels near the thing have another tone")
        }
    }

    /// Behind a thing that fills the squares around a corner, the corner has the tone of its row as well.
    @Test(arguments: [
        ("a blue ring at the bottom left on a pink background", 1),
        ("a blue ring at the bottom left on a pink background", 7),
        ("a big yellow circle in the top left corner on a purple background", 1),
        ("a big yellow circle in the top left corner on a purple background", 8),
    ])
    func cornersHaveTheTonesOfTheirRows(prompt: String, seed: UInt64) async throws {
        let model = try Model()
        let picture = try await model.generate(model.request(prompt, seed: seed)).picture
        for y in [2, picture.height - 3] {
            let levels = (0..<picture.width).map { x -> [Int] in
                let pixel = picture[x, y]
                return [Int(pixel.red), Int(pixel.green), Int(pixel.blue)]
            }
            for color in 0..<3 {
                let tone = levels.map { $0[color] }.sorted()[picture.width / 2]
                for x in [2, picture.width - 3] {
                    #expect(abs(levels[x][color] - tone) <= 8, "pixel \(x), \(y)")
                }
            }
        }
    }

    /// How many pixels are near a thing, but not of it, and how many of those have another tone than their row elsewhere.
    private func surroundings(of picture: Picture) -> (near: Int, off: Int) {
        let (width, height) = (picture.width, picture.height)
        func levels(_ x: Int, _ y: Int) -> [Int] {
            let pixel = picture[x, y]
            return [Int(pixel.red), Int(pixel.green), Int(pixel.blue)]
        }
        let differences = (0..<height).map { y -> [Int] in
            let row = (0..<width).map { levels($0, y) }
            let tone = (0..<3).map { color in row.map { $0[color] }.sorted()[width / 2] }
            return row.map { pixel in zip(pixel, tone).map { abs($0 - $1) }.max()! }
        }
        /// The pixels with one of a thing in the square of pixels around them.
        func around(_ reach: Int) -> [[Bool]] {
            let rows = differences.map { row in
                row.indices.map { x in row[max(0, x - reach)...min(width - 1, x + reach)].contains { $0 > 40 } }
            }
            return (0..<height).map { y in
                let strip = rows[max(0, y - reach)...min(height - 1, y + reach)]
                return (0..<width).map { x in strip.contains { $0[x] } }
            }
        }
        let (close, wide) = (around(8), around(32))
        var (near, off) = (0, 0)
        for y in 0..<height {
            for x in 0..<width where wide[y][x] && !close[y][x] {
                near += 1
                if differences[y][x] > 6 { off += 1 }
            }
        }
        return (near, off)
    }

    @Test func picturesGoToTokensAndBack() throws {
        let model = try Model()
        let size = try model.size()
        let picture = try Picture(width: size.width, height: size.height, color: RGB(red: 200, green: 30, blue: 30))
        let grid = try model.encode(picture)
        #expect(grid.rows == size.rows && grid.columns == size.columns)
        let again = try model.decode(grid)
        #expect(again.width == size.width && again.height == size.height)
    }

    /// A thing on a colored background keeps its tokens, and comes back as it was.
    @Test(arguments: ["a red circle on a cyan background", "a cat at night", "a yellow star on a purple background"])
    func thingsOnBackgroundsComeBack(prompt: String) async throws {
        let model = try Model()
        let drawn = try await model.generate(model.request(prompt, seed: 3))
        let grid = try model.encode(drawn.picture)
        let again = try model.decode(grid)
        let kept = zip(grid.tokens, drawn.tokens.tokens).count { $0 == $1 }
        #expect(kept >= 60, "\(kept) of 64 tokens are the same again")
        #expect(try peakSignalToNoise(drawn.picture, again) > 40)
    }

    /// A rectangle that fills squares of the picture's edge comes back, with its own edges that go along rows of pixels.
    @Test(arguments: [
        (RGB(red: 245, green: 130, blue: 180), RGB(red: 150, green: 150, blue: 150), 38..<64, 36..<64, 26.0),
        (RGB(red: 40, green: 80, blue: 220), RGB(red: 40, green: 160, blue: 60), 34..<58, 35..<64, 20.5),
        (RGB(red: 140, green: 60, blue: 190), RGB(red: 245, green: 205, blue: 40), 0..<22, 0..<22, 21.0),
        (RGB(red: 245, green: 130, blue: 180), RGB(red: 40, green: 160, blue: 60), 38..<64, 36..<64, 18.0),
    ])
    func rectanglesAtTheEdgeComeBack(
        color: RGB, background: RGB, columns: Range<Int>, rows: Range<Int>, decibels: Double
    ) throws {
        let model = try Model()
        let size = try model.size(width: 64, height: 64)
        var picture = try Picture(width: 64, height: 64, color: background)
        for y in rows { for x in columns { picture[x, y] = color } }
        let again = try model.decode(model.encode(picture, size: size))
        for y in stride(from: 0, to: 64, by: 8) {
            for x in stride(from: 0, to: 64, by: 8) {
                let noise = try peakSignalToNoise(
                    picture.cropped(x: x, y: y, width: 8, height: 8), again.cropped(x: x, y: y, width: 8, height: 8))
                #expect(noise > decibels, "square \(x / 8), \(y / 8)")
            }
        }
    }
}
