private import CRE2
internal import CVectorscan
internal import GitModel

/// A regular expression over bytes that finds and captures. The text is Latin-1 to RE2, so every byte
/// is a character and nothing hides behind bytes that are no UTF-8.
final class Expression {
  /// Where a match lies and where its captured group does.
  struct Found {
    let match: Range<Int>
    let secret: Range<Int>
  }

  /// How long a match is at most; nil when there is no bound.
  let maximumLength: Int?
  private let pattern: OpaquePointer
  private let group: Int32

  init(_ text: String, group: Int? = 0, of id: String) throws(SecretFault) {
    var written = text
    let made = written.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cre2_compile($0.baseAddress, $0.count, false, 8 << 20)
      }
    }
    guard let made else {
      throw SecretFault(message: "there is no memory for the pattern `\(id)`")
    }
    pattern = made
    let groups = cre2_groups(made)
    self.group = group.map { Int32(clamping: $0) } ?? min(groups, 1)
    maximumLength = Self.maximumLength(of: text)
    // From here on deinit frees the pattern.
    if let error = cre2_error(made) {
      throw SecretFault(
        message:
          "the pattern `\(id)` cannot be read: \(Bytes(String(cString: error).utf8).printable)")
    }
    guard self.group <= groups else {
      throw SecretFault(message: "the pattern `\(id)` has no group \(self.group)")
    }
  }

  deinit { cre2_free(pattern) }

  /// The leftmost match within `range` of `text`; what is around the range counts for `\b`.
  func first(in range: Range<Int>, of text: UnsafeRawBufferPointer) -> Found? {
    let start = text.bindMemory(to: CChar.self).baseAddress
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: 4) { span in
      guard
        cre2_capture(
          pattern, start, text.count, range.lowerBound, range.upperBound, group, span.baseAddress)
      else { return nil }
      let match = span[0]..<span[1]
      // A group that took no part leaves the whole match.
      return Found(match: match, secret: span[2] < 0 ? match : span[2]..<span[3])
    }
  }

  /// Whether the whole of `bytes` matches.
  func matchesAll(of bytes: UnsafeRawBufferPointer) -> Bool {
    cre2_matches(pattern, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, true)
  }

  /// What vectorscan says of the expression. One that it does not read counts as without bound.
  private static func maximumLength(of text: String) -> Int? {
    var info: UnsafeMutablePointer<hs_expr_info_t>?
    var error: UnsafeMutablePointer<hs_compile_error_t>?
    defer {
      free(info)
      hs_free_compile_error(error)
    }
    guard hs_expression_info(text, 0, &info, &error) == HS_SUCCESS, let found = info?.pointee,
      found.max_width != UInt32.max
    else { return nil }
    return Int(found.max_width)
  }
}
