public import GitModel

/// One line of a reflog: what a ref was at, what it came to be at, and when (git-reflog(1)).
public struct ReflogEntry: Hashable, Sendable {
  /// What the ref was at; the zero id where it was not there.
  public let old: ObjectID
  /// What it came to be at.
  public let new: ObjectID
  /// When, by the clock of the machine that moved it.
  public let instant: Instant
}

extension Repository {
  /// The moves of the ref `name` that the repository remembers, the oldest first; nil when it keeps no
  /// reflog of it. A line that is none is an error: left out, it would hide a move.
  public func reflog(of name: RefName) throws(GitError) -> [ReflogEntry]? {
    guard name.isPossible else { return nil }
    let path = Bytes((commonDirectory + "/logs/").utf8) + name.bytes
    guard let content = try Files.read(path, limit: limits.administrativeFileSize) else {
      return nil
    }
    var entries: [ReflogEntry] = []
    for line in content.split(separator: UInt8(ascii: "\n")) {
      // old SP new SP name SP <address> SP seconds SP zone TAB message
      let head = line.prefix { $0 != UInt8(ascii: "\t") }
      guard head.count > 82, let old = ObjectID(hex: head.prefix(40)),
        let new = ObjectID(hex: head.dropFirst(41).prefix(40)),
        let angle = head.lastIndex(of: UInt8(ascii: ">")),
        let seconds = Self.seconds(head[(angle + 1)...])
      else {
        throw GitError(
          .malformed, "read reflog of", name.full, "line \(entries.count + 1) is none",
          hint: "see what else is damaged, with: git fsck")
      }
      entries.append(ReflogEntry(old: old, new: new, instant: Instant(seconds: seconds)))
    }
    return entries
  }

  private static func seconds(_ text: BytesSlice) -> Int64? {
    let words = text.split(separator: UInt8(ascii: " "))
    guard let digits = words.first, digits.count <= 18, digits.allSatisfy(\.isASCIIDigit) else {
      return nil
    }
    return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }
}
