// Damages bytes in the ways that break readers: flips, lengths, cuts, repetitions, pieces of other inputs.

/// A stream of damaged inputs, the same for the same seed.
struct Mutation {
    private var state: UInt64

    /// Starts the stream.
    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    /// The next number below `limit`, which is above 0.
    mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }

    /// One of the seeds with one to eight kinds of damage.
    mutating func input(from seeds: [[UInt8]]) -> [UInt8] {
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(8) { damage(&bytes, seeds) }
        return bytes
    }

    private mutating func damage(_ bytes: inout [UInt8], _ seeds: [[UInt8]]) {
        guard !bytes.isEmpty else {
            bytes = [UInt8(below(256))]
            return
        }
        let place = below(bytes.count)
        switch below(10) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = UInt8(below(256))
        case 2: overwrite(&bytes, place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(16)))
        case 4: bytes.insert(contentsOf: (0...below(8)).map { _ in UInt8(below(256)) }, at: place)
        case 5: bytes.removeSubrange(place...)
        case 6: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + below(64))], at: place)
        case 7: splice(&bytes, place, seeds[below(seeds.count)])
        case 8: digits(&bytes, place)
        default: bytes[place] = Array(#"{}[]",:0-9eE\u"#.utf8)[below(14)]
        }
    }

    /// A number that lengths and offsets stumble over.
    private mutating func overwrite(_ bytes: inout [UInt8], _ place: Int) {
        let values: [UInt64] = [
            0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, .max,
        ]
        let value = values[below(values.count)]
        for index in 0..<[1, 2, 4, 8][below(4)] where place + index < bytes.count {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
        }
    }

    private mutating func splice(_ bytes: inout [UInt8], _ place: Int, _ other: [UInt8]) {
        guard !other.isEmpty else { return }
        let start = below(other.count)
        let part = other[start..<min(other.count, start + 1 + below(64))]
        bytes.replaceSubrange(place..<min(bytes.count, place + part.count), with: part)
    }

    /// Another number in place of one that is written out, from the place on.
    private mutating func digits(_ bytes: inout [UInt8], _ place: Int) {
        guard let start = bytes[place...].firstIndex(where: { (48...57).contains($0) }) else { return }
        let end = bytes[start...].firstIndex { !(48...57).contains($0) } ?? bytes.endIndex
        let numbers = ["0", "-1", "1e999", "9223372036854775807", "18446744073709551616", "4294967296", "1.5", "00"]
        bytes.replaceSubrange(start..<end, with: Array(numbers[below(numbers.count)].utf8))
    }
}
