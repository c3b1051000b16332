// Numbers of a grid over a picture.

import Testing
import WeftPixels

@Suite struct HeatMapTests {
    @Test func cellsHaveTheColoursOfTheirNumbers() throws {
        let picture = try Picture(width: 32, height: 16, color: .white)
        let map = try HeatMap(rows: 1, columns: 2, values: [0, 10])
        #expect(map.range == 0...10)
        let drawn = try map.drawn(over: picture, opacity: 1)
        #expect(drawn.width == 32 && drawn.height == 16)
        #expect(drawn[0, 0] == RGB(red: 68, green: 1, blue: 84))
        #expect(drawn[15, 15] == RGB(red: 68, green: 1, blue: 84))
        #expect(drawn[16, 0] == RGB(red: 253, green: 231, blue: 37))
        let half = try map.drawn(over: picture, opacity: 0.5)
        #expect(half[0, 0] == RGB(red: 162, green: 128, blue: 170))
        #expect(try map.drawn(over: picture, opacity: 0) == picture)
    }

    @Test func coloursLieBetween() throws {
        let map = try HeatMap(rows: 1, columns: 1, values: [1], range: 0...9)
        #expect(map.color(of: 0) == RGB(red: 68, green: 1, blue: 84))
        #expect(map.color(of: 1) == RGB(red: 72, green: 40, blue: 120))
        #expect(map.color(of: 0.5) == RGB(red: 70, green: 21, blue: 102))
        #expect(map.color(of: 99) == map.color(of: 9))
        #expect(map.color(of: -99) == map.color(of: 0))
        let flat = try HeatMap(rows: 1, columns: 2, values: [3, 3])
        #expect(flat.color(of: 3) == map.color(of: 0))
    }

    @Test func smallPicturesAreEnlargedAndCellsWithoutNumbersStay() throws {
        var picture = try Picture(width: 2, height: 2, color: .white)
        picture[1, 1] = .black
        let drawn = try HeatMap(rows: 2, columns: 2, values: [1, 2]).drawn(over: picture, opacity: 1)
        #expect(drawn.width == 32 && drawn.height == 32)
        #expect(drawn[0, 16] == .white && drawn[15, 31] == .white)
        #expect(drawn[16, 16] == .black && drawn[31, 31] == .black)
        #expect(try picture.enlarged(by: 1) == picture)
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        #expect(throws: PictureError.self) { try HeatMap(rows: 0, columns: 1, values: [1]) }
        #expect(throws: PictureError.self) { try HeatMap(rows: 1, columns: 1, values: []) }
        #expect(throws: PictureError.self) { try HeatMap(rows: 1, columns: 1, values: [1, 2]) }
        #expect(throws: PictureError.self) { try HeatMap(rows: .max, columns: 2, values: [1]) }
        #expect(throws: PictureError.self) { try HeatMap(rows: 1, columns: 1, values: [.nan]) }
        let map = try HeatMap(rows: 2, columns: 3, values: [1])
        #expect(throws: PictureError.self) { try map.drawn(over: Picture(width: 8, height: 8, color: .white)) }
        #expect(throws: PictureError.self) { try Picture(width: 9, height: 9, color: .white).enlarged(by: .max) }
        #expect(throws: PictureError.self) { try Picture(width: 9, height: 9, color: .white).enlarged(by: 0) }
    }
}
