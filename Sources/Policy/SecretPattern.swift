private import CRE2
public import GitModel

/// A kind of secret as a pattern file states it.
public struct SecretPattern: Hashable, Sendable {
  /// The name, such as `github-personal-token`.
  public let id: String
  /// What it is, for people: `GitHub personal access token`.
  public let about: String
  /// The regular expression, in RE2's syntax over bytes.
  public let expression: String
  /// Words of which every match holds one, whatever the case of its letters.
  public let keywords: [String]
  /// The capturing group that is the secret; 0 is the whole match, nil the first group if there is any.
  public let group: Int?
  /// Over how many lines a match may run.
  public let lines: Int
  /// The least Shannon entropy of the secret, in bits a byte.
  public let entropy: Double
  /// Regular expressions that the whole of a secret matches that is none.
  public let allowedValues: [String]
  /// Words that stand in what is no secret, whatever the case of their letters.
  public let allowedWords: [String]

  /// A pattern from its parts.
  public init(
    id: String, about: String, expression: String, keywords: [String], group: Int? = nil,
    lines: Int = 1, entropy: Double = 0, allowedValues: [String] = [], allowedWords: [String] = []
  ) {
    (self.id, self.about, self.expression) = (id, about, expression)
    (self.keywords, self.group, self.lines, self.entropy) = (keywords, group, lines, entropy)
    (self.allowedValues, self.allowedWords) = (allowedValues, allowedWords)
  }
}

/// A regular expression over bytes, as secrets are searched with: read here to be checked.
public struct BytePattern: Sendable {
  /// The expression as written.
  public let text: String
  /// How many capturing groups it has.
  public let groups: Int

  /// Checks `text`.
  public init(_ text: String) throws(TextPattern.Fault) {
    guard !text.isEmpty else { throw TextPattern.Fault(words: "is empty") }
    // Every byte is a character of its own here, so a class of other letters would mean nonsense.
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      throw TextPattern.Fault(words: "is not ASCII; write other bytes as `\\x{..}`")
    }
    self.text = text
    var written = text
    let made = written.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cre2_compile($0.baseAddress, $0.count, false, TextPattern.memoryLimit)
      }
    }
    guard let made else { throw TextPattern.Fault(words: "takes more memory than there is") }
    defer { cre2_free(made) }
    if let error = cre2_error(made) {
      throw TextPattern.Fault(
        words:
          "is not a regular expression that RE2 can read: \(String(cString: error).cut(to: 160))")
    }
    groups = Int(cre2_groups(made))
  }

  /// Whether it is proven that every match holds one of `words`, whatever the case of its letters.
  public func implies(anyOf words: [String]) -> Bool {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for word in words {
      starts.append(bytes.count)
      bytes += word.utf8.map { CChar(bitPattern: $0) } + [0]
    }
    return bytes.withUnsafeBufferPointer { buffer in
      let pointers = starts.map { buffer.baseAddress?.advanced(by: $0) }
      return text.withCString { cre2_implies($0, text.utf8.count, pointers, words.count) }
    }
  }
}

/// What the rule `secrets` wants searched.
public struct SecretSearch: Hashable, Sendable {
  /// Pattern files of the team's own, by their paths in the trusted tree.
  public let files: [String]
  /// The ids of the only patterns to search for; empty for all.
  public let only: [String]
  /// The ids of patterns that are not searched for.
  public let off: [String]
  /// The paths that are not searched.
  public let allowedPaths: PathSelection?
  /// Regular expressions that the whole of a secret matches that is none.
  public let allowedValues: [String]
  /// The fingerprints of what is no secret.
  public let allowedFingerprints: Set<String>

  /// A search from its parts.
  public init(
    files: [String] = [], only: [String] = [], off: [String] = [],
    allowedPaths: PathSelection? = nil, allowedValues: [String] = [],
    allowedFingerprints: Set<String> = []
  ) {
    (self.files, self.only, self.off) = (files, only, off)
    (self.allowedPaths, self.allowedValues) = (allowedPaths, allowedValues)
    self.allowedFingerprints = allowedFingerprints
  }
}

/// A secret that new commits bring in, without the secret.
public struct FoundSecret: Hashable, Sendable {
  /// The oldest new commit that has it.
  public let commit: Commit
  /// The path there.
  public let path: Bytes
  /// The line.
  public let line: Int
  /// The first byte of the line that belongs to it, from 1.
  public let column: Int
  /// The id of the pattern.
  public let pattern: String
  /// What the pattern is for.
  public let about: String
  /// How it begins: at most a quarter of it.
  public let start: String
  /// How many bytes it has.
  public let length: Int
  /// The first 32 digits of its SHA-256.
  public let fingerprint: String
  /// In how many other places it stands.
  public var elsewhere: Int

  /// A secret from its parts.
  public init(
    commit: Commit, path: Bytes, line: Int, column: Int, pattern: String, about: String,
    start: String, length: Int, fingerprint: String, elsewhere: Int = 0
  ) {
    (self.commit, self.path, self.line, self.column) = (commit, path, line, column)
    (self.pattern, self.about, self.start) = (pattern, about, start)
    (self.length, self.fingerprint, self.elsewhere) = (length, fingerprint, elsewhere)
  }
}

/// What came of a search.
public struct SecretReading: Hashable, Sendable {
  /// A blob that could not be searched.
  public struct Unread: Hashable, Sendable {
    /// The commit that brings it in.
    public let commit: Commit
    /// The path there.
    public let path: Bytes
    /// Why not, as a clause.
    public let why: String

    /// A blob that could not be searched.
    public init(commit: Commit, path: Bytes, why: String) {
      (self.commit, self.path, self.why) = (commit, path, why)
    }
  }

  /// How many patterns were searched for.
  public let patterns: Int
  /// How many blobs were searched.
  public let blobs: Int
  /// How many blobs were left out because the policy allows their paths.
  public let allowed: Int
  /// The secrets, of very many the first ones.
  public let secrets: [FoundSecret]
  /// How many different secrets there are; at least, where the search was cut short.
  public let total: Int
  /// Whether the search was cut short because there were so many.
  public let isCut: Bool
  /// What could not be searched, of very much the first.
  public let unread: [Unread]
  /// How many blobs could not be searched.
  public let unreadTotal: Int

  /// A reading from its parts.
  public init(
    patterns: Int, blobs: Int, allowed: Int = 0, secrets: [FoundSecret] = [], total: Int? = nil,
    isCut: Bool = false, unread: [Unread] = [], unreadTotal: Int? = nil
  ) {
    (self.patterns, self.blobs, self.allowed) = (patterns, blobs, allowed)
    (self.secrets, self.total, self.isCut) = (secrets, total ?? secrets.count, isCut)
    (self.unread, self.unreadTotal) = (unread, unreadTotal ?? unread.count)
  }
}
