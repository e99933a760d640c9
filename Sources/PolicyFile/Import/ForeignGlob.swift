internal import GitModel

/// Patterns of other systems as patterns of a policy.
enum ForeignGlob {
  /// A ref pattern of GitHub's (Ruby's `File.fnmatch` with FNM_PATHNAME) as one of a policy, and what
  /// a reader should know about it; nil where a policy has none that says the same.
  static func ref(_ pattern: String) -> (text: String, remark: String?)? {
    guard let (glob, remark) = fnmatch(pattern, folders: "{,**/}"), (try? Glob(glob)) != nil else {
      return nil
    }
    return (short(glob), remark)
  }

  /// A glob over full names as a policy writes it, where it is about branches.
  static func short(_ glob: String) -> String {
    guard glob.hasPrefix("refs/heads/") else { return glob }
    let short = String(glob.dropFirst("refs/heads/".count))
    // A short pattern of these would be taken for a slip.
    let slips = ["refs/", "heads/", "tags/", "remotes/", "ref/", "!"]
    return short.isEmpty || slips.contains(where: short.hasPrefix) ? glob : short
  }

  /// A path pattern of GitHub's push rules as one of a policy.
  static func path(_ pattern: String) -> (text: String, remark: String?)? {
    let isFolder = pattern.hasSuffix("/")
    let bare = isFolder ? String(pattern.dropLast()) : pattern
    guard let (glob, remark) = fnmatch(bare, folders: "**/") else { return nil }
    var text = isFolder ? glob + "/" : glob
    // `**/name` is a name in any folder, which is what a pattern without `/` means.
    let start = "**/"
    if text.hasPrefix(start), !text.dropFirst(start.count).dropLast(isFolder ? 1 : 0).contains("/")
    {
      text = String(text.dropFirst(start.count))
    }
    return text.hasPrefix("!") || (try? PathPattern(text)) == nil ? nil : (text, remark)
  }

  /// A glob over whole paths as a pattern of paths, in which one without `/` is about names alone.
  static func path(whole glob: String) -> String {
    if glob.hasPrefix("**"), !glob.dropFirst(2).contains(where: { "*/".contains($0) }) {
      return "*" + glob.dropFirst(2)
    }
    return glob.contains("/") && !glob.hasSuffix("/") ? glob : "/" + glob
  }

  /// `**/` is any folders or none, any other `**` is one `*`, a backslash takes the next character as
  /// it is.
  private static func fnmatch(
    _ pattern: String, folders: String
  ) -> (String, remark: String?)? {
    var out = ""
    var remark: String?
    var rest = Array(pattern.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*":
        var stars = 1
        while rest.first == "*" {
          stars += 1
          rest = rest.dropFirst()
        }
        if stars == 2, rest.first == "/", out.isEmpty || out.hasSuffix("/") {
          rest = rest.dropFirst()
          // `X/**/*` is everything below X.
          if rest.elementsEqual(["*"]) || rest.isEmpty {
            out += "**"
            rest = []
          } else {
            out += folders
          }
        } else {
          out += "*"
          if stars > 1 {
            remark = "`\(pattern.printableText)` is one level deep there, and so it is here"
          }
        }
      case "[":
        guard let close = rest.firstIndex(of: "]"), close > rest.startIndex else { return nil }
        let inside = rest[..<close].map(String.init).joined()
        if inside.contains(where: { "\\[{},".contains($0) }) { return nil }
        out += "[\(inside.hasPrefix("^") ? "!" + inside.dropFirst() : inside)]"
        rest = rest[(close + 1)...]
      case "\\":
        guard let next = rest.popFirst(), !"*?[]{}".unicodeScalars.contains(next) else {
          return nil
        }
        out.unicodeScalars.append(next)
      case "{", "}", "]": return nil
      default: out.unicodeScalars.append(scalar)
      }
    }
    return (out, remark)
  }

  /// A pattern of a CODEOWNERS file as patterns of a policy that select the same paths; nil where
  /// there are none. `isAnywhere` where a pattern with a `/` inside may start in any folder (GitLab).
  static func owned(_ pattern: String, isAnywhere: Bool) -> [String]? {
    if ["*", "**", "/**", "**/*", "/"].contains(pattern) { return ["**"] }
    if pattern.contains(where: { "[]{}!\\".contains($0) }) || pattern.contains("***") { return nil }
    var body = pattern
    let isFolder = body.hasSuffix("/")
    if isFolder { body.removeLast() }
    let isAnchored = body.hasPrefix("/")
    if isAnchored { body.removeFirst() }
    guard !body.isEmpty, !body.hasPrefix("/"), !body.contains("//") else { return nil }
    var isDeep = false
    while body.hasPrefix("**/") {
      body = String(body.dropFirst(3))
      isDeep = true
    }
    var parts: [Substring] = []
    for part in body.split(separator: "/") where !(part == "**" && parts.last == "**") {
      parts.append(part)
    }
    let hasSlash = parts.count > 1
    var text = ""
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      text += part + (isLast ? "" : "/")
    }
    if hasSlash || isAnchored {
      let isLoose = isDeep || (isAnywhere && !isAnchored)
      text = isLoose ? "**/" + text : hasSlash ? text : "/" + text
    }
    if text.contains("***") || text.isEmpty { return nil }
    var patterns = isFolder ? [text + "/"] : [text]
    // A name may be a folder's as well, and then everything below it is meant.
    if !isFolder, let last = parts.last, !last.contains("*"), !Self.isFileName(last) {
      patterns.append(text + "/")
    }
    return patterns.allSatisfy { (try? PathPattern($0)) != nil } ? patterns : nil
  }

  /// Whether a name ends like that of a file: with a dot and a few letters.
  private static func isFileName(_ name: Substring) -> Bool {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
    let extensionLength = name.distance(from: dot, to: name.endIndex) - 1
    return (1...6).contains(extensionLength)
  }
}
