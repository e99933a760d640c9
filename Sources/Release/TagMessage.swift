public import GitModel
public import Policy

/// What a tag declares of the release, as trailers of its message.
public struct TagTerms: Hashable, Sendable, CustomStringConvertible {
  /// The lane on which it goes out.
  public var lane = Lane.normal
  /// How it is rolled out.
  public var strategy: RolloutStrategy?
  /// The released tag to go back to.
  public var rollbackTarget: String?
  /// The risk.
  public var risk: Risk?

  /// A release on the normal lane that says nothing more.
  public init() {}

  /// What a tag's message declares; what is not told, or not in one way, is left out.
  public init(message: Bytes) {
    let trailers = ReleaseTrailers(message)
    if case .known(let known) = trailers.lane { lane = known }
    if case .known(let known) = trailers.strategy { strategy = known }
    if case .known(let known) = trailers.rollbackTarget { rollbackTarget = known }
    if case .known(let known) = trailers.risk, known != .unstated { risk = known }
  }

  /// The trailers in one line: `Lane: hotfix, Strategy: canary`.
  public var description: String {
    let stated = trailers.map { "\($0.key): \($0.value)" }
    return stated.isEmpty
      ? "nothing of lane, strategy, risk or target" : stated.joined(separator: ", ")
  }

  var trailers: [(key: String, value: String)] {
    let stated: [(String, String?)] = [
      ("Lane", lane == .normal ? nil : lane.rawValue), ("Strategy", strategy?.rawValue),
      ("Rollback-Target", rollbackTarget), ("Risk", risk?.rawValue),
    ]
    return stated.compactMap { key, value in value.map { (key, $0) } }
  }
}

/// The message of the tag of a release: the notes, and trailers that tell what it declares and by which
/// policy and evidence it was cut.
public struct TagMessage: Hashable, Sendable {
  /// The tag's short name.
  public let name: String
  /// The notes, in Markdown.
  public let notes: String
  /// The version before.
  public let previous: String?
  /// What the tag declares.
  public let terms: TagTerms
  /// The policy, as it is called on the server.
  public let policy: PolicyOrigin?
  /// The tip of the evidence ref on which the gates rest.
  public var evidence: ObjectID?

  /// A message from its parts.
  public init(
    name: String, notes: String, previous: String?, terms: TagTerms = TagTerms(),
    policy: PolicyOrigin?, evidence: ObjectID? = nil
  ) {
    (self.name, self.notes, self.previous) = (name, notes, previous)
    (self.terms, self.policy, self.evidence) = (terms, policy, evidence)
  }

  /// The largest message, in bytes; the server reads no tag above a megabyte.
  public static let maximumSize = 768 << 10

  private var trailers: [(key: String, value: String)] {
    var trailers = [(key: "Gitrel-Version", value: name)]
    if let previous { trailers.append(("Gitrel-Since", previous)) }
    trailers += terms.trailers
    if let policy { trailers.append(("Gitrel-Policy", "\(policy.label) \(policy.digest)")) }
    if let evidence { trailers.append(("Gitrel-Evidence", evidence.hex)) }
    return trailers
  }

  /// The text.
  ///
  /// git takes a line that starts with `#` for a comment only where it opens an editor; the tag is
  /// made with `--cleanup=verbatim`, so that headings stay.
  public var text: String {
    let block = trailers.map { "\($0.key): \($0.value)\n" }.joined()
    return "\(name)\n\n\(notes)\(notes.isEmpty ? "" : "\n")\(block)"
  }

  /// Why no tag can be made with it; nil where git reads the very trailers that are meant, and no
  /// signature.
  public var fault: String? {
    let bytes = Bytes(text.utf8)
    guard bytes.count <= Self.maximumSize else {
      return "its message has \(bytes.count) bytes, and one has at most \(Self.maximumSize)"
    }
    let read = TrailerBlock(message: bytes[...]).trailers
    let isMeant =
      read.count == trailers.count
      && zip(read, trailers).allSatisfy {
        $0.key.elementsEqual($1.key.utf8) && $0.value.elementsEqual($1.value.utf8)
      }
    guard isMeant else { return "the notes would make git read other trailers than are meant" }
    // git takes what starts like this for the signature, wherever the line stands.
    let isSigned = bytes.split(separator: UInt8(ascii: "\n")).contains {
      $0.starts(with: "-----BEGIN ".utf8)
    }
    return isSigned ? "the notes have a line that git takes for a signature" : nil
  }
}
