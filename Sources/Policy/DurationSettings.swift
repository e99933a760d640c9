internal import GitModel

extension SettingsReader {
  /// The length of time under `key`, such as `36h`, in seconds: a whole number and `m`, `h`, `d` or `w`.
  public func duration(_ key: String) -> Int64? {
    node(key).flatMap { duration(of: $0, for: key) }
  }

  /// The length of time in `node`.
  func duration(of node: SettingsNode, for key: String) -> Int64? {
    if records(.duration, at: node) { return nil }
    guard case .scalar(let text, isQuoted: false) = node.value, let seconds = Self.seconds(text)
    else {
      problems.add(
        "`\(key)` takes a length of time, not \(node.kind)", at: node.position,
        hint: "write `\(key): 30d`; `m`, `h`, `d` and `w` are minutes, hours, days and weeks")
      return nil
    }
    return seconds
  }

  /// The seconds of a length of time; nil where `text` is none.
  public static func seconds(_ text: String) -> Int64? {
    guard let unit = text.last, let length = units[unit], (2...6).contains(text.utf8.count),
      text.utf8.dropLast().allSatisfy(\.isASCIIDigit), text.first != "0",
      let count = Int64(text.dropLast())
    else { return nil }
    return count * length
  }

  private static let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800]
}

/// A length of time as a policy writes it: `30d`, `36h`.
func durationWords(_ seconds: Int64) -> String {
  for (length, unit) in [(Int64(86_400), "d"), (3600, "h")] where seconds % length == 0 {
    return "\(seconds / length)\(unit)"
  }
  return "\(seconds / 60)m"
}
