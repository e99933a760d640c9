import Foundation
import GitModel
import Testing

/// The real files beside the repository, in `../shared/samples`, and what is known of them.
enum Samples {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/samples")

  struct Entry: CustomTestStringConvertible, Sendable {
    let path: String
    let id: String
    /// The columns `expected` and `independent_tools`, JSON.
    let expected: Data
    let tools: Data

    var testDescription: String { path }

    func bytes() throws -> Bytes { Bytes(try Data(contentsOf: folder.appending(path: path))) }
  }

  /// The rows of MANIFEST.tsv with this format.
  static func entries(_ format: String) -> [Entry] {
    guard let data = try? Data(contentsOf: folder.appending(path: "MANIFEST.tsv")) else {
      return []
    }
    return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let columns = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      guard columns.count >= 11, columns[1].elementsEqual(format.utf8) else { return nil }
      return Entry(
        path: String(decoding: columns[0], as: UTF8.self),
        id: String(decoding: columns[5], as: UTF8.self),
        expected: Data(columns[9]), tools: Data(columns[10]))
    }
  }
}
