/// The paths that a pattern of CODEOWNERS means, as its host matches them.
///
/// GitHub (gitignore): a pattern with a `/` before its end is anchored at the top, one without means a
/// name in any folder; what it names is a file, or a folder with everything in it, but `docs/*` means
/// the files right in `docs`. GitLab (Ruby's `File.fnmatch` with `FNM_PATHNAME`): only a `/` at the start
/// anchors, only a `/` at the end means a folder, and `**` is more than `*` only before a `/`.
public struct OwnedPaths: Hashable, Sendable {
  private let words: [GlobWord]

  /// Reads a pattern, with the backslashes that protect a byte from being special.
  init(_ pattern: BytesSlice, _ syntax: CodeOwners.Syntax) throws(Glob.Fault) {
    let slash = UInt8(ascii: "/")
    if syntax == .github {
      for (mark, what) in [("!", "starts with `!`"), ("\\#", "starts with `\\#`")]
      where pattern.starts(with: mark.utf8) {
        throw Glob.Fault(words: "\(what), which GitHub does not read")
      }
      if pattern.contains(UInt8(ascii: "[")) || pattern.contains(UInt8(ascii: "]")) {
        throw Glob.Fault(words: "has `[ ]`, which GitHub does not read")
      }
    }
    var body = pattern
    let isRooted = body.first == slash
    if isRooted { body = body.dropFirst() }
    let isFolder = body.last == slash || body.isEmpty
    if body.last == slash { body = body.dropLast() }
    guard !body.isEmpty else {
      guard syntax == .gitlab, pattern.count == 1 else {
        throw Glob.Fault(words: "matches no path")
      }
      words = [try GlobWord(Bytes("**".utf8), isPath: true)]
      return
    }
    let parts = try body.split(separator: slash, omittingEmptySubsequences: false).map {
      (part) throws(Glob.Fault) in try Self.part(part)
    }
    let text = Bytes(parts.joined(separator: [slash]))
    let anywhere = Bytes("**/".utf8)
    let below = Bytes("/**".utf8)
    let last = parts.last ?? []
    let texts: [Bytes] =
      switch syntax {
      case .github:
        Self.github(
          isRooted || parts.count > 1 ? text : anywhere + text, last: last, isFolder: isFolder,
          isName: parts.count == 1 && !isRooted)
      case .gitlab:
        [
          (isRooted ? [] : anywhere)
            + (isFolder
              ? text + below
              : last.elementsEqual("**".utf8) ? Bytes(text.dropLast()) : text)
        ]
      }
    words = try texts.map { (text) throws(Glob.Fault) in
      try GlobWord(text, isPath: true, takesEscapes: true)
    }
  }

  private static func github(
    _ text: Bytes, last: Bytes, isFolder: Bool, isName: Bool
  ) -> [Bytes] {
    let below = Bytes("/**".utf8)
    if isFolder { return [text + below] }
    // The host's own exception from gitignore.
    let isOpen = last.elementsEqual("*".utf8) && !isName || last.elementsEqual("**".utf8)
    return isOpen ? [text] : [text, text + below]
  }

  /// A part between slashes, `**` kept where it is all of it: elsewhere it is no more than `*`.
  private static func part(_ part: BytesSlice) throws(Glob.Fault) -> Bytes {
    guard !part.isEmpty else { throw Glob.Fault(words: "has two `/` with nothing between them") }
    if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) {
      throw Glob.Fault(words: "has a part `\(part.printable)`, which no path has")
    }
    if part.elementsEqual("**".utf8) { return Bytes(part) }
    let star = UInt8(ascii: "*")
    var out: Bytes = []
    // The byte before, where it is not protected.
    var last: UInt8?
    for byte in part {
      let isEscaped = last == UInt8(ascii: "\\")
      switch (last, byte) {
      case (star, star): break
      // What others write for `[!a]`.
      case (UInt8(ascii: "["), UInt8(ascii: "^")): out.append(UInt8(ascii: "!"))
      default: out.append(byte)
      }
      last = isEscaped ? nil : byte
    }
    if last == UInt8(ascii: "\\") {
      throw Glob.Fault(words: "has a backslash with nothing behind it")
    }
    return out
  }

  /// Whether it means `path`.
  public func contains(_ path: BytesSlice) -> Bool { words.contains { $0.matches(path) } }
}
