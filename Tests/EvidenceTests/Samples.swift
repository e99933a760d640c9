import Foundation
import GitModel
import Testing

/// The real reports beside the repository, and what their manifest says of them (SPECS.md 0).
struct Sample: Sendable, CustomTestStringConvertible {
  let path: String
  let format: String
  let expected: String

  var testDescription: String { path }

  static let folder: URL = {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.appending(path: "../shared/samples").standardized
  }()

  /// The samples of a format; none if the folder is not there, which `SamplesTests` refuses.
  static func all(_ format: String) -> [Sample] {
    let manifest = folder.appending(path: "MANIFEST.tsv")
    guard let text = try? String(contentsOf: manifest, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { row in
      let cells = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count > 9, cells[1] == format else { return nil }
      return Sample(path: cells[0], format: format, expected: cells[9])
    }
  }

  func bytes() throws -> Bytes {
    Bytes(try Data(contentsOf: Self.folder.appending(path: path)))
  }

  /// The figures in the manifest.
  func figures() throws -> [String: Any] { try Self.object(Data(expected.utf8)) }

  /// The figures per file or test that lie beside the samples.
  func details() throws -> [String: Any] {
    let name = path.split(separator: "/").dropFirst().joined(separator: "/")
    let url = Self.folder.appending(path: "expected/\(format)/\(name).json")
    return try Self.object(Data(contentsOf: url))
  }

  private static func object(_ data: Data) throws -> [String: Any] {
    struct NoObject: Error {}
    guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw NoObject()
    }
    return object
  }
}
