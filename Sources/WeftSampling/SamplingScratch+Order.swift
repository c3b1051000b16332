// SamplingScratch+Order: the k-th greatest logit and the descending order, in linear time whatever the logits are.

extension SamplingScratch {
    /// A key that ascends where the logits descend; -0 and +0 share one key. The logit may not be NaN.
    @inline(__always)
    static func descendingKey(_ logit: Float) -> UInt32 {
        let bits = (logit == 0 ? 0 : logit).bitPattern
        return bits >> 31 == 1 ? bits : ~(bits | 0x8000_0000)
    }

    /// The logit that belongs to a key.
    @inline(__always)
    static func logit(_ key: UInt32) -> Float {
        Float(bitPattern: key >> 31 == 1 ? key : ~key & 0x7FFF_FFFF)
    }

    /// The `rank`-th greatest of `logits` `[vocabulary]`, with `rank` from 1 and equal logits counted one by one.
    ///
    /// Radix selection over digits of 10, 11 and 11 bits: three reads of the logits, no copy, no bad case.
    /// `rank` must be in `1...logits.count`, and no logit may be NaN.
    func greatest(_ rank: Int, of logits: Span<Float>) -> Float {
        let buckets = UnsafeMutableBufferPointer(rebasing: counts[..<Self.digits])
        var remaining = UInt32(rank)
        var prefix: UInt32 = 0
        for shift in stride(from: 2 * Self.digitBits, through: 0, by: -Self.digitBits) {
            buckets.update(repeating: 0)
            for index in logits.indices {
                let key = Self.descendingKey(logits[index])
                // The bits above the digit must be those that were found; above the first there are none, and Swift
                // shifts them to 0.
                if key >> (shift + Self.digitBits) == prefix { buckets[Int(key >> shift & 0x7FF)] += 1 }
            }
            var digit = 0
            while buckets[digit] < remaining {
                remaining -= buckets[digit]
                digit += 1
            }
            prefix = prefix << Self.digitBits | UInt32(digit)
        }
        return Self.logit(prefix)
    }

    /// Sorts the tokens of `logits` `[vocabulary]` that are not masked into `entries`: greatest logit first, and of
    /// equal logits the lowest id first. Returns their number.
    ///
    /// A stable radix sort over the same three digits; a digit that all keys share is skipped. No logit may be NaN.
    func sortDescending(_ logits: Span<Float>) -> Int {
        let digits = Self.digits
        counts.update(repeating: 0)
        var count = 0
        for index in logits.indices where logits[index] != -.infinity {
            let key = Self.descendingKey(logits[index])
            entries[count] = UInt64(key) << 32 | UInt64(index)
            count += 1
            counts[Int(key & 0x7FF)] += 1
            counts[digits + Int(key >> 11 & 0x7FF)] += 1
            counts[2 * digits + Int(key >> 22)] += 1
        }
        var (source, target) = (entries, sorted)
        for pass in 0..<3 {
            let buckets = UnsafeMutableBufferPointer(rebasing: counts[pass * digits..<(pass + 1) * digits])
            let shift = UInt64(32 + pass * Self.digitBits)
            var start: UInt32 = 0
            var shared = false
            for digit in 0..<digits {
                let size = buckets[digit]
                shared = shared || Int(size) == count
                buckets[digit] = start
                start += size
            }
            if shared { continue }
            for position in 0..<count {
                let entry = source[position]
                let digit = Int(entry >> shift & 0x7FF)
                target[Int(buckets[digit])] = entry
                buckets[digit] += 1
            }
            swap(&source, &target)
        }
        if source.baseAddress != entries.baseAddress {
            for position in 0..<count { entries[position] = source[position] }
        }
        return count
    }

    /// The token of a sorted entry.
    @inline(__always)
    func token(_ position: Int) -> Int { Int(entries[position] & 0xFFFF_FFFF) }

    /// The logit of a sorted entry.
    @inline(__always)
    func logit(at position: Int) -> Float { Self.logit(UInt32(entries[position] >> 32)) }
}
