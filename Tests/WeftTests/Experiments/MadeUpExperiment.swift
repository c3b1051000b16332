// An experiment that nobody drew: coloured pictures, and numbers with the shape of measured ones.

import Weft
import WeftPixels

/// Makes up experiments; equal arguments give equal records.
struct MadeUpExperiment {
    /// The axes with their values, the slowest first.
    var axes: [(key: String, texts: [String])]
    var prompts = ["three red circles", "a blue star", "a yellow ring", "a green square"]
    var seeds: [UInt64] = [1, 2, 3, 4]
    /// The side of the pictures, for experiments whose axis `size` does not say.
    var side = 16

    /// 3 sizes, 3 temperatures, 4 prompts, 4 seeds: 144 pictures.
    static let sizes = MadeUpExperiment(axes: [("size", ["64", "128", "256"]), ("temperature", ["0.7", "0.85", "1"])])

    /// The records in the order of the plan.
    func records() throws -> [ExperimentRecord] {
        var settings: [[AxisValue]] = [[]]
        for axis in axes {
            settings = settings.flatMap { row in axis.texts.map { row + [AxisValue(key: axis.key, text: $0)] } }
        }
        return try settings.enumerated().flatMap { cell, values in
            try prompts.enumerated().flatMap { place, prompt in
                try seeds.map { try record(cell: cell, values, place, prompt, $0) }
            }
        }
    }

    private func record(
        cell: Int, _ values: [AxisValue], _ place: Int, _ prompt: String, _ seed: UInt64
    ) throws -> ExperimentRecord {
        let named = Dictionary(uniqueKeysWithValues: values.map { ($0.key, $0.text) })
        let side = named["size"].flatMap(Int.init) ?? side
        let tokens = named["tokens"].flatMap(Int.init) ?? max(1, side * side / 64)
        let warmth = named["temperature"].flatMap(Double.init) ?? 1
        // A number from 0 to 1 that looks like chance.
        var mixed = (UInt64(cell * 31 + place * 17) &+ seed &* 101) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9
        let chance = Double(mixed >> 40) / Double(1 << 24)
        let seconds = 0.02 + Double(tokens) / 2600 * (1 + 0.12 * chance)
        let quality = 1 - 6 / Double(tokens).squareRoot() / 2 - 0.3 * abs(warmth - 0.85)
        return ExperimentRecord(
            id: "c\(cell)_p\(place)_s\(seed)", promptID: "p\(place)", prompt: prompt, values: values, seed: seed,
            tokens: tokens, width: side, height: side, seconds: seconds, tokensPerSecond: Double(tokens) / seconds,
            peakBytes: 180_000_000 + tokens * 90_000 + Int(chance * 900_000),
            faithfulness: chance < quality ? 1 : 0, psnr: 17 + 2.5 * Double(tokens).squareRoot() / 8 + chance,
            png: try PNG.encode(Self.picture(side, hue: place * 3 + Int(chance * 3), radius: 0.2 + chance * 0.2)))
    }

    /// A disk on a ground that grows lighter.
    private static func picture(_ side: Int, hue: Int, radius: Double) throws -> Picture {
        let palette: [RGB] = [
            RGB(red: 204, green: 64, blue: 52), RGB(red: 222, green: 120, blue: 40), RGB(red: 176, green: 52, blue: 96),
            RGB(red: 44, green: 98, blue: 178), RGB(red: 60, green: 140, blue: 190), RGB(red: 92, green: 84, blue: 176),
            RGB(red: 226, green: 178, blue: 44), RGB(red: 206, green: 154, blue: 30),
            RGB(red: 236, green: 204, blue: 92),
            RGB(red: 52, green: 138, blue: 84), RGB(red: 94, green: 160, blue: 70), RGB(red: 30, green: 120, blue: 110),
        ]
        var picture = try Picture(width: side, height: side, color: .white)
        for y in 0..<side {
            for x in 0..<side {
                let light = UInt8(226 + 24 * y / side)
                let (dx, dy) = (Double(x) / Double(side) - 0.5, Double(y) / Double(side) - 0.5)
                let isInside = dx * dx + dy * dy < radius * radius
                picture[x, y] = isInside ? palette[hue % palette.count] : RGB(red: light, green: light, blue: light)
            }
        }
        return picture
    }
}
