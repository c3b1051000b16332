// What a pickle can hold that a checkpoint may have.

/// A value of a pickle. Lists, tuples and dictionaries are places in the reader's tables, so that no value holds another:
/// however deep they are nested, nothing recurses.
enum PickleValue {
    case none
    case mark
    case bool(Bool)
    case int(Int)
    case float
    case string(String)
    case list(Int)
    case tuple(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)
    /// Something that is not needed: options, states of optimizers, numbers of other libraries.
    case opaque
}

/// A name of Python's that a pickle refers to; none is ever called.
enum PickleGlobal {
    /// `torch._utils._rebuild_tensor_v2` and the older `_rebuild_tensor`.
    case rebuildTensor
    /// `torch._utils._rebuild_parameter`, whose first argument is the tensor.
    case rebuildParameter
    /// `torch._tensor._rebuild_from_type_v2`: function, type, arguments, state.
    case rebuildFromType
    /// `collections.OrderedDict` and its like.
    case dictionary
    /// `torch.Size`
    case size
    /// `set`, `list` and the like.
    case collection
    /// A class of storages, by its dtype's name in safetensors files; nil for bytes of any type.
    case storage(String?)
    /// A class whose objects are kept closed.
    case inert

    /// The names that are known; nil for all others.
    static func named(_ module: String, _ name: String) -> PickleGlobal? {
        switch (module, name) {
        case ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor"): .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
            .rebuildParameter
        case ("torch._tensor", "_rebuild_from_type_v2"): .rebuildFromType
        case ("collections", "OrderedDict"), ("collections", "defaultdict"), ("collections", "Counter"): .dictionary
        case ("builtins", "dict"), ("__builtin__", "dict"): .dictionary
        case ("torch", "Size"): .size
        case ("builtins", "set"), ("__builtin__", "set"), ("builtins", "list"), ("builtins", "frozenset"): .collection
        case ("torch.storage", "UntypedStorage"), ("torch.storage", "TypedStorage"), ("torch", "UntypedStorage"):
            .storage(nil)
        case ("torch", let name) where storages[name] != nil: .storage(storages[name])
        case ("torch", let name) where dtypes.contains(name): .inert
        default: closed.contains { "\(module).\(name)".hasPrefix($0) } ? .inert : nil
        }
    }

    private static let storages = [
        "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16", "DoubleStorage": "F64",
        "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8",
        "BoolStorage": "BOOL",
    ]

    private static let dtypes: Set<String> = [
        "float32", "float16", "bfloat16", "float64", "int64", "int32", "int16", "int8", "uint8", "bool", "device",
        "strided", "contiguous_format", "preserve_format",
    ]

    /// Data of training that checkpoints carry beside their weights.
    private static let closed = [
        "argparse.Namespace", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
        "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.dtype", "numpy.ndarray",
        "numpy.dtypes.", "_codecs.encode", "omegaconf.", "pytorch_lightning.", "lightning.", "lightning_fabric.",
        "torchmetrics.", "pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.Path", "typing.Any",
        "builtins.int", "builtins.float", "builtins.str", "builtins.bool", "__builtin__.int", "__builtin__.object",
        "builtins.object", "copyreg._reconstructor", "copy_reg._reconstructor", "datetime.", "types.SimpleNamespace",
    ]
}
