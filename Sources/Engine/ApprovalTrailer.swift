internal import Evidence
internal import GitModel
internal import Signing

/// An approval that travels in the commit itself: the envelope, in Base64, as the value of a trailer. A
/// tree does not depend on a message, so that the line changes nothing of what was approved.
enum ApprovalTrailer {
  static let key = Bytes("Gitrel-Approval".utf8)
  /// The longest value that is read.
  private static let limit = 64_000

  static func value(of envelope: Envelope) -> Bytes { Base64.encode(envelope.encoded) }

  /// The statement in a trailer's value; nil where there is none.
  static func read(_ value: Bytes) -> (envelope: Envelope, approval: Approval)? {
    guard value.count <= limit, let bytes = Base64.decode(value),
      let envelope = try? Envelope(parsing: bytes),
      envelope.payloadType == Envelope.statementType,
      let statement = try? Statement(parsing: envelope.payload),
      case .approval(let approval) = statement.predicate
    else { return nil }
    return (envelope, approval)
  }
}

extension Envelope {
  /// The SHA-256 of what is signed, by which a statement is known: an envelope can be written otherwise
  /// around the same signature.
  var statementDigest: String { SHA256Digest.hex(of: preAuthenticationEncoding) }

  /// The SHA-256 of its bytes, which names its file.
  var digest: String { SHA256Digest.hex(of: encoded) }
}
