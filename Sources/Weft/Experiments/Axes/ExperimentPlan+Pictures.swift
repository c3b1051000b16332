// The combinations of an experiment, and what their pictures are called.

extension ExperimentPlan {
    /// How many pictures there are.
    public var pictureCount: Int { cellCount * prompts.count * seeds.count }

    /// The combination of settings at a place from 0 to ``cellCount`` - 1: a value of each axis, in the order of the axes.
    public func cell(_ index: Int) -> [AxisValue] {
        precondition((0..<cellCount).contains(index))
        var rest = index
        var values: [AxisValue] = []
        for axis in axes.reversed() {
            values.append(AxisValue(key: axis.key, text: axis.values[rest % axis.values.count]))
            rest /= axis.values.count
        }
        return values.reversed()
    }

    /// All pictures: combination by combination, in each the prompts, of each the seeds.
    public var pictures: [Picture] {
        (0..<cellCount).flatMap { index in
            let cell = cell(index)
            return prompts.enumerated().flatMap { place, prompt in
                seeds.map { seed in
                    let id = Self.pictureID(prompt: prompt, cell: cell, seed: seed)
                    return Picture(id: id, prompt: place, cell: index, seed: seed)
                }
            }
        }
    }

    /// What a picture is called: `PROMPT_KEY=VALUE_..._sSEED`, as in `row-0_size=64x64_temperature=0.7_s1`.
    ///
    /// A picture has the same id whatever else is in the experiment. An id of more than ``JobPicture/maximumIdSize`` bytes is cut, and ends with
    /// `~` and 16 digits of the SHA-256 of the whole.
    public static func pictureID(prompt: String, cell: [AxisValue], seed: UInt64) -> String {
        let id = ([prompt] + cell.map(\.description) + ["s\(seed)"]).joined(separator: "_")
        guard id.utf8.count > JobPicture.maximumIdSize else { return id }
        let digits = SHA256.hex(of: Array(id.utf8)).prefix(16)
        var start = ""
        for character in id {
            guard start.utf8.count + character.utf8.count + 1 + digits.utf8.count <= JobPicture.maximumIdSize else {
                break
            }
            start.append(character)
        }
        return "\(start)~\(digits)"
    }
}
