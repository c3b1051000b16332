// Checkpoints that are made to do harm end with an error that says what is wrong.

import Testing
import WeftTensor

@Suite struct PyTorchHostileTests {
    /// A file, and what the error must say.
    struct Hostile: Sendable, CustomTestStringConvertible {
        let says: String
        let bytes: [UInt8]
        var testDescription: String { says }

        init(_ says: String, _ bytes: [UInt8]) {
            self.says = says
            self.bytes = bytes
        }

        /// Every character of `pickle` is one byte.
        init(_ says: String, pickle: String) {
            self.init(says, checkpoint(pickle: pickle.unicodeScalars.map { UInt8($0.value) }))
        }

        init(_ says: String, tensor: [UInt8]) { self.init(says, checkpoint(pickle: tensor)) }
    }

    private func expectRefusal(_ hostile: Hostile) throws {
        let error = try #require(throws: WeightsError.self) { try PyTorchFile(bytes: hostile.bytes, path: "x.pt") }
        #expect(error.description.hasPrefix("x.pt: "))
        #expect(error.description.contains(hostile.says), "\(error)")
        #expect(!error.description.contains("\n"))
        #expect(error.description.utf8.count < 1000)
    }

    private static let os = "asks for \"os.system\""
    private static let calls: [Hostile] = [
        Hostile(os, pickle: "cos\nsystem\n(S'true'\ntR."),
        Hostile(os, pickle: "(S'true'\nios\nsystem\n."),
        Hostile(os, pickle: "(cos\nsystem\nS'true'\no."),
        Hostile(os, pickle: "\u{80}\u{4}\u{8c}\u{5}posix\u{8c}\u{6}system\u{93})R."),
        Hostile(os, pickle: "cos\nsystem\n)\u{81}."),
        Hostile(os, pickle: "cos\nsystem\n)}\u{92}."),
        Hostile(os, pickle: "cos\nsystem\n}b."),
        Hostile(os, pickle: "ccopyreg\n_reconstructor\n(cos\nsystem\nc__builtin__\nobject\nNtR."),
        Hostile(os, pickle: "ctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\nctorch\nTensor\n(tNtR."),
        Hostile(os, pickle: "((S'storage'\ncos\nsystem\nS'0'\nS'cpu'\nI4\ntQ."),
        Hostile("asks for \"builtins.eval\"", pickle: "cbuiltins\neval\n(S'1'\ntR."),
        Hostile("asks for \"builtins.getattr\"", pickle: "cbuiltins\ngetattr\n(S'1'\ntR."),
        Hostile("asks for \"functools.partial\"", pickle: "cfunctools\npartial\n(S'1'\ntR."),
        Hostile("asks for \"torch.hub.load\"", pickle: "ctorch.hub\nload\n(S'1'\ntR."),
        Hostile("asks for \"torch.storage._load_from_bytes\"", pickle: "ctorch.storage\n_load_from_bytes\n(S'1'\ntR."),
        Hostile("asks for \"a?b.c\"", pickle: "\u{8c}\u{3}a\nb\u{8c}\u{1}c\u{93})R."),
    ]

    @Test(arguments: calls)
    func callsNothing(_ hostile: Hostile) throws { try expectRefusal(hostile) }

    private static let malformed: [Hostile] = [
        Hostile("has no tensors in a dictionary", pickle: "}."),
        Hostile("has no tensors in a dictionary", pickle: "]."),
        Hostile("the pickle is cut off", pickle: "}"),
        Hostile("the pickle is cut off", pickle: "cos"),
        Hostile("the pickle is cut off", pickle: ""),
        Hostile("the stack is empty", pickle: "."),
        Hostile("the stack is empty", pickle: "(."),
        Hostile("the stack is empty", pickle: "s"),
        Hostile("the stack is empty", pickle: "N(s"),
        Hostile("the stack is empty", pickle: "q\0"),
        Hostile("the stack is empty", pickle: "\u{87}"),
        Hostile("there is no mark", pickle: "u"),
        Hostile("there is no mark", pickle: "t"),
        Hostile("a key has no value", pickle: "}(Nu."),
        Hostile("a key has no value", pickle: "(Nd."),
        Hostile("not a list or dictionary", pickle: ")Na."),
        Hostile("no memo entry 7", pickle: "h\u{7}."),
        Hostile("opcode 0xff is not understood", pickle: "\u{ff}"),
        Hostile("protocol 6", pickle: "\u{80}\u{6}"),
        Hostile("what is called is not a function", pickle: "N)R."),
        Hostile("arguments of a call are not a tuple", pickle: "ctorch\nSize\n]R."),
        Hostile("do not describe a tensor", pickle: "ctorch._utils\n_rebuild_tensor_v2\n)R."),
        Hostile("a parameter is not made of a tensor", pickle: "ctorch._utils\n_rebuild_parameter\n(NtR."),
        Hostile("not that of a storage", pickle: "(S'module'\nNNNNtQ."),
        Hostile("a number is not a whole one", pickle: "I99999999999999999999\n."),
    ]

    @Test(arguments: malformed)
    func refusesMalformedPickles(_ hostile: Hostile) throws { try expectRefusal(hostile) }

    private static let oversized: [Hostile] = [
        Hostile("2147483647 bytes should follow", pickle: "\u{8b}\u{ff}\u{ff}\u{ff}\u{7f}"),
        Hostile("-1 bytes should follow", pickle: "\u{8b}\u{ff}\u{ff}\u{ff}\u{ff}"),
        Hostile("4294967295 bytes should follow", pickle: "X\u{ff}\u{ff}\u{ff}\u{ff}"),
        Hostile("a length is too large", pickle: "\u{8d}" + String(repeating: "\u{ff}", count: 8)),
        Hostile("a length is too large", pickle: "\u{8e}" + String(repeating: "\u{ff}", count: 8)),
        Hostile("memo entry 4294967295", pickle: "Nr\u{ff}\u{ff}\u{ff}\u{ff}"),
        Hostile("values at once", pickle: String(repeating: "N", count: 200_000)),
        Hostile("marks", pickle: String(repeating: "(", count: 200_000)),
        // Every tuple holds the one before it twice.
        Hostile("containers", pickle: ")" + String(repeating: "2\u{86}", count: 600_000)),
        Hostile("has no tensors", pickle: ")" + String(repeating: "\u{85}", count: 500_000) + "."),
        // A list and a dictionary that hold themselves.
        Hostile("has no tensors", pickle: "]q\0h\0a."),
        Hostile("has no tensors", pickle: "}q\0X\u{5}\0\0\0modelh\0s."),
    ]

    @Test(arguments: oversized)
    func refusesOversizedPickles(_ hostile: Hostile) throws { try expectRefusal(hostile) }

    private static let doesNotFit = "does not fit its storage of 16 bytes"
    private static let tensors: [Hostile] = [
        Hostile("its storage \"1\" is not in the file", tensor: tensorPickle(key: "1")),
        Hostile("its storage \"../0\" is not in the file", tensor: tensorPickle(key: "../0")),
        Hostile("should have 5 elements, but the file has 16 bytes", tensor: tensorPickle(count: 5)),
        Hostile("should have \(Int.max) elements", tensor: tensorPickle(count: .max)),
        Hostile("not that of a storage", tensor: tensorPickle(count: -1)),
        Hostile("is negative", tensor: tensorPickle(offset: -1)),
        Hostile("is negative", tensor: tensorPickle(shape: [-4])),
        Hostile("is negative", tensor: tensorPickle(strides: [-1])),
        Hostile("has the strides [1, 1]", tensor: tensorPickle(strides: [1, 1])),
        Hostile(doesNotFit, tensor: tensorPickle(offset: 1)),
        Hostile(doesNotFit, tensor: tensorPickle(offset: .max)),
        Hostile(doesNotFit, tensor: tensorPickle(shape: [5])),
        Hostile(doesNotFit, tensor: tensorPickle(shape: [2], strides: [4])),
        Hostile(doesNotFit, tensor: tensorPickle(shape: [3], strides: [.max])),
        Hostile(doesNotFit, tensor: tensorPickle(shape: [1 << 32, 1 << 32], strides: [0, 0])),
        Hostile(doesNotFit, tensor: tensorPickle(shape: [1_000_000], strides: [0])),
        Hostile("more than 8", tensor: tensorPickle(shape: [1, 1, 1, 1, 1, 1, 1, 1, 1])),
        Hostile("asks for \"torch.NoStorage\"", tensor: tensorPickle(storage: "NoStorage")),
    ]

    @Test(arguments: tensors)
    func refusesTensors(_ hostile: Hostile) throws { try expectRefusal(hostile) }

    private static func zip(_ build: (inout ZipBytes) -> Void) -> [UInt8] {
        var zip = ZipBytes()
        build(&zip)
        return zip.finished()
    }

    private static let pickle = tensorPickle()
    private static let data = [UInt8](repeating: 0, count: 16)
    private static let zips: [Hostile] = [
        Hostile("is not a PyTorch checkpoint", Array("something else".utf8)),
        Hostile("the zip directory is missing", [0x50, 0x4b, 3, 4] + data + data),
        Hostile("has 0 data.pkl", zip { $0.add("r/other", data) }),
        Hostile("has 0 data.pkl", ZipBytes().finished()),
        Hostile("\"r/data.pkl\" is compressed", zip { $0.add("r/data.pkl", data, method: 8) }),
        Hostile("\"r/data.pkl\" is encrypted", zip { $0.add("r/data.pkl", data, flags: 1) }),
        Hostile("lies outside of the file", zip { $0.add("r/data.pkl", data, size: 1_000_000) }),
        Hostile(
            "has no header of its own",
            zip {
                $0.add("r/other", data)
                $0.add("r/data.pkl", data, at: 5)
            }),
        Hostile(
            "entry 1 of the zip directory is malformed",
            zip {
                $0.add("r/other", data)
                $0.add("r/data.pkl", data, at: .max)
            }),
        Hostile(
            "has 2 data.pkl",
            zip {
                $0.add("r/data.pkl", pickle)
                $0.add("s/data.pkl", pickle)
            }),
        Hostile(
            "\"r/data.pkl\" is there twice",
            zip {
                $0.add("r/data.pkl", data)
                $0.add("r/data.pkl", data)
            }),
        Hostile(
            "\"r/data.pkl\" and \"r/data/0\" overlap",
            zip {
                $0.add("r/data.pkl", pickle, size: UInt32(pickle.count + 40))
                $0.add("r/data/0", data)
            }),
        Hostile(
            "not little-endian",
            zip {
                $0.add("r/data.pkl", pickle)
                $0.add("r/byteorder", Array("big".utf8))
            }),
        Hostile(
            "lies outside of the file's",
            {
                var zip = ZipBytes()
                zip.add("r/data.pkl", pickle)
                return zip.finished(directoryAt: 1 << 30)
            }()),
    ]

    @Test(arguments: zips)
    func refusesZipFiles(_ hostile: Hostile) throws { try expectRefusal(hostile) }
}
