// What a row is fed after its prefix.

/// A token of the visual or of the text vocabulary.
package struct FedToken: BitwiseCopyable, Sendable, Hashable {
    /// Its index in its vocabulary.
    package let id: Int
    /// Whether that is the visual vocabulary.
    package let isVisual: Bool

    /// A visual token: a part of the picture.
    package static func visual(_ id: Int) -> FedToken { FedToken(id: id, isVisual: true) }

    /// A text token, such as the end of a row of the picture.
    package static func text(_ id: Int) -> FedToken { FedToken(id: id, isVisual: false) }
}
