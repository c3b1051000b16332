// Other programs, run beside this one.

package import Foundation

/// A program that was started, and whose end is waited for.
///
/// Foundation's `Process` hears of an end by a socket that the program inherits, and on Linux may never hear of it
/// (swift-corelibs-foundation, issue 4795); the system itself is asked here.
package struct ChildProcess {
    /// The number that the system knows it by.
    package let identifier: pid_t
    /// The file that its standard output goes to; nil if it is that of this program.
    package let output: FileHandle?

    /// Starts a program.
    ///
    /// Nothing is on its standard input, and no signal is ignored or held back, whatever this thread does with them.
    ///
    /// - Parameters:
    ///   - command: the program, searched for on the `PATH` if it has no slash, and its arguments
    ///   - folder: the folder that it runs in; nil for that of this program
    ///   - environment: variables beside those of this program
    ///   - output: the file that its standard output goes to; nil for that of this program
    ///   - errors: the same of its standard error
    /// - Throws: ``WeftError`` that names the command, if it cannot be started
    package init(
        _ command: [String], in folder: String? = nil, environment: [String: String] = [:], output: FileHandle? = nil,
        errors: FileHandle? = nil
    ) throws {
        var actions = Self.made(posix_spawn_file_actions_init)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        if let output { posix_spawn_file_actions_adddup2(&actions, output.fileDescriptor, STDOUT_FILENO) }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors.fileDescriptor, STDERR_FILENO) }

        var attributes = Self.made(posix_spawnattr_init)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Swift does not see the call that would have the system change the folder; a shell can, and becomes the program.
        let moved = folder.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] } ?? []
        var arguments = (moved + command).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var identifier: pid_t = 0
        let program = (moved + command).first ?? ""
        let result = posix_spawnp(&identifier, program, &actions, &attributes, &arguments, &settings)
        if result != 0 {
            let reason = String(cString: strerror(result))
            throw WeftError(.invalidFile, "\(command.joined(separator: " ")): cannot be run: \(reason)")
        }
        self.identifier = identifier
        self.output = output
    }

    /// Waits until the program has ended; to be called once.
    ///
    /// - Returns: the exit code; of a program that a signal ended, 128 and the signal's number, as in a shell
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 {
            precondition(errno == EINTR, "a child process is waited for once")
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    /// Whether the program has ended, waited for or not.
    package var hasEnded: Bool {
        var information = siginfo_t()
        let result = waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT)
        return result != 0 || information.si_signo == SIGCHLD
    }

    /// What a program prints, until it ends.
    ///
    /// - Parameters:
    ///   - command: the program, searched for on the `PATH` if it has no slash, and its arguments
    ///   - errors: whether its standard error is taken too, in the order in which both come; if not, it is ours
    /// - Throws: ``WeftError`` that names the command, if it cannot be started
    package static func output(of command: [String], errors: Bool = false) throws -> (data: Data, code: Int32) {
        let file = try temporaryFile()
        let code = try ChildProcess(command, output: file, errors: errors ? file : nil).wait()
        return (try contents(file), code)
    }

    /// An empty file without a name, gone with its handle. A program's output goes to a file and not to a pipe, which
    /// would have to be emptied while it runs, and whose end stays open in programs that are started meanwhile.
    package static func temporaryFile() throws -> FileHandle {
        let path = FileManager.default.temporaryDirectory.appending(path: "weft-XXXXXX").path
        var name = Array(path.utf8CString)
        let descriptor = mkstemp(&name)
        if descriptor < 0 { throw Descriptor.failure(path, "cannot be written") }
        unlink(name)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// All that was written to a file of ``temporaryFile()``.
    package static func contents(_ file: FileHandle) throws -> Data {
        try file.seek(toOffset: 0)
        return try file.readToEnd() ?? Data()
    }

    /// A value that the system sets up.
    private static func made<Value>(_ setUp: (UnsafeMutablePointer<Value>) -> Int32) -> Value {
        let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        defer { value.deallocate() }
        let result = setUp(value)
        precondition(result == 0, "no memory")
        return value.move()
    }
}
