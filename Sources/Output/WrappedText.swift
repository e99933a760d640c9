extension String {
  /// The line broken at spaces so that none is wider than `width`; later lines are indented by
  /// `hanging`. A word that is wider than a line stays whole, so that commands and ids can be copied.
  public func wrapped(to width: Int, hanging: Int) -> [String] {
    guard count > width else { return [self] }
    var lines: [String] = []
    var current = ""
    var indent = String(prefix { $0 == " " })
    for word in dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
      if current.isEmpty {
        current = indent + word
      } else if current.count + 1 + word.count <= width {
        current += " " + word
      } else {
        lines.append(current.trimmingTrailingSpaces)
        indent = String(repeating: " ", count: hanging)
        current = word.isEmpty ? "" : indent + word
      }
    }
    if !current.isEmpty { lines.append(current.trimmingTrailingSpaces) }
    return lines
  }

  private var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
