public import GitModel

/// What a client may ask of `gitrel shell`: one of git's three services on one path.
public struct ForcedCommand: Sendable, Hashable {
  /// The programs of git that serve a client.
  public enum Service: String, Sendable, Hashable, CaseIterable {
    /// A push.
    case receivePack = "receive-pack"
    /// A fetch or a clone.
    case uploadPack = "upload-pack"
    /// `git archive --remote`.
    case uploadArchive = "upload-archive"
  }

  /// The service.
  public let service: Service
  /// The path as the client wrote it, unquoted.
  public let path: Bytes

  /// The most bytes that a command may have.
  static let limit = 4096

  /// Reads `git-receive-pack 'PATH'` or `git receive-pack 'PATH'`, quoted as git quotes it, and
  /// nothing else: no options, no second word, no shell.
  public init(_ command: Bytes) throws(EngineFault) {
    guard !command.isEmpty else {
      throw EngineFault("no command: this account serves git and has no shell")
    }
    guard command.count <= Self.limit else { throw EngineFault("the command is too long") }
    guard !command.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw EngineFault("the command has a control character")
    }
    for service in Service.allCases {
      for prefix in ["git-\(service.rawValue) ", "git \(service.rawValue) "]
      where command.starts(with: prefix.utf8) {
        self.service = service
        path = try Self.unquoted(command.dropFirst(prefix.utf8.count))
        return
      }
    }
    throw EngineFault(
      "not served here: \(command.prefix(60).printable)",
      hints: ["this account serves git push, fetch, clone and archive only"])
  }

  /// One word in sh's single quotes; `'\''` and `'\!'` inside stand for `'` and `!`.
  private static func unquoted(_ word: BytesSlice) throws(EngineFault) -> Bytes {
    let fault = EngineFault("cannot read the path in the command: \(word.prefix(60).printable)")
    let quote = UInt8(ascii: "'")
    var rest = word
    var path: Bytes = []
    guard rest.popFirst() == quote else { throw fault }
    while true {
      guard let end = rest.firstIndex(of: quote) else { throw fault }
      path += rest[..<end]
      rest = rest[(end + 1)...]
      if rest.isEmpty { break }
      // The quote was closed for one escaped character, and must be opened again.
      guard rest.popFirst() == UInt8(ascii: "\\"),
        let escaped = rest.popFirst(), escaped == quote || escaped == UInt8(ascii: "!"),
        rest.popFirst() == quote
      else { throw fault }
      path.append(escaped)
    }
    guard let first = path.first else { throw EngineFault("the path is empty") }
    guard first != UInt8(ascii: "-") else { throw EngineFault("the path begins with '-'") }
    guard first != UInt8(ascii: "~") else {
      throw EngineFault("'~' is not served", hints: ["name the repository below the root"])
    }
    return path
  }
}
