public import GitModel

/// A DSSE envelope (SPECS.md 5.1; secure-systems-lab/dsse, envelope.md v1): a payload and the
/// signatures over it. Reading one proves nothing: verify the signatures over
/// `preAuthenticationEncoding`, then use exactly this `payload`.
public struct Envelope: Hashable, Sendable {
  /// The type of a payload that is an in-toto statement.
  public static let statementType = Bytes("application/vnd.in-toto+json".utf8)
  /// How many bytes an envelope may have.
  public static let byteLimit = 8 << 20
  /// How many signatures an envelope may carry.
  public static let signatureLimit = 100

  /// A signature and a hint at whose it is.
  public struct Signature: Hashable, Sendable {
    /// An unauthenticated hint; nil where there is none.
    public var keyID: Bytes?
    /// The signature, decoded.
    public var signature: Bytes

    /// A signature with a hint.
    public init(keyID: Bytes?, signature: Bytes) {
      self.keyID = keyID
      self.signature = signature
    }
  }

  /// What the payload is.
  public var payloadType: Bytes
  /// The payload, decoded.
  public var payload: Bytes
  /// The signatures; none in an envelope that is not signed, which proves nothing.
  public var signatures: [Signature]

  /// An envelope from its parts.
  public init(
    payloadType: Bytes = Envelope.statementType, payload: Bytes, signatures: [Signature] = []
  ) {
    self.payloadType = payloadType
    self.payload = payload
    self.signatures = signatures
  }

  /// Reads exactly one envelope.
  ///
  /// - Throws: `EvidenceFault` for anything that is not one whole envelope: other JSON, several
  ///   documents, a field that is missing or of another type, bad base64, more than `byteLimit`.
  public init(parsing bytes: Bytes) throws(EvidenceFault) {
    let json = try EvidenceFault.wrap("the envelope") { () throws(JSONFault) in
      try JSONValue(parsing: bytes, limits: JSONLimits(bytes: Self.byteLimit))
    }
    guard let type = json["payloadType"]?.string, !type.isEmpty else {
      throw EvidenceFault("the envelope has no payloadType")
    }
    guard let payload = json["payload"]?.string.flatMap({ Base64.decode($0, orURLSafe: true) })
    else {
      throw EvidenceFault("the envelope has no payload in base64")
    }
    guard let signatures = json["signatures"]?.array else {
      throw EvidenceFault("the envelope has no list of signatures")
    }
    guard signatures.count <= Self.signatureLimit else {
      throw EvidenceFault("the envelope has more than \(Self.signatureLimit) signatures")
    }
    self.init(payloadType: type, payload: payload)
    for element in signatures {
      guard let text = element["sig"]?.string, let signature = Base64.decode(text, orURLSafe: true)
      else {
        throw EvidenceFault("the envelope has a signature that is not in base64")
      }
      let keyID = element["keyid"]
      guard keyID == nil || keyID?.string != nil else {
        throw EvidenceFault("the envelope has a keyid that is no string")
      }
      self.signatures.append(Signature(keyID: keyID?.string, signature: signature))
    }
  }

  /// The bytes that are signed (dsse, protocol.md, PAE): type and payload with their lengths.
  public var preAuthenticationEncoding: Bytes {
    Self.preAuthenticationEncoding(type: payloadType, payload: payload)
  }

  /// The bytes that are signed over a payload of a type.
  public static func preAuthenticationEncoding(type: Bytes, payload: Bytes) -> Bytes {
    Bytes("DSSEv1 \(type.count) ".utf8) + type + Bytes(" \(payload.count) ".utf8) + payload
  }

  /// The envelope as it is written: canonical JSON and a line feed. Its digest is its file name, so
  /// equal envelopes are one file.
  public var encoded: Bytes {
    let signatures = signatures.map { signature in
      var members = [JSONMember("sig", .string(Base64.encode(signature.signature)))]
      if let keyID = signature.keyID { members.append(JSONMember("keyid", .string(keyID))) }
      return JSONValue.object(members)
    }
    let json = JSONValue.object([
      JSONMember("payload", .string(Base64.encode(payload))),
      JSONMember("payloadType", .string(payloadType)),
      JSONMember("signatures", .array(signatures)),
    ])
    return json.canonical + [UInt8(ascii: "\n")]
  }
}

/// Why an envelope or a statement is not used, as a clause: "the statement has no subject".
public struct EvidenceFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public let words: String

  /// A fault in words.
  public init(_ words: String) { self.words = words }

  /// The words.
  public var description: String { words }

  static func wrap<Value>(
    _ subject: String, _ body: () throws(JSONFault) -> Value
  ) throws(EvidenceFault) -> Value {
    do throws(JSONFault) {
      return try body()
    } catch {
      throw EvidenceFault("\(subject), line \(error.line), column \(error.column): \(error.words)")
    }
  }
}
