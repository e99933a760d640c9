private import CRE2
public import GitModel

/// A regular expression in RE2's syntax: linear in the length of the text, whatever the pattern.
///
/// RE2 is what GitHub and GitLab use; https://github.com/google/re2/wiki/Syntax is the reference.
/// Text is bytes; well-formed UTF-8 is matched by character, anything else does not match.
public struct TextPattern: Sendable {
  /// The pattern as written.
  public let text: String
  private let compiled: Compiled

  /// Why a pattern cannot be used; a clause after "the pattern".
  public struct Fault: WordedFault, Hashable, Sendable {
    /// The clause.
    public let words: String
  }

  /// How much memory a compiled pattern may take, in bytes.
  public static let memoryLimit = 4 << 20

  /// Compiles `text`.
  public init(_ text: String) throws(Fault) {
    guard !text.isEmpty else { throw Fault(words: "is empty") }
    self.text = text
    var pattern = text
    compiled = try Compiled(&pattern)
  }

  /// Whether the whole of `bytes` matches.
  public func matchesAll(of bytes: some RandomAccessCollection<UInt8>) -> Bool {
    compiled.matches(bytes, whole: true)
  }

  /// Whether any part of `bytes` matches.
  public func isFound(in bytes: some RandomAccessCollection<UInt8>) -> Bool {
    compiled.matches(bytes, whole: false)
  }

  /// How many matches in one text are looked at: each costs a look at all of the text at worst.
  public static let matchLimit = 1000

  /// What matches in `bytes`, from left to right and without overlaps, `matchLimit` at most. The
  /// indices are those of an array of the bytes. What matches nothing, as `a*` can, is left out.
  public func matches(in bytes: some RandomAccessCollection<UInt8>) -> [BytesSlice] {
    let text = Bytes(bytes)
    var found: [BytesSlice] = []
    var start = 0
    for _ in 0..<Self.matchLimit {
      guard start < text.count, let match = compiled.find(in: text, from: start) else { break }
      if !match.isEmpty { found.append(text[match]) }
      start = Swift.max(match.upperBound, start + 1)
    }
    return found
  }

  /// Owns the C++ object.
  ///
  /// Unchecked, because the compiler cannot see it: a `RE2` is immutable once built, and its matching
  /// functions are documented as safe to call from many threads (re2.h, "thread safety").
  private final class Compiled: @unchecked Sendable {
    let pattern: OpaquePointer

    init(_ text: inout String) throws(Fault) {
      let made = text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          cre2_compile($0.baseAddress, $0.count, true, memoryLimit)
        }
      }
      guard let made else { throw Fault(words: "takes more memory than there is") }
      if let error = cre2_error(made) {
        let words =
          "is not a regular expression that RE2 can read: \(String(cString: error).cut(to: 160))"
        cre2_free(made)
        throw Fault(words: words)
      }
      pattern = made
    }

    deinit { cre2_free(pattern) }

    func matches(_ bytes: some RandomAccessCollection<UInt8>, whole: Bool) -> Bool {
      func ask(_ buffer: UnsafeBufferPointer<UInt8>) -> Bool {
        buffer.withMemoryRebound(to: CChar.self) {
          cre2_matches(pattern, $0.baseAddress, $0.count, whole)
        }
      }
      return bytes.withContiguousStorageIfAvailable(ask)
        ?? Bytes(bytes).withUnsafeBufferPointer(ask)
    }

    func find(in bytes: Bytes, from start: Int) -> Range<Int>? {
      bytes.withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) { text in
          var (lower, upper) = (0, 0)
          guard cre2_find(pattern, text.baseAddress, text.count, start, &lower, &upper) else {
            return nil
          }
          return lower..<upper
        }
      }
    }
  }
}

extension TextPattern: Hashable {
  /// Two patterns are equal when they are written alike.
  public static func == (left: TextPattern, right: TextPattern) -> Bool { left.text == right.text }

  /// Hashes the written pattern.
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
