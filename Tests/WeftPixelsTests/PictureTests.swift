// Pictures, crops, sizes, contact sheets and the distance of two pictures, in numbers.

import Foundation
import Testing
import WeftPixels

/// A picture with equal red, green and blue.
private func gray(_ rows: [[Int]]) throws -> Picture {
    let pixels = rows.joined().flatMap { Array(repeating: UInt8($0), count: 3) }
    return try Picture(width: rows[0].count, height: rows.count, pixels: pixels)
}

private func rows(_ picture: Picture) -> [[Int]] {
    (0..<picture.height).map { y in (0..<picture.width).map { Int(picture[$0, y].red) } }
}

@Suite struct PictureTests {
    @Test func squaresHaveExactMeans() throws {
        let picture = try gray([[0, 1, 255, 255], [1, 1, 255, 254], [7, 7, 9, 9], [7, 8, 9, 9]])
        func means(_ side: Int) throws -> [Float] {
            let values = try picture.means(ofSquares: side)
            return stride(from: 0, to: values.count, by: 3).map { values[$0] }
        }
        #expect(try means(2) == [0.75, 254.75, 7.25, 9])
        #expect(try means(4) == [67.9375])
        #expect(try means(1) == picture.pixels.enumerated().filter { $0.offset % 3 == 0 }.map { Float($0.element) })
        let colours = try Picture(width: 3, height: 3, pixels: (0..<27).map { UInt8($0) })
        #expect(try colours.means(ofSquares: 3) == [12, 13, 14])
        let thirds = try gray([[0, 0, 1], [0, 0, 0], [0, 0, 0]])
        #expect(try thirds.means(ofSquares: 3)[0] == Float(1.0 / 9))
        for side in [0, -2, 3] {
            #expect(throws: PictureError("4x4 pixels cannot be divided into squares of \(side)x\(side)")) {
                try picture.means(ofSquares: side)
            }
        }
    }

    @Test func checksItsSize() throws {
        #expect(throws: PictureError("2x2 pixels need 12 values, not 11")) {
            try Picture(width: 2, height: 2, pixels: Array(repeating: 0, count: 11))
        }
        for (width, height) in [(0, 1), (1, 0), (-1, -1), (Int.max, 2), (Int.max / 2, 1)] {
            #expect(throws: PictureError("a picture cannot have \(width)x\(height) pixels")) {
                try Picture(width: width, height: height, pixels: [])
            }
        }
    }

    @Test func readsAndWritesPixels() throws {
        var picture = try Picture(width: 3, height: 2, color: .black)
        picture[2, 1] = RGB(red: 1, green: 2, blue: 3)
        #expect(picture[2, 1] == RGB(red: 1, green: 2, blue: 3))
        #expect(picture.pixels == Array(repeating: 0, count: 15) + [1, 2, 3])
    }

    @Test func crops() throws {
        let picture = try gray([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
        #expect(rows(try picture.cropped(x: 1, y: 1, width: 2, height: 2)) == [[6, 7], [10, 11]])
        let square = try picture.centerCropped(aspectWidth: 1, aspectHeight: 1)
        #expect(rows(square) == [[1, 2, 3], [5, 6, 7], [9, 10, 11]])
        #expect(rows(try picture.centerCropped(aspectWidth: 4, aspectHeight: 1)) == [[5, 6, 7, 8]])
        #expect(rows(try picture.centerCropped(aspectWidth: 1, aspectHeight: 100)) == [[2], [6], [10]])
        #expect(try picture.centerCropped(aspectWidth: 8, aspectHeight: 6) == picture)
        for (x, y, width, height) in [(-1, 0, 1, 1), (0, 0, 5, 1), (3, 0, 2, 1), (0, 3, 1, 1), (0, 0, 0, 1)] {
            #expect(throws: PictureError.self) { try picture.cropped(x: x, y: y, width: width, height: height) }
        }
        #expect(throws: PictureError.self) { try picture.centerCropped(aspectWidth: 0, aspectHeight: 1) }
    }

    @Test func shrinksByArea() throws {
        #expect(rows(try gray([[0, 10, 20, 31]]).resized(width: 2, height: 1)) == [[5, 26]])
        // 3 -> 2: each new pixel covers one and a half: (2 * a + b) / 3
        #expect(rows(try gray([[0, 90, 255]]).resized(width: 2, height: 1)) == [[30, 200]])
        #expect(rows(try gray([[1, 3], [5, 7]]).resized(width: 1, height: 1)) == [[4]])
        let picture = try noise(17, 13)
        #expect(try picture.resized(width: 17, height: 13) == picture)
    }

    // From Pillow: Image.fromarray(source, mode="F").resize((9, 7), Image.BICUBIC), then rounded.
    @Test func growsByCubics() throws {
        let source = try gray([[0, 50, 200, 255], [10, 20, 30, 40], [90, 80, 70, 60]])
        let pillow = [
            [0, 3, 21, 59, 134, 210, 251, 255, 255],
            [0, 4, 19, 52, 115, 178, 213, 230, 239],
            [0, 3, 13, 32, 66, 99, 119, 131, 136],
            [9, 11, 15, 21, 25, 29, 35, 39, 41],
            [46, 46, 46, 44, 40, 37, 35, 35, 34],
            [83, 82, 78, 74, 69, 65, 61, 57, 56],
            [99, 96, 91, 85, 80, 75, 68, 63, 61],
        ]
        #expect(rows(try source.resized(width: 9, height: 7)) == pillow)
    }

    @Test func keepsAnEvenColorAndTheChannelsApart() throws {
        let color = RGB(red: 255, green: 1, blue: 77)
        let picture = try Picture(width: 5, height: 6, color: color)
        for (width, height) in [(1, 1), (3, 9), (64, 2), (11, 13)] {
            #expect(
                try picture.resized(width: width, height: height)
                    == Picture(width: width, height: height, color: color))
        }
    }

    @Test func fillsASize() throws {
        let picture = try gray([[9, 1, 3, 9], [9, 5, 7, 9]])
        #expect(rows(try picture.filling(width: 1, height: 1)) == [[4]])
    }

    @Test(arguments: [(0, 1), (1, -1), (16385, 1), (1, Int.max)])
    func refusesSize(_ width: Int, _ height: Int) throws {
        let picture = try noise(2, 2)
        #expect(throws: PictureError.self) { try picture.resized(width: width, height: height) }
    }

    @Test func peakSignalToNoiseInDecibels() throws {
        let black = try Picture(width: 4, height: 4, color: .black)
        var other = black
        #expect(try peakSignalToNoise(black, other) == .infinity)
        #expect(try peakSignalToNoise(black, Picture(width: 4, height: 4, color: .white)) == 0)
        other[1, 1].green = 12  // mean squared error 144 / 48 = 3
        #expect(abs(try peakSignalToNoise(black, other) - 43.3596) < 0.0001)
        let small = try Picture(width: 4, height: 3, color: .black)
        #expect(throws: PictureError("pictures of 4x4 and 4x3 pixels cannot be compared")) {
            try peakSignalToNoise(black, small)
        }
    }
}

@Suite struct ContactSheetTests {
    @Test func putsPicturesInRows() throws {
        let pictures = try (1...3).map { try gray([[$0]]) }
        let sheet = try ContactSheet(columns: 2, padding: 1, background: .black).sheet(of: pictures)
        let border = [0, 0, 0, 0, 0]
        #expect(rows(sheet) == [border, [0, 1, 0, 2, 0], border, [0, 3, 0, 0, 0], border])
        #expect(rows(try ContactSheet(padding: 0, background: .white).sheet(of: pictures)) == [[1, 2], [3, 255]])
        #expect(rows(try ContactSheet(columns: 9, padding: 0).sheet(of: pictures)) == [[1, 2, 3]])
    }

    @Test func putsSmallerPicturesInTheMiddle() throws {
        let pictures = [try gray([[1, 1, 1], [1, 1, 1], [1, 1, 1]]), try gray([[2]])]
        let sheet = try ContactSheet(columns: 2, padding: 0, background: .black).sheet(of: pictures)
        #expect(rows(sheet) == [[1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 2, 0], [1, 1, 1, 0, 0, 0]])
    }

    @Test func refusesWhatItCannotMake() throws {
        #expect(throws: PictureError("a contact sheet needs a picture")) { try ContactSheet().sheet(of: []) }
        #expect(throws: PictureError("a contact sheet cannot have 0 columns")) { try ContactSheet(columns: 0) }
        #expect(throws: PictureError.self) { try ContactSheet(padding: -1) }
        let wide = try Picture(width: 9000, height: 1, color: .black)
        #expect(throws: PictureError.self) { try ContactSheet(columns: 2).sheet(of: [wide, wide]) }
    }
}
