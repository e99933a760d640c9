import Foundation
import GitModel
import GitrelTestSupport
import Testing

/// Policy files of the repository.
struct PolicyFolder {
  struct File: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: Bytes
    var testDescription: String { name }
  }

  /// The files right in `folder`, seen from the top of the repository, by name.
  static func files(in folder: String) -> [File] {
    let top = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(top)/\(folder)")) ?? []
    return names.filter { $0.hasSuffix(".yml") }.sorted().map { name in
      File(name: "\(folder)/\(name)", bytes: contents(of: "\(top)/\(folder)/\(name)") ?? [])
    }
  }
}
