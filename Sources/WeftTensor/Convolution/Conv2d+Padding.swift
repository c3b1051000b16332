// Zeros around pictures.

extension Conv2d {
    /// How many rows and columns of zeros stand around the picture.
    package struct Padding: Sendable, Equatable {
        /// Rows above.
        package let top: Int
        /// Columns to the left.
        package let left: Int
        /// Rows below.
        package let bottom: Int
        /// Columns to the right.
        package let right: Int

        /// Padding of each edge by its own count, each at least 0.
        package init(top: Int, left: Int, bottom: Int, right: Int) {
            self.top = top
            self.left = left
            self.bottom = bottom
            self.right = right
        }

        /// No padding.
        package static let none = Padding(top: 0, left: 0, bottom: 0, right: 0)
        /// One column right and one row below: what VQGAN's encoders put before a 3x3 convolution of stride 2.
        package static let downsample = Padding(top: 0, left: 0, bottom: 1, right: 1)
        /// The padding that keeps height and width at stride 1, for odd kernels.
        package static func same(kernel: Int) -> Padding {
            Padding(top: kernel / 2, left: kernel / 2, bottom: kernel / 2, right: kernel / 2)
        }
    }
}
