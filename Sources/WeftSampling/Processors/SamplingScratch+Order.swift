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
    /// Radix selection over digits of 10, 11 and 11 bits, with no bad case; only logits that share the first digit with
    /// the one that is sought are looked at again. `rank` must be in `1...logits.count`, and no logit may be NaN.
    func greatest(_ rank: Int, of logits: Span<Float>) -> Float {
        var remaining = UInt32(rank)
        counts.update(repeating: 0)
        let first = logits.withUnsafeBufferPointer { logits in
            // Logits share few first digits: neighbours count in different tables, not to wait for each other.
            for index in logits.indices {
                counts[index & 1 << Self.digitBits + Int(Self.descendingKey(logits[index]) >> 22)] += 1
            }
            for digit in 0..<Self.digits { counts[digit] += counts[Self.digits + digit] }
            return digit(holding: &remaining)
        }
        var candidates = 0
        logits.withUnsafeBufferPointer { logits in
            for logit in logits {
                let key = Self.descendingKey(logit)
                entries[candidates] = UInt64(key)
                candidates += key >> 22 == first ? 1 : 0
            }
        }
        var prefix = first
        for shift in stride(from: Self.digitBits, through: 0, by: -Self.digitBits) {
            counts.update(repeating: 0)
            for candidate in 0..<candidates {
                let key = UInt32(truncatingIfNeeded: entries[candidate])
                if key >> (shift + Self.digitBits) == prefix { counts[Int(key >> shift & 0x7FF)] += 1 }
            }
            prefix = prefix << Self.digitBits | digit(holding: &remaining)
        }
        return Self.logit(prefix)
    }

    /// The digit among whose keys the `remaining`-th lies, by the first table of counts; `remaining` is then its place
    /// among these.
    private func digit(holding remaining: inout UInt32) -> UInt32 {
        var digit = 0
        while counts[digit] < remaining {
            remaining -= counts[digit]
            digit += 1
        }
        return UInt32(digit)
    }

    /// Sorts the tokens of `logits` `[vocabulary]` that are not masked into `entries`: greatest logit first, and of
    /// equal logits the lowest id first. Returns their number.
    ///
    /// A stable radix sort over the same three digits; a digit that all keys share is skipped. No logit may be NaN.
    func sortDescending(_ logits: Span<Float>) -> Int {
        let count = listEntries(logits)
        var (source, target) = (entries, sorted)
        for pass in 0..<3 {
            let buckets = UnsafeMutableBufferPointer(rebasing: counts[pass * Self.digits..<(pass + 1) * Self.digits])
            let shift = UInt64(32 + pass * Self.digitBits)
            var start: UInt32 = 0
            var shared = false
            for digit in 0..<Self.digits {
                let size = buckets[digit]
                shared = shared || Int(size) == count
                buckets[digit] = start
                start += size
            }
            if shared { continue }
            for position in 0..<count {
                let entry = source[position]
                let digit = Int(truncatingIfNeeded: entry &>> shift & 0x7FF)
                target[Int(buckets[digit])] = entry
                buckets[digit] &+= 1
            }
            swap(&source, &target)
        }
        if source.baseAddress != entries.baseAddress {
            for position in 0..<count { entries[position] = source[position] }
        }
        return count
    }

    /// Lists the logits that are not masked in `entries`, and counts the digits of their keys. Returns their number.
    private func listEntries(_ logits: Span<Float>) -> Int {
        counts.update(repeating: 0)
        var count = 0
        logits.withUnsafeBufferPointer { logits in
            // Without a branch: what is masked is overwritten by what follows, and counts for nothing.
            for index in logits.indices {
                let key = Self.descendingKey(logits[index])
                let isKept: UInt32 = logits[index] == -.infinity ? 0 : 1
                entries[count] = UInt64(key) << 32 | UInt64(truncatingIfNeeded: index)
                count &+= Int(isKept)
                counts[Int(key & 0x7FF)] &+= isKept
                counts[Self.digits + Int(key >> 11 & 0x7FF)] &+= isKept
                counts[2 * Self.digits + Int(key >> 22)] &+= isKept
            }
        }
        return count
    }

    /// The token of a sorted entry.
    @inline(__always)
    func token(_ position: Int) -> Int { Int(entries[position] & 0xFFFF_FFFF) }

    /// The logit of a sorted entry.
    @inline(__always)
    func logit(at position: Int) -> Float { Self.logit(UInt32(entries[position] >> 32)) }

    /// Computes the weights of the first `count` sorted entries, and returns their sum in that order.
    func weigh(_ count: Int, maximum: Double) -> Double {
        var position = 0
        while position + 8 <= count {
            var logits = Elementary.Lanes.zero
            for lane in 0..<8 { logits[lane] = Double(logit(at: position + lane)) }
            let eight = Elementary.exp(logits - maximum)
            for lane in 0..<8 { weights[position + lane] = eight[lane] }
            position += 8
        }
        for rest in position..<count { weights[rest] = Elementary.exp(Double(logit(at: rest)) - maximum) }
        var total = 0.0
        for position in 0..<count { total += weights[position] }
        return total
    }
}
