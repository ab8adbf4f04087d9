// swift-tools-version:5.9
import Foundation
import PackageDescription

// For Apple's platforms the C library comes as CMuistio.xcframework beside this file (README.md says how it is made); elsewhere it is the
// installed one, found by pkg-config.
let framework = FileManager.default.fileExists(atPath: Context.packageDirectory + "/CMuistio.xcframework")

let package = Package(
    name: "Muistio",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Muistio", targets: ["Muistio"])],
    targets: [
        framework
            ? .binaryTarget(name: "CMuistio", path: "CMuistio.xcframework")
            : .systemLibrary(name: "CMuistio", path: "Sources/CMuistio", pkgConfig: "muistio"),
        .target(name: "Muistio", dependencies: ["CMuistio"], swiftSettings: [.enableExperimentalFeature("StrictConcurrency")]),
        .testTarget(name: "MuistioTests", dependencies: ["Muistio"]),
    ]
)
