public import GitModel

/// A signature of a commit or a tag and what it stands on, cut apart exactly as git 2.39 does before
/// it verifies. Where git would leave unsigned text lie about, the object is refused instead.
public struct SignedObject: Hashable, Sendable {
  /// The format.
  public let format: SignatureFormat
  /// The signature, armour and all.
  public let signature: Bytes
  /// What was signed.
  public let payload: Bytes

  init(format: SignatureFormat, signature: Bytes, payload: Bytes) {
    (self.format, self.signature, self.payload) = (format, signature, payload)
  }

  /// The signature of an object with this content; nil when it has none. Trees and blobs have none.
  ///
  /// A signature in a `mergetag` is that of the tag that was merged, and not the commit's own.
  public static func of(
    _ content: BytesSlice, kind: ObjectKind
  ) throws(SigningFault) -> SignedObject? {
    switch kind {
    case .commit: try commit(content)
    case .tag: try tag(content)
    case .tree, .blob: nil
    }
  }

  /// `parse_buffer_signed_by_header`, commit.c: the signature is the value of `gpgsig`; signed is
  /// everything but the headers that begin with `gpgsig`.
  private static func commit(_ content: BytesSlice) throws(SigningFault) -> SignedObject? {
    let headers = try SignatureHeaders(content, ownIsStripped: true)
    guard let signature = headers.own else { return nil }
    guard let format = SignatureFormat(of: signature[...]) else {
      throw SigningFault("has a gpgsig header that is no signature")
    }
    return SignedObject(format: format, signature: signature, payload: headers.payload)
  }

  /// `parse_signature` and `parse_signed_buffer`, gpg-interface.c: the signature is everything from
  /// the last line on that starts one. What stands before it is signed, but for the headers that hold
  /// a signature for the other hash algorithm.
  private static func tag(_ content: BytesSlice) throws(SigningFault) -> SignedObject? {
    let found = SignatureFormat.signature(endingTag: content)
    let before = found.map { content[..<$0.start] } ?? content
    let headers = try SignatureHeaders(before, ownIsStripped: false)
    guard let found else { return nil }
    return SignedObject(
      format: found.format, signature: Bytes(content[found.start...]), payload: headers.payload)
  }
}

/// The `gpgsig` headers of an object, and the rest of it.
private struct SignatureHeaders {
  /// The value of the header for SHA-1, unfolded.
  private(set) var own: Bytes?
  private(set) var payload = Bytes()

  init(_ content: BytesSlice, ownIsStripped: Bool) throws(SigningFault) {
    payload.reserveCapacity(content.count)
    var rest = content
    var current: Header?
    var seen: Set<Header> = []
    while let first = rest.first, first != UInt8(ascii: "\n") {
      let stop = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
      let line = rest[..<stop]
      rest = rest[stop...]
      if first != UInt8(ascii: " ") {
        current = try Self.header(line)
        if let current, !seen.insert(current).inserted {
          throw SigningFault("has two \(current.rawValue) headers")
        }
      }
      switch current {
      case .own?:
        let skipped = first == UInt8(ascii: " ") ? 1 : Header.own.rawValue.utf8.count + 1
        own = (own ?? []) + line.dropFirst(skipped)
      case .other?: break
      case nil: payload += line
      }
    }
    payload += rest
    // On a tag this header is for a repository of the other kind; git does not strip it there.
    if !ownIsStripped, own != nil {
      throw SigningFault("has a gpgsig header, which a tag has at its end")
    }
  }

  private enum Header: String, CaseIterable {
    case own = "gpgsig"
    case other = "gpgsig-sha256"
  }

  private static func header(_ line: BytesSlice) throws(SigningFault) -> Header? {
    guard line.starts(with: "gpgsig".utf8) else { return nil }
    let name = line.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
    let header = Header.allCases.first { $0.rawValue.utf8.elementsEqual(name) }
    guard let header, name.count < line.count, line[name.endIndex] == UInt8(ascii: " ") else {
      // git takes every header that begins so out of what is signed.
      throw SigningFault(
        "has a header `\(name.prefix(60).printable)`, which git leaves out of what is signed")
    }
    return header
  }
}
