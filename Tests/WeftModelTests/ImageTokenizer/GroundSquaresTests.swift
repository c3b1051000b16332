// Which squares of a picture are its background.

import Testing

@testable import WeftModel

@Suite struct GroundSquaresTests {
    private static let sky = SIMD3<Float>(0.2, 0.5, 0.9)
    private static let floor = SIMD3<Float>(0.1, 0.6, -0.4)
    private static let thing = SIMD3<Float>(0.9, -0.7, -0.7)

    /// A picture of squares of 2x2 pixels: `s`ky, `f`loor, `t`hing, `e` for the upper edge of a thing on sky that goes along a row of
    /// pixels, `l` for its lower edge, and `?` for a square whose rows have several colours.
    private func squares(_ picture: String) -> GroundSquares {
        let rows = picture.split(separator: "\n").map(Array.init)
        var pixels: [Float] = []
        for y in 0..<2 * rows.count {
            for x in 0..<2 * rows[0].count {
                let color = Self.color(rows[y / 2][x / 2], x: x % 2, y: y % 2)
                pixels += [color.x, color.y, color.z]
            }
        }
        return GroundSquares(pixels, rows: rows.count, columns: rows[0].count, side: 2)
    }

    private static func color(_ square: Character, x: Int, y: Int) -> SIMD3<Float> {
        switch square {
        case "s": sky
        case "f": floor
        case "t": thing
        case "e": y == 0 ? sky : thing
        case "l": y == 0 ? thing : sky
        default: SIMD3(repeating: Float(x))
        }
    }

    /// The colours of grounds, which have one each.
    private func colors(_ picture: String, of square: Int) -> Set<SIMD3<Float>> {
        Set(squares(picture).grounds(of: square).map { $0[0] })
    }

    @Test func aGroundLeadsToTheEdge() {
        let picture = """
            sssss
            s???s
            s?t?s
            s???s
            sssss
            """
        #expect(squares(picture).isGround.count { $0 } == 16)
        for square in [6, 7, 8, 11, 13, 16, 17, 18] { #expect(colors(picture, of: square) == [Self.sky]) }
    }

    /// A thing that fills squares at the edge, even some in the corner, is no ground of its own outline.
    @Test func aThingAtTheEdgeIsNoGround() {
        let picture = """
            ssssssss
            ssss????
            sssss?tt
            sssss?tt
            """
        for square in [12, 13, 14, 15, 21, 29] { #expect(colors(picture, of: square) == [Self.sky]) }
    }

    /// Rows of one colour each are no ground where that jumps from row to row.
    @Test func theEdgeOfAThingIsNoGround() {
        let picture = """
            sssss
            seees
            stt?s
            sll?s
            sssss
            """
        let ground = squares(picture).isGround
        for square in [6, 7, 8, 11, 12, 13, 16, 17, 18] {
            #expect(!ground[square] && colors(picture, of: square) == [Self.sky])
        }
        #expect(ground.count { $0 } == 16)
    }

    /// Sky and floor, and a hill that fills some row.
    @Test func aSceneryHasSeveral() {
        #expect(colors("ssss\nss?s\nff?f\nffff", of: 6) == [Self.sky, Self.floor])
        #expect(colors("ssssssss\nss????ss\ns??ff??s\n??ffff??", of: 12) == [Self.sky, Self.floor])
    }

    @Test func aPictureMayHaveNone() {
        #expect(squares("???\n???").grounds(of: 4) == [])
        #expect(colors("??????\n?????s", of: 0) == [Self.sky])
    }
}
