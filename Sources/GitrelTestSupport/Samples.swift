public import Foundation
public import GitModel
public import Testing

/// The real files beside the repository, in `../shared/samples`, and what is known of them.
public enum Samples {
  /// Where they lie.
  public static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/samples")

  /// One file, by its row in the manifest.
  public struct Entry: CustomTestStringConvertible, Sendable {
    /// Its path below the folder.
    public let path: String
    /// What it is.
    public let format: String
    /// The id of the object that it holds.
    public let id: String
    /// The column `expected`, JSON.
    public let expected: Data
    /// The column `independent_tools`, JSON.
    public let tools: Data

    /// Its path, for reports of tests.
    public var testDescription: String { path }

    /// The file.
    public func bytes() throws -> Bytes {
      Bytes(try Data(contentsOf: Samples.folder.appending(path: path)))
    }

    /// What is known of it.
    public func figures() throws -> [String: Any] {
      guard let object = try JSONSerialization.jsonObject(with: expected) as? [String: Any] else {
        throw SupportError("what is expected of \(path) is no JSON object")
      }
      return object
    }
  }

  /// The rows of MANIFEST.tsv with this format.
  public static func entries(_ format: String) -> [Entry] {
    guard let data = try? Data(contentsOf: folder.appending(path: "MANIFEST.tsv")) else {
      return []
    }
    return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let columns = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      guard columns.count >= 11, columns[1].elementsEqual(format.utf8) else { return nil }
      return Entry(
        path: String(decoding: columns[0], as: UTF8.self), format: format,
        id: String(decoding: columns[5], as: UTF8.self),
        expected: Data(columns[9]), tools: Data(columns[10]))
    }
  }
}
