// The version of the library and the program.

/// The library.
public enum WeftRelease {
    /// The version, as `weft --version` prints it.
    public static let version = "0.1.0"
}
