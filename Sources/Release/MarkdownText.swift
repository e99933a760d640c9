internal import GitModel

/// Text that somebody typed, as Markdown that shows it and means nothing more: no link, no emphasis, no
/// heading, no HTML (CommonMark 0.31, 2.4: a backslash before any ASCII punctuation makes it plain). Code
/// between backticks stays code, in which nothing else means anything.
enum MarkdownText {
  /// The text, where `line` stands before it on its line.
  static func escaped(_ text: String, after line: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var escaped = String.UnicodeScalarView()
    var place = 0
    while place < scalars.count {
      if scalars[place] == "`", let end = endOfCode(scalars, from: place) {
        escaped.append(contentsOf: scalars[place..<end])
        place = end
        continue
      }
      if isMeant(scalars, place) { escaped.append("\\") }
      escaped.append(scalars[place])
      place += 1
    }
    return opensBlocks(line) ? plainStart(String(escaped)) : String(escaped)
  }

  /// Where the code ends that begins with these backticks: behind as many of them. In a table a bar would
  /// cut it in two.
  private static func endOfCode(_ scalars: [Unicode.Scalar], from start: Int) -> Int? {
    func run(_ place: Int) -> Int { scalars[place...].prefix { $0 == "`" }.count }
    let length = run(start)
    var place = start + length
    while place < scalars.count, scalars[place] != "|" {
      guard scalars[place] == "`" else {
        place += 1
        continue
      }
      let other = run(place)
      place += other
      if other == length { return place }
    }
    return nil
  }

  private static func isMeant(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
    switch scalars[place] {
    case "\\", "`", "*", "[", "]", "<", "|", "~": true
    // Between letters it is one of a name; beside another one it may be emphasis all the same.
    case "_": !(isWord(scalars, place - 1) && isWord(scalars, place + 1))
    case "&": startsEntity(scalars[(place + 1)...])
    default: false
    }
  }

  /// Whether what comes next on the line may start a heading, a list and the like: nothing is before it
  /// but what starts such.
  private static func opensBlocks(_ line: String) -> Bool {
    line.unicodeScalars.allSatisfy { " \t->*+#.)0123456789".unicodeScalars.contains($0) }
  }

  /// By code points: with an accent behind it, a sign is another character for Swift and none for Markdown.
  private static func plainStart(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.first else { return text }
    let rest = scalars.drop { $0 == first }
    let isAlone = rest.isEmpty || rest.first == " "
    let isMeant =
      switch first {
      case ">", "=": true
      case "#", "+": isAlone
      case "-": isAlone || scalars.dropFirst().first == "-"
      default: false
      }
    if isMeant { return "\\" + text }
    // `12. ` and `12) ` start a list.
    let digits = scalars.prefix { ("0"..."9").contains($0) }
    let end = scalars[digits.endIndex...]
    guard !digits.isEmpty, end.first == "." || end.first == ")" else { return text }
    return String(digits) + "\\" + String(end)
  }

  private static func isWord(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
    guard scalars.indices.contains(place) else { return false }
    return scalars[place].properties.isAlphabetic || scalars[place].properties.numericType != nil
  }

  /// Whether `&` before these makes a character of its own: `&amp;`, `&#60;`.
  private static func startsEntity(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
    let name = rest.prefix(40).prefix {
      $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) || $0 == "#"
    }
    return !name.isEmpty && rest.dropFirst(name.count).first == ";"
  }
}

extension BytesSlice {
  /// The bytes cut behind so many, and not within a character.
  func cutText(to limit: Int) -> String {
    guard count > limit else { return printable }
    var end = startIndex + limit
    while end > startIndex, self[end] & 0xC0 == 0x80 { end -= 1 }
    return self[..<end].printable + "..."
  }
}
