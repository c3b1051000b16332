// What a pickle asks to be called, and the few answers that it gets.

extension PickleMachine {
    mutating func pushGlobal(module: PickleText, name: PickleText) throws {
        guard globals.count < Self.largestTables else { throw tooLarge("more than \(Self.largestTables) globals") }
        var meaning = PickleGlobal.other
        if let module = string(module), let name = string(name) { meaning = PickleGlobal(module: module, name: name) }
        globals.append(Global(meaning: meaning, module: module, name: name))
        try push(.global(Int32(globals.count - 1)))
    }

    /// The storage of a persistent id: ("storage", class, key, device, count).
    mutating func storage(_ identifier: PickleValue) throws -> PickleValue {
        guard case .tuple(let tuple) = identifier, heap.count(tuple) == 5 else {
            throw malformed("a persistent id is not that of a storage")
        }
        let parts = heap.elements(tuple, limit: 5)
        guard case .text(let kind) = parts[0], bytes(of: kind).elementsEqual("storage".utf8),
            case .global(let index) = parts[1], case .text(let key) = parts[2], case .int(let count) = parts[4],
            count >= 0
        else { throw malformed("a persistent id is not that of a storage") }
        guard case .storage(let dtype) = globals[Int(index)].meaning else { throw refusal(globals[Int(index)]) }
        guard storages.count < Self.largestTables else { throw tooLarge("more than \(Self.largestTables) storages") }
        storages.append(Storage(dtype: dtype, key: key, count: count))
        return .storage(Int32(storages.count - 1))
    }

    /// What a call returns; nothing is called.
    mutating func call(_ function: PickleValue, _ arguments: PickleValue) throws -> PickleValue {
        guard case .global(let index) = function else { throw malformed("what is called is not a function") }
        guard case .tuple(let tuple) = arguments else { throw malformed("the arguments of a call are not a tuple") }
        let global = globals[Int(index)]
        let values = heap.elements(tuple, limit: 8)
        switch global.meaning {
        case .tensor, .tensorOfDtype, .parameter: return try tensor(global.meaning, values)
        case .tensorOfClass:
            guard values.count >= 3, case .global(let inner) = values[0], case .tuple(let tuple) = values[2] else {
                throw malformed("the arguments do not describe a tensor")
            }
            return try tensor(globals[Int(inner)].meaning, heap.elements(tuple, limit: 8), globals[Int(inner)])
        case .dictionary: return .dictionary(try makeContainer())
        case .instance:
            guard case .global(let type)? = values.first else { throw malformed("an instance has no class") }
            switch globals[Int(type)].meaning {
            case .data: return .opaque
            case .dictionary: return .dictionary(try makeContainer())
            default: throw refusal(globals[Int(type)])
            }
        case .data: return .opaque
        case .storage, .dtype, .other: throw refusal(global)
        }
    }

    /// BUILD: takes a state that is not of interest off the value that it is meant for.
    mutating func setState() throws {
        _ = try pop()
        let value = try pop()
        switch value {
        case .dictionary, .tensor, .opaque: try push(value)
        case .global(let index): throw refusal(globals[Int(index)])
        default: throw malformed("the value cannot have a state")
        }
    }

    private mutating func tensor(
        _ function: PickleGlobal, _ values: [PickleValue], _ global: Global? = nil
    ) throws -> PickleValue {
        if function == .parameter {
            guard case .tensor? = values.first else { throw malformed("a parameter is not made of a tensor") }
            return values[0]
        }
        if function != .tensor, function != .tensorOfDtype, let global { throw refusal(global) }
        guard values.count >= 4, case .storage(let storage) = values[0], case .int(let offset) = values[1],
            case .tuple(let shape) = values[2], case .tuple(let strides) = values[3]
        else { throw malformed("the arguments do not describe a tensor") }
        var dtype = storages[Int(storage)].dtype
        if function == .tensorOfDtype {
            guard values.count >= 7, case .global(let index) = values[6],
                case .dtype(let name) = globals[Int(index)].meaning
            else { throw malformed("the arguments do not describe a tensor") }
            dtype = name
        }
        guard tensors.count < Self.largestTables else { throw tooLarge("more than \(Self.largestTables) tensors") }
        tensors.append(Tensor(storage: storage, offset: offset, dtype: dtype, shape: shape, strides: strides))
        return .tensor(Int32(tensors.count - 1))
    }

    private func refusal(_ global: Global) -> WeightsError {
        var (module, name) = (string(global.module) ?? "?", string(global.name) ?? "?")
        // Python writes the functions of os under the module that they come from.
        if module == "posix" || module == "nt" { module = "os" }
        name = "\(module).\(name)"
        return WeightsError(file: path, "the pickle asks for \"\(name)\": only tensors and plain data are read")
    }
}
