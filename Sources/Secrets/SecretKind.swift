/// One kind of secret: how it is written, and what looks like it and is none.
public struct SecretKind: Hashable, Sendable {
  /// The id of the pattern, such as `github-personal-token`.
  public let id: String
  /// The regular expression, in RE2's syntax over bytes.
  public let expression: String
  /// Words of which every match of the expression holds one, whatever the case of its letters. What
  /// vectorscan looks for.
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

  /// A kind from its parts.
  public init(
    id: String, expression: String, keywords: [String], group: Int? = nil, lines: Int = 1,
    entropy: Double = 0, allowedValues: [String] = [], allowedWords: [String] = []
  ) {
    (self.id, self.expression, self.keywords) = (id, expression, keywords)
    (self.group, self.lines, self.entropy) = (group, lines, entropy)
    (self.allowedValues, self.allowedWords) = (allowedValues, allowedWords)
  }
}

/// A secret that stands in some bytes. The secret itself does not leave the target: there is its
/// beginning, its length, and a fingerprint by which it can be allowed.
public struct SecretMatch: Hashable, Sendable {
  /// The id of the pattern that found it.
  public let kind: String
  /// The line it stands on, from 1.
  public let line: Int
  /// The bytes of that line that it takes up, from 1.
  public let columns: ClosedRange<Int>
  /// A quarter of it, four bytes at most, made fit for a terminal.
  public let start: String
  /// How many bytes it has.
  public let length: Int
  /// The first 32 digits of its SHA-256.
  public let fingerprint: String
}

/// Why bytes could not be searched, or the search not be prepared; a sentence.
public struct SecretFault: Error, Hashable, Sendable {
  /// The sentence.
  public let message: String

  /// A fault.
  public init(message: String) { self.message = message }
}
