public import GitModel

/// Where an envelope lies in the tree of `refs/gitrel/evidence` (DESIGN.md 6): by its subject, named
/// by its own digest, so that two writers never conflict and a union is a merge.
public struct EvidencePath: Hashable, Sendable {
  /// What the envelope states something about: a tree, a commit, or what stands for a ref and a day.
  public let subject: ObjectID
  /// The SHA-256 of the envelope's bytes: 64 small hexadecimal digits.
  public let digest: String

  /// A path from its parts; nil if the digest is not 64 small hexadecimal digits.
  public init?(subject: ObjectID, digest: String) {
    guard Hex.isSmall(Bytes(digest.utf8), count: 64) else { return nil }
    self.subject = subject
    self.digest = digest
  }

  /// A path from its text; nil unless it is spelled exactly as `bytes` spells it.
  public init?(_ path: Bytes) {
    let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 2, parts[2].count == 69,
      parts[2].hasSuffix(".json"), let subject = ObjectID(hex: parts[0] + parts[1])
    else { return nil }
    self.init(subject: subject, digest: String(decoding: parts[2].dropLast(5), as: UTF8.self))
  }

  /// The folder of a subject: the first two digits of its id, then the other 38.
  public static func folder(of subject: ObjectID) -> Bytes {
    var hex = Bytes(subject.hex.utf8)
    hex.insert(UInt8(ascii: "/"), at: 2)
    return hex
  }

  /// The path: `ab/cdef.../<digest>.json`.
  public var bytes: Bytes { Self.folder(of: subject) + Bytes("/\(digest).json".utf8) }
}

extension BytesSlice {
  fileprivate func hasSuffix(_ suffix: String) -> Bool {
    self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }
}
