// The values that a pickle builds, without references between them that would have to be counted or released.

/// Where a text stands in the pickle.
struct PickleText {
    let start: Int32
    let count: Int32
}

/// A value of a pickle; containers are indices into a ``PickleHeap``.
enum PickleValue {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case text(PickleText)
    case tuple(Int32)
    case list(Int32)
    /// Its elements are keys and values in turn.
    case dictionary(Int32)
    /// An index into the machine's globals.
    case global(Int32)
    /// An index into the machine's storages.
    case storage(Int32)
    /// An index into the machine's tensors.
    case tensor(Int32)
    /// Plain data that is not of interest.
    case opaque
}

/// All tuples, lists and dictionaries of a pickle, as linked lists in two arrays.
///
/// Lists may hold themselves and be nested to any depth: nothing here follows them further than one level.
struct PickleHeap {
    private struct Container {
        var first: Int32 = -1
        var last: Int32 = -1
        var count: Int32 = 0
    }

    private struct Element {
        let value: PickleValue
        var next: Int32
    }

    /// More values than this are in no checkpoint: they need 16 bytes each.
    static let largestCount = 1 << 20

    private var containers: [Container] = []
    private var elements: [Element] = []

    /// Makes an empty container; nil if there is no room.
    mutating func make() -> Int32? {
        guard containers.count < Self.largestCount / 2 else { return nil }
        containers.append(Container())
        return Int32(containers.count - 1)
    }

    /// Appends to a container; false if there is no room.
    mutating func append(_ value: PickleValue, to container: Int32) -> Bool {
        guard elements.count < Self.largestCount else { return false }
        let index = Int32(elements.count)
        elements.append(Element(value: value, next: -1))
        let last = containers[Int(container)].last
        if last >= 0 {
            elements[Int(last)].next = index
        } else {
            containers[Int(container)].first = index
        }
        containers[Int(container)].last = index
        containers[Int(container)].count += 1
        return true
    }

    /// How many elements a container has.
    func count(_ container: Int32) -> Int { Int(containers[Int(container)].count) }

    /// The first elements of a container, at most `limit`.
    func elements(_ container: Int32, limit: Int) -> [PickleValue] {
        var result: [PickleValue] = []
        var index = containers[Int(container)].first
        while index >= 0, result.count < limit {
            result.append(elements[Int(index)].value)
            index = elements[Int(index)].next
        }
        return result
    }

    /// Calls `body` with each key and value of a dictionary.
    func forEachPair(_ container: Int32, _ body: (_ key: PickleValue, _ value: PickleValue) throws -> Void) rethrows {
        var index = containers[Int(container)].first
        while index >= 0 {
            let value = elements[Int(index)].next
            guard value >= 0 else { return }
            try body(elements[Int(index)].value, elements[Int(value)].value)
            index = elements[Int(value)].next
        }
    }
}
