internal import Crypto
public import GitModel

/// Looks for secrets in bytes.
///
/// Vectorscan finds the keywords of all kinds in one pass. Where one stands, RE2 looks for the kinds
/// that it belongs to in the lines around it, and captures. Every match of a kind holds one of its
/// keywords, so nothing is missed; each byte is looked at once by vectorscan and at most a few times for
/// each kind, so the time is linear in the bytes, whatever they are.
///
/// Not `Sendable`: vectorscan's scratch space serves one search at a time.
public final class SecretScanner {
  /// How many secrets of one blob are told.
  public static let maximumMatches = 1000

  private let kinds: [SecretKind]
  private let keywords: KeywordDatabase
  private let allowedValues: [Expression]
  private let allowedFingerprints: Set<String>
  /// Compiled when a keyword of the kind is met for the first time.
  private var compiled: [CompiledKind?]

  /// A scanner for `kinds`; the more special ones first, for two kinds that find the same bytes.
  /// A secret is none when the whole of it matches one of `allowedValues`, or its fingerprint is one of
  /// `allowedFingerprints`.
  public init(
    _ kinds: [SecretKind], allowedValues: [String] = [], allowedFingerprints: Set<String> = []
  ) throws(SecretFault) {
    self.kinds = kinds
    self.allowedFingerprints = allowedFingerprints
    keywords = try KeywordDatabase(kinds)
    var values: [Expression] = []
    for value in allowedValues { values.append(try Expression(value, of: "allow")) }
    self.allowedValues = values
    compiled = kinds.map { _ in nil }
  }

  /// The secrets in `bytes`, in the order in which they stand there, each once a place; and whether
  /// there are more than are told.
  public func matches(
    in bytes: Bytes
  ) throws(SecretFault) -> (matches: [SecretMatch], isCut: Bool) {
    let plain = try matches(inText: bytes)
    guard let narrow = UTF16Text.narrowed(bytes) else { return plain }
    // UTF-16 has a zero byte between the letters of every token; it is searched as what it says, too.
    let other = try matches(inText: narrow)
    let all =
      plain.matches
      + other.matches.filter { match in
        !plain.matches.contains { $0.kind == match.kind && $0.fingerprint == match.fingerprint }
      }
    return (all, plain.isCut || other.isCut)
  }

  private func matches(
    inText bytes: Bytes
  ) throws(SecretFault) -> (matches: [SecretMatch], isCut: Bool) {
    var fault: SecretFault?
    var search = Search(kinds: kinds.count)
    try bytes.withRawBytes { (text) throws(SecretFault) in
      try keywords.scan(text) { keyword, end in
        for kind in keywords.owners[keyword] {
          do throws(SecretFault) {
            try look(for: kind, around: end, in: text, &search)
          } catch {
            fault = error
            return false
          }
        }
        return search.found.count < Self.maximumMatches
      }
    }
    if let fault { throw fault }
    let isCut = search.found.count >= Self.maximumMatches
    return (Places.matches(search.standing, kinds: kinds, in: bytes), isCut)
  }

  /// Searches the lines around a keyword that ends at `end` for one kind, unless that was done.
  private func look(
    for index: Int, around end: Int, in text: UnsafeRawBufferPointer, _ search: inout Search
  ) throws(SecretFault) {
    let kind = try self.compiled(index)
    let window = search.window(
      around: end, in: text, lines: kind.lines, reach: kind.expression.maximumLength)
    let done = search.done[index]
    if done.lowerBound <= window.needed.lowerBound, window.needed.upperBound <= done.upperBound {
      return
    }
    search.done[index] = window.searched
    let lines = UnsafeRawBufferPointer(rebasing: text[window.lines])
    let shift = window.lines.lowerBound
    var rest = (window.searched.lowerBound - shift)..<(window.searched.upperBound - shift)
    while search.found.count < Self.maximumMatches,
      let found = kind.expression.first(in: rest, of: lines)
    {
      let secret = UnsafeRawBufferPointer(rebasing: lines[found.secret])
      if !secret.isEmpty, kind.accepts(secret, allowedValues) {
        let fingerprint = Fingerprint.of(secret)
        if !allowedFingerprints.contains(fingerprint) {
          let range = (found.secret.lowerBound + shift)..<(found.secret.upperBound + shift)
          search.found.insert(Place(kind: index, range: range, fingerprint: fingerprint))
        }
      }
      let next = max(found.match.upperBound, found.match.lowerBound + 1)
      guard next < rest.upperBound else { return }
      rest = next..<rest.upperBound
    }
  }

  private func compiled(_ index: Int) throws(SecretFault) -> CompiledKind {
    if let kind = compiled[index] { return kind }
    let kind = try CompiledKind(kinds[index])
    compiled[index] = kind
    return kind
  }
}

/// A kind that is ready to search.
private final class CompiledKind {
  let expression: Expression
  let lines: Int
  private let entropy: Double
  private let allowedValues: [Expression]
  private let allowedWords: [Bytes]

  init(_ kind: SecretKind) throws(SecretFault) {
    expression = try Expression(kind.expression, group: kind.group, of: kind.id)
    (lines, entropy) = (kind.lines, kind.entropy)
    var values: [Expression] = []
    for value in kind.allowedValues { values.append(try Expression(value, of: kind.id)) }
    allowedValues = values
    allowedWords = kind.allowedWords.map { Bytes($0.utf8).asciiLowercased }
  }

  /// Whether `secret` is one: random enough, and nothing that is allowed.
  func accepts(_ secret: UnsafeRawBufferPointer, _ allowed: [Expression]) -> Bool {
    guard entropy == 0 || Entropy.bits(of: secret) >= entropy else { return false }
    if allowedValues.contains(where: { $0.matchesAll(of: secret) }) { return false }
    if allowed.contains(where: { $0.matchesAll(of: secret) }) { return false }
    guard !allowedWords.isEmpty else { return true }
    let lower = secret.asciiLowercased
    return !allowedWords.contains { lower.holds($0) }
  }
}

/// Shannon's entropy.
enum Entropy {
  /// Bits a byte, by how often each byte stands in `bytes`: 0 of one letter again and again, 4 of
  /// sixteen different ones.
  static func bits(of bytes: UnsafeRawBufferPointer) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    let total = Double(bytes.count)
    return counts.reduce(into: 0.0) { sum, count in
      guard count > 0 else { return }
      let share = Double(count) / total
      sum -= share * Logarithm.base2(share)
    }
  }
}

/// What a secret is known by without being told.
enum Fingerprint {
  /// The first 32 hexadecimal digits of SHA-256: what `printf %s SECRET | sha256sum | cut -c-32` prints.
  static func of(_ secret: UnsafeRawBufferPointer) -> String {
    var digest = SHA256()
    digest.update(bufferPointer: secret)
    let digits = Bytes("0123456789abcdef".utf8)
    let hex = digest.finalize().prefix(16).flatMap { byte in
      [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: hex, as: UTF8.self)
  }
}

extension Bytes {
  /// Whether `word` stands somewhere in the bytes.
  fileprivate func holds(_ word: Bytes) -> Bool {
    guard let first = word.first, count >= word.count else { return word.isEmpty }
    return (0...(count - word.count)).contains { start in
      self[start] == first && self[start...].starts(with: word)
    }
  }

  /// The bytes as memory, with the errors of `body`.
  func withRawBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(SecretFault) -> Result
  ) throws(SecretFault) -> Result {
    let outcome = withUnsafeBytes { bytes -> Swift.Result<Result, SecretFault> in
      do throws(SecretFault) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try outcome.get()
  }
}
