// Reads the pickle of a PyTorch checkpoint without running anything.

/// A stack machine for the pickle protocols 0 to 5 that knows plain data and how tensors are put together.
///
/// Source: Python's `pickletools`, and `torch/_weights_only_unpickler.py` for what a checkpoint needs. Any other name of
/// Python's is an error that names it.
struct PickleReader {
    /// A storage that a tensor lies in.
    struct Storage {
        let dtype: String?
        let key: String
    }

    /// A tensor as the pickle describes it; nothing is checked yet.
    struct Tensor {
        let storage: Storage
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    private(set) var tensors: [Tensor] = []
    private var lists: [[PickleValue]] = []
    private var tuples: [[PickleValue]] = []
    private var storages: [Storage] = []
    private var stack: [PickleValue] = []
    private var memo: [Int: PickleValue] = [:]
    private var bytes: PickleBytes
    private var values = 0

    /// How many values a checkpoint may have: many more than any that was published, and at most 40 MB.
    static let largestCount = 400_000

    /// Reads a whole pickle; `path` names the file in errors.
    init(_ data: UnsafeRawBufferPointer, path: String) throws {
        bytes = PickleBytes(data, path: path)
    }

    /// The value that the pickle makes.
    mutating func read() throws -> PickleValue {
        while true {
            let code = try bytes.byte()
            if code == UInt8(ascii: ".") { return try pop() }
            try run(code)
        }
    }

    private mutating func push(_ value: PickleValue) throws {
        values += 1
        guard values <= Self.largestCount else { throw bytes.error("has more than \(Self.largestCount) values") }
        stack.append(value)
    }

    private mutating func pop() throws -> PickleValue {
        guard let value = stack.popLast() else { throw bytes.error("takes a value from an empty stack") }
        return value
    }

    /// What lies above the last mark.
    private mutating func popMark() throws -> [PickleValue] {
        let index = stack.lastIndex {
            if case .mark = $0 { return true }
            return false
        }
        guard let index else { throw bytes.error("has no mark where one is needed") }
        let items = Array(stack[(index + 1)...])
        stack.removeSubrange(index...)
        return items
    }

    private mutating func count(_ more: Int) throws {
        values += more
        guard values <= Self.largestCount else { throw bytes.error("has more than \(Self.largestCount) values") }
    }

    // MARK: - Operations

    private mutating func run(_ code: UInt8) throws {
        if try runConstant(code) || runContainer(code) || runMemo(code) || runObject(code) { return }
        throw bytes.error("has the unknown operation \(code)")
    }

    private mutating func runConstant(_ code: UInt8) throws -> Bool {
        switch code {
        case 0x80: _ = try bytes.byte()
        case 0x95: _ = try bytes.take(8)
        case UInt8(ascii: "N"): try push(.none)
        case 0x88: try push(.bool(true))
        case 0x89: try push(.bool(false))
        case UInt8(ascii: "I"), UInt8(ascii: "L"): try push(try bytes.textNumber())
        case UInt8(ascii: "J"): try push(.int(Int(try bytes.number(Int32.self))))
        case UInt8(ascii: "K"): try push(.int(Int(try bytes.byte())))
        case UInt8(ascii: "M"): try push(.int(Int(try bytes.number(UInt16.self))))
        case 0x8a: try push(try bytes.long(Int(try bytes.byte())))
        case 0x8b: try push(try bytes.long(try bytes.length(UInt32.self)))
        case UInt8(ascii: "F"):
            _ = try bytes.line()
            try push(.float)
        case UInt8(ascii: "G"):
            _ = try bytes.take(8)
            try push(.float)
        case UInt8(ascii: "V"), UInt8(ascii: "S"): try push(.string(try bytes.line()))
        case 0x8c, UInt8(ascii: "U"): try push(.string(try bytes.text(Int(try bytes.byte()))))
        case UInt8(ascii: "X"), UInt8(ascii: "T"): try push(.string(try bytes.text(try bytes.length(UInt32.self))))
        case 0x8d: try push(.string(try bytes.text(try bytes.length(UInt64.self))))
        case UInt8(ascii: "C"): try skip(Int(try bytes.byte()))
        case UInt8(ascii: "B"): try skip(try bytes.length(UInt32.self))
        case 0x8e, 0x96: try skip(try bytes.length(UInt64.self))
        default: return false
        }
        return true
    }

    private mutating func skip(_ count: Int) throws {
        _ = try bytes.take(count)
        try push(.opaque)
    }

    private mutating func runContainer(_ code: UInt8) throws -> Bool {
        switch code {
        case UInt8(ascii: "("): try push(.mark)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "1"): _ = try popMark()
        case UInt8(ascii: "2"):
            guard let top = stack.last else { throw bytes.error("takes a value from an empty stack") }
            try push(top)
        case UInt8(ascii: "]"), 0x8f: try pushList([])
        case UInt8(ascii: "l"), 0x91: try pushList(try popMark())
        case UInt8(ascii: ")"): try pushTuple([])
        case UInt8(ascii: "t"): try pushTuple(try popMark())
        case 0x85, 0x86, 0x87:
            var items: [PickleValue] = []
            for _ in 0x85...code { items.insert(try pop(), at: 0) }
            try pushTuple(items)
        case UInt8(ascii: "}"): try pushDictionary([])
        case UInt8(ascii: "d"): try pushDictionary(try popMark())
        case UInt8(ascii: "a"):
            let item = try pop()
            try append([item])
        case UInt8(ascii: "e"), 0x90: try append(try popMark())
        case UInt8(ascii: "s"):
            let value = try pop()
            try set([try pop(), value])
        case UInt8(ascii: "u"): try set(try popMark())
        default: return false
        }
        return true
    }

    private mutating func pushList(_ items: [PickleValue]) throws {
        try count(items.count)
        lists.append(items)
        try push(.list(lists.count - 1))
    }

    private mutating func pushTuple(_ items: [PickleValue]) throws {
        try count(items.count)
        tuples.append(items)
        try push(.tuple(tuples.count - 1))
    }

    private mutating func pushDictionary(_ items: [PickleValue]) throws {
        dictionaries.append([])
        try push(.dictionary(dictionaries.count - 1))
        try set(items)
    }

    private mutating func append(_ items: [PickleValue]) throws {
        try count(items.count)
        switch stack.last {
        case .list(let index): lists[index] += items
        case .opaque: break
        default: throw bytes.error("appends to what is no list")
        }
    }

    private mutating func set(_ items: [PickleValue]) throws {
        try count(items.count)
        guard items.count % 2 == 0 else { throw bytes.error("has a key without a value") }
        switch stack.last {
        case .dictionary(let index):
            for item in stride(from: 0, to: items.count, by: 2) {
                dictionaries[index].append((items[item], items[item + 1]))
            }
        case .opaque: break
        default: throw bytes.error("sets keys of what is no dictionary")
        }
    }

    private mutating func runMemo(_ code: UInt8) throws -> Bool {
        switch code {
        case UInt8(ascii: "p"): try remember(try bytes.textIndex())
        case UInt8(ascii: "q"): try remember(Int(try bytes.byte()))
        case UInt8(ascii: "r"): try remember(try bytes.length(UInt32.self))
        case 0x94: try remember(memo.count)
        case UInt8(ascii: "g"): try recall(try bytes.textIndex())
        case UInt8(ascii: "h"): try recall(Int(try bytes.byte()))
        case UInt8(ascii: "j"): try recall(try bytes.length(UInt32.self))
        default: return false
        }
        return true
    }

    private mutating func remember(_ index: Int) throws {
        guard let top = stack.last else { throw bytes.error("remembers a value of an empty stack") }
        try count(1)
        memo[index] = top
    }

    private mutating func recall(_ index: Int) throws {
        guard let value = memo[index] else {
            throw bytes.error("recalls the value \(index), which was never remembered")
        }
        try push(value)
    }

    // MARK: - Names and objects

    private mutating func runObject(_ code: UInt8) throws -> Bool {
        switch code {
        case UInt8(ascii: "c"):
            let module = try bytes.line()
            try push(.global(try global(module, try bytes.line())))
        case 0x93:
            guard case .string(let name) = try pop(), case .string(let module) = try pop() else {
                throw bytes.error("names a class by what is no text")
            }
            try push(.global(try global(module, name)))
        case UInt8(ascii: "R"), 0x81:
            let arguments = try pop()
            try push(try call(try pop(), arguments))
        case 0x92:
            _ = try pop()
            let arguments = try pop()
            try push(try call(try pop(), arguments))
        case UInt8(ascii: "b"):
            _ = try pop()
            guard !stack.isEmpty else { throw bytes.error("takes a value from an empty stack") }
        case UInt8(ascii: "i"):
            let module = try bytes.line()
            _ = try global(module, try bytes.line())
            _ = try popMark()
            try push(.opaque)
        case UInt8(ascii: "o"):
            _ = try popMark()
            try push(.opaque)
        case UInt8(ascii: "Q"): try push(try storage(try pop()))
        case UInt8(ascii: "P"): throw bytes.error("has a persistent name in text, which PyTorch does not write")
        default: return false
        }
        return true
    }

    private func global(_ module: String, _ name: String) throws -> PickleGlobal {
        guard let global = PickleGlobal.named(module, name) else {
            throw bytes.error("asks for \"\(module).\(name)\": only tensors and plain data are read")
        }
        return global
    }

    /// The result of calling a name: a tensor, a container, or something closed.
    private mutating func call(_ callee: PickleValue, _ arguments: PickleValue) throws -> PickleValue {
        guard case .global(let global) = callee else {
            if case .opaque = callee { return .opaque }
            throw bytes.error("calls what is no name")
        }
        guard case .tuple(let index) = arguments else { throw bytes.error("calls a name without arguments") }
        return try call(global, tuples[index])
    }

    private mutating func call(_ global: PickleGlobal, _ items: [PickleValue]) throws -> PickleValue {
        switch global {
        case .rebuildTensor:
            tensors.append(try tensor(items))
            return .tensor(tensors.count - 1)
        case .rebuildParameter:
            guard let first = items.first, case .tensor = first else {
                throw bytes.error("has a parameter without tensor")
            }
            return first
        case .rebuildFromType:
            guard items.count >= 3, case .global(let inner) = items[0], case .tuple(let index) = items[2] else {
                throw bytes.error("has a tensor of a form that is not known")
            }
            if case .rebuildFromType = inner { throw bytes.error("has a tensor of a form that is not known") }
            return try call(inner, tuples[index])
        case .dictionary:
            dictionaries.append([])
            return .dictionary(dictionaries.count - 1)
        case .collection:
            lists.append([])
            return .list(lists.count - 1)
        case .size:
            return items.first ?? .opaque
        case .storage, .inert: return .opaque
        }
    }

    private mutating func storage(_ identifier: PickleValue) throws -> PickleValue {
        guard case .tuple(let index) = identifier, tuples[index].count >= 5, case .string("storage") = tuples[index][0],
            case .global(.storage(let dtype)) = tuples[index][1], case .string(let key) = tuples[index][2]
        else { throw bytes.error("has a storage of a form that is not known") }
        storages.append(Storage(dtype: dtype, key: key))
        return .storage(storages.count - 1)
    }

    private func tensor(_ items: [PickleValue]) throws -> Tensor {
        guard items.count >= 4, case .storage(let index) = items[0], case .int(let offset) = items[1],
            let shape = numbers(items[2]), let strides = numbers(items[3]), shape.count == strides.count
        else { throw bytes.error("has a tensor of a form that is not known") }
        return Tensor(storage: storages[index], offset: offset, shape: shape, strides: strides)
    }

    private func numbers(_ value: PickleValue) -> [Int]? {
        let items: [PickleValue]
        switch value {
        case .tuple(let index): items = tuples[index]
        case .list(let index): items = lists[index]
        default: return nil
        }
        guard items.count <= 16 else { return nil }
        var result: [Int] = []
        for item in items {
            guard case .int(let number) = item else { return nil }
            result.append(number)
        }
        return result
    }
}
