// The opcodes of pickles, protocols 0 to 5.

import Foundation

extension PickleMachine {
    /// Does what one opcode says, except STOP.
    mutating func step(_ opcode: UInt8) throws {
        switch opcode {
        case 0x80:  // PROTO
            let version = try byte()
            guard version <= 5 else { throw malformed("protocol \(version)") }
        case 0x95: _ = try number(UInt64.self)  // FRAME
        case UInt8(ascii: "("):
            guard marks.count < Self.largestDepth else { throw tooLarge("more than \(Self.largestDepth) marks") }
            marks.append(stack.count)
        case UInt8(ascii: "0"):  // POP, which takes a mark off where nothing is above it
            if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case UInt8(ascii: "1"): stack.removeSubrange(try popMark()...)  // POP_MARK
        case UInt8(ascii: "2"):  // DUP
            let value = try pop()
            try push(value)
            try push(value)
        case UInt8(ascii: "q"): try remember(Int(try byte()))
        case UInt8(ascii: "r"): try remember(try number(UInt32.self))
        case UInt8(ascii: "p"): try remember(try decimal())
        case 0x94: try remember(memo.count)
        case UInt8(ascii: "h"): try recall(Int(try byte()))
        case UInt8(ascii: "j"): try recall(try number(UInt32.self))
        case UInt8(ascii: "g"): try recall(try decimal())
        default:
            if try pushScalar(opcode) { return }
            if try pushText(opcode) { return }
            if try build(opcode) { return }
            if try callStep(opcode) { return }
            throw malformed("opcode 0x\(String(opcode, radix: 16)) is not understood")
        }
    }

    private mutating func pushScalar(_ opcode: UInt8) throws -> Bool {
        switch opcode {
        case UInt8(ascii: "N"): try push(.none)
        case 0x88: try push(.bool(true))
        case 0x89: try push(.bool(false))
        case UInt8(ascii: "J"): try push(.int(try number(Int32.self)))
        case UInt8(ascii: "K"): try push(.int(Int(try byte())))
        case UInt8(ascii: "M"): try push(.int(try number(UInt16.self)))
        case 0x8a: try pushLong(count: Int(try byte()))
        case 0x8b: try pushLong(count: try number(Int32.self))
        case UInt8(ascii: "I"), UInt8(ascii: "L"): try push(.int(try decimal()))
        case UInt8(ascii: "F"):
            _ = try line()
            try push(.opaque)
        case UInt8(ascii: "G"):
            let bits = bytes(of: try text(count: 8)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            try push(.float(Double(bitPattern: bits)))
        default: return false
        }
        return true
    }

    private mutating func pushText(_ opcode: UInt8) throws -> Bool {
        switch opcode {
        case UInt8(ascii: "X"), UInt8(ascii: "T"): try push(.text(try text(count: try number(UInt32.self))))
        case 0x8c, UInt8(ascii: "U"): try push(.text(try text(count: Int(try byte()))))
        case 0x8d: try push(.text(try text(count: try number(UInt64.self))))
        case UInt8(ascii: "V"): try push(.text(try line()))
        case UInt8(ascii: "S"):
            let quoted = try line()
            guard quoted.count >= 2 else { throw malformed("a text has no quotes") }
            try push(.text(PickleText(start: quoted.start + 1, count: quoted.count - 2)))
        case UInt8(ascii: "B"):
            _ = try text(count: try number(UInt32.self))
            try push(.opaque)
        case UInt8(ascii: "C"):
            _ = try text(count: Int(try byte()))
            try push(.opaque)
        case 0x8e, 0x96:
            _ = try text(count: try number(UInt64.self))
            try push(.opaque)
        default: return false
        }
        return true
    }

    private mutating func build(_ opcode: UInt8) throws -> Bool {
        switch opcode {
        case UInt8(ascii: ")"): try push(.tuple(try makeContainer()))
        case UInt8(ascii: "]"): try push(.list(try makeContainer()))
        case UInt8(ascii: "}"): try push(.dictionary(try makeContainer()))
        case 0x8f: try push(.opaque)  // EMPTY_SET
        case 0x85, 0x86, 0x87:  // TUPLE1, TUPLE2, TUPLE3
            let start = stack.count - Int(opcode - 0x84)
            guard start >= marks.last ?? 0 else { throw malformed("the stack is empty") }
            try push(.tuple(try container(from: start)))
        case UInt8(ascii: "t"): try push(.tuple(try container(from: try popMark())))
        case UInt8(ascii: "l"): try push(.list(try container(from: try popMark())))
        case UInt8(ascii: "d"):
            let start = try popMark()
            guard (stack.count - start).isMultiple(of: 2) else { throw malformed("a key has no value") }
            try push(.dictionary(try container(from: start)))
        case 0x91:  // FROZENSET
            stack.removeSubrange(try popMark()...)
            try push(.opaque)
        case UInt8(ascii: "a"): try addValues(from: stack.count - 1)
        case UInt8(ascii: "s"): try addValues(from: stack.count - 2)
        case UInt8(ascii: "e"), UInt8(ascii: "u"), 0x90: try addValues(from: try popMark())
        default: return false
        }
        return true
    }

    private mutating func callStep(_ opcode: UInt8) throws -> Bool {
        switch opcode {
        case UInt8(ascii: "c"): try pushGlobal(module: try line(), name: try line())
        case 0x93:  // STACK_GLOBAL
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
                throw malformed("the name of a global is not a text")
            }
            try pushGlobal(module: module, name: name)
        case UInt8(ascii: "Q"): try push(try storage(try pop()))
        case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
            let arguments = try pop()
            try push(try call(try pop(), arguments))
        case 0x92:  // NEWOBJ_EX
            _ = try pop()
            let arguments = try pop()
            try push(try call(try pop(), arguments))
        case UInt8(ascii: "i"):  // INST
            let (module, name) = (try line(), try line())
            let arguments = PickleValue.tuple(try container(from: try popMark()))
            try pushGlobal(module: module, name: name)
            try push(try call(try pop(), arguments))
        case UInt8(ascii: "o"):  // OBJ
            let start = try popMark()
            guard start < stack.count else { throw malformed("the stack is empty") }
            let arguments = PickleValue.tuple(try container(from: start + 1))
            try push(try call(try pop(), arguments))
        case UInt8(ascii: "b"): try setState()
        default: return false
        }
        return true
    }

    /// A whole number on a line of its own.
    private mutating func decimal() throws -> Int {
        let line = try line()
        guard line.count <= 24, let digits = string(line),
            let value = Int(digits.last == "L" ? digits.dropLast() : digits[...])
        else { throw malformed("a number is not a whole one of 64 bits") }
        return value
    }

    /// Pushes a little-endian number of any length; one that is no `Int` is of no interest.
    private mutating func pushLong(count: Int) throws {
        let digits = bytes(of: try text(count: count))
        guard count <= 8 else { return try push(.opaque) }
        var value = digits.last.map { $0 >= 0x80 } == true ? -1 : 0
        for byte in digits.reversed() { value = value << 8 | Int(byte) }
        try push(.int(value))
    }
}
