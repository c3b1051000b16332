// The names of Python functions and classes that a pickle may ask for, and what they stand for here.

/// What a global of a pickle means to a reader that executes nothing.
enum PickleGlobal: Equatable {
    /// `torch.FloatStorage` and the like: memory for elements of a dtype, by its name in safetensors files.
    case storage(String)
    /// `torch.float32` and the like.
    case dtype(String)
    /// A function that makes a tensor of (storage, offset, shape, strides, ...).
    case tensor
    /// The same with the dtype as argument 6.
    case tensorOfDtype
    /// A function that makes a parameter of its first argument, a tensor.
    case parameter
    /// A function that calls its first argument with its third: a tensor of a class of its own.
    case tensorOfClass
    /// A class whose instances are dictionaries.
    case dictionary
    /// A function that makes an instance of its first argument.
    case instance
    /// A class of plain data, whose instances are ignored.
    case data
    /// Anything else: it may be mentioned, but not called.
    case other

    /// What the global of that module and name is.
    init(module: String, name: String) {
        let path = "\(module).\(name)"
        if let known = Self.known[path] {
            self = known
        } else if Self.dataClasses.contains(path) || Self.dataModules.contains(where: { module.isInside($0) }) {
            self = .data
        } else {
            self = .other
        }
    }

    private static let known: [String: PickleGlobal] = {
        var result: [String: PickleGlobal] = [
            "torch._utils._rebuild_tensor": .tensor, "torch._utils._rebuild_tensor_v2": .tensor,
            "torch._utils._rebuild_tensor_v3": .tensorOfDtype, "torch._utils._rebuild_parameter": .parameter,
            "torch._utils._rebuild_parameter_with_state": .parameter,
            "torch._tensor._rebuild_from_type_v2": .tensorOfClass,
            "torch.storage.UntypedStorage": .storage("U8"),
            "collections.OrderedDict": .dictionary, "collections.defaultdict": .dictionary,
            "builtins.dict": .dictionary, "__builtin__.dict": .dictionary,
            "copyreg._reconstructor": .instance, "copy_reg._reconstructor": .instance,
            "copyreg.__newobj__": .instance, "copy_reg.__newobj__": .instance,
        ]
        for (name, dtype) in storages { result["torch.\(name)Storage"] = .storage(dtype) }
        for (name, dtype) in dtypes { result["torch.\(name)"] = .dtype(dtype) }
        return result
    }()

    private static let storages = [
        "Float": "F32", "Half": "F16", "BFloat16": "BF16", "Double": "F64", "Long": "I64", "Int": "I32", "Short": "I16",
        "Char": "I8", "Byte": "U8", "Bool": "BOOL", "ComplexFloat": "C64", "Untyped": "U8",
    ]

    private static let dtypes = [
        "float32": "F32", "float16": "F16", "bfloat16": "BF16", "float64": "F64", "int64": "I64", "int32": "I32",
        "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL", "complex64": "C64", "uint16": "U16",
        "uint32": "U32", "uint64": "U64", "float8_e5m2": "F8_E5M2", "float8_e4m3fn": "F8_E4M3",
        "float8_e8m0fnu": "F8_E8M0",
    ]

    /// Classes that training scripts put beside the weights.
    private static let dataClasses: Set<String> = [
        "torch.Size", "torch.device", "torch.torch_version.TorchVersion", "torch.serialization._get_layout",
        "argparse.Namespace", "types.SimpleNamespace", "collections.Counter", "collections.deque",
        "builtins.set", "builtins.frozenset", "builtins.list", "builtins.tuple", "builtins.complex",
        "builtins.bytearray", "builtins.slice", "builtins.range", "builtins.object",
        "__builtin__.set", "__builtin__.frozenset", "__builtin__.object", "__builtin__.bytearray", "_codecs.encode",
        "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray.scalar", "numpy._core.multiarray._reconstruct",
        "pathlib.Path", "pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.WindowsPath", "pathlib.PureWindowsPath",
        "pathlib._local.PosixPath", "pathlib._local.WindowsPath", "datetime.datetime", "datetime.date",
        "datetime.timedelta", "datetime.timezone", "uuid.UUID", "easydict.EasyDict", "yacs.config.CfgNode",
    ]

    /// Modules whose classes are plain data, with the modules inside of them.
    private static let dataModules = [
        "omegaconf", "pytorch_lightning", "lightning", "lightning_fabric", "ml_collections", "numpy.dtypes",
        "torch.optim", "torch.nn.modules", "torch.nn.parameter",
    ]
}

extension String {
    /// Whether a module has this name or lies inside of the one that has.
    fileprivate func isInside(_ module: String) -> Bool { self == module || hasPrefix(module + ".") }
}
