// swift-tools-version: 6.2
import Foundation
import PackageDescription

let strict = ProcessInfo.processInfo.environment["CI"] == "true"

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
    name: "weft",
    products: [
        .library(name: "Weft", targets: ["Weft"]),
        .library(name: "WeftSampling", targets: ["WeftSampling"]),
        .executable(name: "weft", targets: ["WeftCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // System libraries and their shims.
        .systemLibrary(
            name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .systemLibrary(
            name: "CLibSentencePiece", pkgConfig: "sentencepiece",
            providers: [.apt(["libsentencepiece-dev"]), .brew(["sentencepiece"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
        .systemLibrary(
            name: "CLibFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"]), .brew(["freetype"])]),
        .target(name: "CPNG", dependencies: ["CLibPNG"]),
        .target(name: "CGlyphs", dependencies: ["CLibFreeType"]),
        .target(name: "CSentencePiece", dependencies: ["CLibSentencePiece"]),
        .target(name: "CKernels"),

        // The library, lowest first.
        .target(name: "WeftTensor", dependencies: ["CKernels"], swiftSettings: settings),
        .target(name: "WeftSampling", swiftSettings: settings),
        .target(name: "WeftText", dependencies: ["CSentencePiece"], swiftSettings: settings),
        .target(name: "WeftPixels", dependencies: ["CGlyphs", "CPNG"], swiftSettings: settings),
        .target(name: "WeftModel", dependencies: ["WeftTensor", "WeftText"], swiftSettings: settings),
        .target(
            name: "Weft",
            dependencies: ["COpenSSL", "WeftModel", "WeftSampling", "WeftPixels", "WeftText", "WeftTensor"],
            swiftSettings: settings),
        .executableTarget(
            name: "WeftCommand",
            dependencies: ["Weft", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings),

        // Damages files and reads them.
        .executableTarget(
            name: "weft-fuzz", dependencies: ["Weft", "WeftModel", "WeftPixels", "WeftTensor", "WeftText"],
            path: "Tests/WeftFuzz", swiftSettings: settings),

        // Draws a job without a model, and is killed.
        .executableTarget(
            name: "weft-job-writer", dependencies: ["Weft"], path: "Tests/WeftJobWriter", swiftSettings: settings),

        // Counts what is allocated, for the tests of decode steps.
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        // A matrix unit in plain C, for the tests of kernels that need one.
        .target(
            name: "CMatrixUnit", dependencies: ["CKernels"], path: "Tests/CMatrixUnit",
            cSettings: [.headerSearchPath("../../Sources/CKernels")]),
        .testTarget(
            name: "WeftTensorTests", dependencies: ["WeftTensor", "CKernels", "CMatrixUnit"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "WeftSamplingTests", dependencies: ["WeftSampling", "CAllocations"], resources: [.copy("Fixtures")],
            swiftSettings: settings),
        .testTarget(
            name: "WeftTextTests", dependencies: ["WeftText"], resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(name: "WeftPixelsTests", dependencies: ["WeftPixels"], swiftSettings: settings),
        .testTarget(
            name: "WeftModelTests", dependencies: ["WeftModel", "WeftTensor", "WeftText"],
            resources: [.copy("Fixtures")],
            swiftSettings: settings),
        .testTarget(
            name: "WeftTests",
            dependencies: [
                "Weft", "WeftModel", "WeftSampling", "WeftPixels", "WeftTensor", "CAllocations",
                "weft-job-writer",
            ],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "CommandTests", dependencies: ["Weft", "WeftCommand", "WeftPixels"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
