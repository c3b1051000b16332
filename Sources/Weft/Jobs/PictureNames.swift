// The file names of a job's pictures.

import Foundation

/// Gives each id a file name that every common file system can hold, and no two ids the same.
///
/// A name is the id and `.png`. What is unsafe on Linux, macOS or Windows stands as `%` and two hexadecimal digits, and
/// so does `~`, which sets off what is added: names of more than ``maximumSize`` bytes are cut, and names that a file
/// system that ignores case or the composition of letters would mix up are told apart, by `~` and digits of the id's
/// SHA-256. All pictures lie in one folder, also when there are many.
enum PictureNames {
    /// The most bytes of a name without its suffix and what is added; every common file system takes 255 in all.
    static let maximumSize = 200

    /// The file names of all ids of a job, in order. Of ids that a file system may mix up, the first keeps its name.
    static func files(_ ids: [String]) -> [String] {
        var taken = Set<String>()
        return ids.map { id in
            let plain = encoded(id)
            var name = plain.utf8.count <= maximumSize ? plain : marked(plain, id, digits: 16)
            if !taken.insert(key(name)).inserted {
                name = marked(plain, id, digits: 16)
                // Two ids with the same 64 bits of SHA-256: not by chance, but all of it tells them apart.
                if !taken.insert(key(name)).inserted {
                    name = marked(plain, id, digits: 32)
                    taken.insert(key(name))
                }
            }
            return name + ".png"
        }
    }

    /// What a file system that ignores case and composition compares.
    private static func key(_ name: String) -> String { name.decomposedStringWithCanonicalMapping.lowercased() }

    private static func marked(_ name: String, _ id: String, digits: Int) -> String {
        var start = ""
        for character in name where start.utf8.count + character.utf8.count <= maximumSize { start.append(character) }
        return start + "~" + SHA256.hex(of: Array(id.utf8)).prefix(digits)
    }

    private static let unsafe = Set("/\\:*?\"<>|%~".unicodeScalars)

    private static func encoded(_ id: String) -> String {
        let scalars = Array(id.unicodeScalars)
        let isDevice = isDevice(id)
        var name = ""
        for (place, scalar) in scalars.enumerated() {
            let isAtEnd = place == 0 || place == scalars.count - 1
            let isHidden = isAtEnd && (scalar == "." || scalar == " ")
            if unsafe.contains(scalar) || isHidden || (isDevice && place == 0) {
                name += "%" + SHA256.text([UInt8(scalar.value)]).uppercased()
            } else {
                name.unicodeScalars.append(scalar)
            }
        }
        return name
    }

    /// Whether Windows takes a name for a device, whatever follows its first dot.
    private static func isDevice(_ id: String) -> Bool {
        let stem = id.prefix { $0 != "." }.uppercased()
        if ["CON", "PRN", "AUX", "NUL"].contains(stem) { return true }
        guard stem.count == 4, stem.hasPrefix("COM") || stem.hasPrefix("LPT") else { return false }
        return stem.last.map { "123456789\u{B9}\u{B2}\u{B3}".contains($0) } ?? false
    }
}
