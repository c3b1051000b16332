// Reads a pickle for the tensors that it describes: https://github.com/python/cpython/blob/main/Lib/pickletools.py

import Foundation

/// A stack machine for pickles of plain data and tensors, which executes nothing.
///
/// It holds to limits that no checkpoint comes near, so that a hostile pickle ends with an error soon and with little
/// memory taken.
struct PickleMachine {
    /// A storage that the pickle refers to.
    struct Storage {
        let dtype: String
        /// The name of its zip entry, after the folder of all storages.
        let key: PickleText
        /// How many elements it should have.
        let count: Int
    }

    /// A tensor that the pickle describes; nothing of it has been checked yet.
    struct Tensor {
        let storage: Int32
        /// In elements.
        let offset: Int
        let dtype: String
        let shape: Int32
        let strides: Int32
    }

    /// A function or class.
    struct Global {
        let meaning: PickleGlobal
        let module: PickleText
        let name: PickleText
    }

    /// Bytes of a pickle.
    static let largestSize = 1 << 24
    static let largestSteps = 1 << 22
    static let largestDepth = 1 << 17
    static let largestMemo = 1 << 19
    /// Tensors, storages and globals, each.
    static let largestTables = 1 << 17

    let path: String
    let bytes: UnsafeRawBufferPointer
    var position = 0
    var stack: [PickleValue] = []
    /// The heights of the stack at its marks.
    var marks: [Int] = []
    var memo: [PickleValue?] = []
    var heap = PickleHeap()
    var storages: [Storage] = []
    var tensors: [Tensor] = []
    var globals: [Global] = []

    /// `bytes` must outlive the machine.
    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    /// Runs to the end and returns the value that is left.
    ///
    /// Throws ``WeightsError`` for a pickle that is cut off, malformed or too large, and for one that calls anything
    /// but what makes tensors and plain data.
    mutating func run() throws -> PickleValue {
        guard bytes.count <= Self.largestSize else { throw tooLarge("\(bytes.count) bytes") }
        for _ in 0..<Self.largestSteps {
            let opcode = try byte()
            if opcode == UInt8(ascii: ".") { return try pop() }
            try step(opcode)
        }
        throw tooLarge("more than \(Self.largestSteps) steps")
    }

    // MARK: - Errors

    func malformed(_ reason: String) -> WeightsError {
        WeightsError(file: path, "the pickle is malformed at byte \(position): \(reason)")
    }

    func tooLarge(_ what: String) -> WeightsError {
        WeightsError(file: path, "the pickle is too large for a checkpoint: \(what)")
    }

    // MARK: - Reading

    mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw WeightsError(file: path, "the pickle is cut off") }
        position += 1
        return bytes[position - 1]
    }

    /// A little-endian number.
    mutating func number<T: FixedWidthInteger>(_ type: T.Type) throws -> Int {
        guard position <= bytes.count - MemoryLayout<T>.size else {
            throw WeightsError(file: path, "the pickle is cut off")
        }
        guard let value = bytes.number(type, at: position) else { throw malformed("a length is too large") }
        position += MemoryLayout<T>.size
        return value
    }

    /// Steps over bytes that stay where they are.
    mutating func text(count: Int) throws -> PickleText {
        guard count >= 0, count <= bytes.count - position else {
            throw malformed("\(count) bytes should follow, but there are \(bytes.count - position)")
        }
        position += count
        return PickleText(start: Int32(position - count), count: Int32(count))
    }

    /// Steps over a line.
    mutating func line() throws -> PickleText {
        let start = position
        while try byte() != UInt8(ascii: "\n") {}
        return PickleText(start: Int32(start), count: Int32(position - 1 - start))
    }

    func bytes(of text: PickleText) -> Slice<UnsafeRawBufferPointer> {
        bytes[Int(text.start)..<Int(text.start) + Int(text.count)]
    }

    /// The text, if it is UTF-8 and not longer than names are.
    func string(_ text: PickleText) -> String? {
        text.count <= 1024 ? String(bytes: bytes(of: text), encoding: .utf8) : nil
    }

    // MARK: - Stack and memo

    mutating func push(_ value: PickleValue) throws {
        guard stack.count < Self.largestDepth else { throw tooLarge("more than \(Self.largestDepth) values at once") }
        stack.append(value)
    }

    mutating func pop() throws -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw malformed("the stack is empty") }
        return value
    }

    /// Takes the mark off and returns where the values above it start.
    mutating func popMark() throws -> Int {
        guard let mark = marks.popLast() else { throw malformed("there is no mark") }
        return mark
    }

    mutating func remember(_ index: Int) throws {
        guard let value = stack.last else { throw malformed("the stack is empty") }
        guard index >= 0, index < Self.largestMemo else { throw tooLarge("memo entry \(index)") }
        while memo.count <= index { memo.append(nil) }
        memo[index] = value
    }

    mutating func recall(_ index: Int) throws {
        guard memo.indices.contains(index), let value = memo[index] else { throw malformed("no memo entry \(index)") }
        try push(value)
    }

    // MARK: - Containers

    mutating func makeContainer() throws -> Int32 {
        guard let container = heap.make() else { throw tooLarge("more than \(PickleHeap.largestCount / 2) containers") }
        return container
    }

    mutating func append(_ value: PickleValue, to container: Int32) throws {
        guard heap.append(value, to: container) else { throw tooLarge("more than \(PickleHeap.largestCount) values") }
    }

    /// A new container of the values from an index of the stack on, which are taken off.
    mutating func container(from start: Int) throws -> Int32 {
        let container = try makeContainer()
        for index in start..<stack.count { try append(stack[index], to: container) }
        stack.removeSubrange(start...)
        return container
    }

    /// Adds the values from an index of the stack on to the list or dictionary below them.
    mutating func addValues(from start: Int) throws {
        guard start > marks.last ?? 0 else { throw malformed("the stack is empty") }
        switch stack[start - 1] {
        case .list(let target):
            for index in start..<stack.count { try append(stack[index], to: target) }
        case .dictionary(let target):
            guard (stack.count - start).isMultiple(of: 2) else { throw malformed("a key has no value") }
            for index in start..<stack.count { try append(stack[index], to: target) }
        case .opaque: break
        default: throw malformed("the value to add to is not a list or dictionary")
        }
        stack.removeSubrange(start...)
    }
}
