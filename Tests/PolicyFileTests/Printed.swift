import Foundation
import GitrelTestSupport

/// What the commands of the scenarios print.
enum Printed {
  /// The words of each output, joined by single blanks.
  static func all() throws -> [String] {
    let top = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let folder = "\(top)/Tests/Scenarios"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return names.filter { $0.hasSuffix(".txt") }.flatMap { name -> [String] in
      let text = String(decoding: contents(of: "\(folder)/\(name)") ?? [], as: UTF8.self)
      guard let start = text.range(of: "\n-- story --\n") else { return [] }
      var outputs: [[String]] = [[]]
      for line in text[start.upperBound...].split(separator: "\n") {
        if line.hasPrefix("$ ") {
          outputs.append([])
        } else {
          outputs[outputs.count - 1].append(String(line))
        }
      }
      return outputs.map(words)
    }
  }

  /// The words of some lines, wherever they were broken, with object ids as zeros.
  static func words(_ lines: [String]) -> String {
    lines.flatMap { line in
      let bare = line.hasPrefix("remote:") ? line.dropFirst("remote:".count) : line[...]
      return bare.split(separator: " ").map { word in
        String(word).replacing(#/\b([0-9a-f]{7}|[0-9a-f]{40})\b/#, with: "0000000")
      }
    }.joined(separator: " ")
  }
}
