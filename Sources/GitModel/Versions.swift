/// How version names are read.
public enum VersionScheme: Hashable, Sendable {
  /// Semantic Versioning 2.0.0; with `allowShort` also two-part versions such as `1.4`, which rank
  /// with `1.4.0`.
  case semantic(allowShort: Bool)
  /// Calendar versions of one format.
  case calendar(CalVerFormat)

  /// Reads `text` behind `prefix`; nil when it is no version of this scheme.
  public func version(_ text: some Collection<UInt8>, prefix: Bytes = []) -> Version? {
    guard text.starts(with: prefix) else { return nil }
    let rest = Bytes(text.dropFirst(prefix.count))
    switch self {
    case .semantic(let allowShort): return Version(semantic: rest, allowShort: allowShort)
    case .calendar(let format): return format.version(rest)
    }
  }
}

/// A version: numbers that count, then a pre-release that ranks below its release, then build metadata
/// that does not rank at all.
///
/// Two versions with one rank may be spelled differently (`1.4` and `1.4.0`, `1.4.0+a` and
/// `1.4.0+b`): they are not equal, and neither is less. Ask `hasSameRank(as:)`, because two tags for
/// one version are a mistake. Compare versions of one scheme only.
public struct Version: Hashable, Sendable {
  /// The version as spelled, without a tag's prefix.
  public let spelling: Bytes
  /// The numbers in order: for a semantic version major, minor and patch.
  public let numbers: [Number]
  /// What stands behind the `-`, split at dots; empty for a release.
  public let prerelease: [Bytes]
  /// What stands behind the `+`, split at dots.
  public let build: [Bytes]

  /// Whether this is a pre-release.
  public var isPrerelease: Bool { !prerelease.isEmpty }

  /// A number of any size, as its decimal digits without leading zeros.
  public struct Number: Hashable, Comparable, Sendable {
    /// The digits.
    public let digits: Bytes

    /// Reads decimal digits; leading zeros do not count. Nil when there are none or other bytes.
    public init?(_ digits: some Collection<UInt8>) {
      guard !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit) else { return nil }
      self.init(significant: Bytes(digits.drop { $0 == UInt8(ascii: "0") }))
    }

    /// Zero.
    public static let zero = Number(significant: [])

    private init(significant: Bytes) {
      digits = significant.isEmpty ? [UInt8(ascii: "0")] : significant
    }

    /// The number, if it fits.
    public var value: Int? { Int(String(decoding: digits, as: UTF8.self)) }

    /// The number after this one, however large it is.
    public var next: Number {
      let nine = UInt8(ascii: "9")
      let nines = digits.reversed().prefix { $0 == nine }.count
      var digits = Bytes(digits.dropLast(nines))
      if let last = digits.popLast() {
        digits.append(last + 1)
      } else {
        digits = [UInt8(ascii: "1")]
      }
      return Number(significant: digits + Bytes(repeating: UInt8(ascii: "0"), count: nines))
    }

    /// By size, however many digits there are.
    public static func < (left: Number, right: Number) -> Bool {
      left.digits.count == right.digits.count
        ? left.digits.lexicographicallyPrecedes(right.digits)
        : left.digits.count < right.digits.count
    }
  }

  init(spelling: Bytes, numbers: [Number], prerelease: [Bytes] = [], build: [Bytes] = []) {
    (self.spelling, self.numbers) = (spelling, numbers)
    (self.prerelease, self.build) = (prerelease, build)
  }
}

extension Version: Comparable {
  /// Precedence as semver.org section 11 has it; `1.4` ranks with `1.4.0`.
  public static func < (left: Version, right: Version) -> Bool { order(left, right) < 0 }

  /// Whether neither version precedes the other.
  public func hasSameRank(as other: Version) -> Bool { Self.order(self, other) == 0 }

  private static func order(_ left: Version, _ right: Version) -> Int {
    for position in 0..<max(left.numbers.count, right.numbers.count) {
      let one = position < left.numbers.count ? left.numbers[position] : .zero
      let other = position < right.numbers.count ? right.numbers[position] : .zero
      if one != other { return one < other ? -1 : 1 }
    }
    // "a pre-release version has lower precedence than the associated normal version"
    if left.isPrerelease != right.isPrerelease { return left.isPrerelease ? -1 : 1 }
    for (one, other) in zip(left.prerelease, right.prerelease) where one != other {
      switch (Number(one), Number(other)) {
      case (let one?, let other?): return one < other ? -1 : 1
      case (_?, nil): return -1
      case (nil, _?): return 1
      case (nil, nil): return one.lexicographicallyPrecedes(other) ? -1 : 1
      }
    }
    return left.prerelease.count - right.prerelease.count
  }
}

extension Version: CustomStringConvertible {
  /// The version as spelled, fit to print.
  public var description: String { spelling.printable }
}

extension Version {
  /// The longest version that is read, in bytes: no ref name is longer.
  public static let maximumLength = RefName.maximumLength

  /// Reads a version after the grammar of semver.org 2.0.0, which knows no prefix `v`; nil for
  /// anything else. With `allowShort`, two numbers are enough.
  public init?(semantic text: Bytes, allowShort: Bool = false) {
    guard text.count <= Self.maximumLength else { return nil }
    var core = text[...]
    var build: [Bytes] = []
    if let plus = core.firstIndex(of: UInt8(ascii: "+")) {
      guard let parts = Self.identifiers(core[(plus + 1)...], isNumberStrict: false) else {
        return nil
      }
      build = parts
      core = core[..<plus]
    }
    var prerelease: [Bytes] = []
    if let dash = core.firstIndex(of: UInt8(ascii: "-")) {
      guard let parts = Self.identifiers(core[(dash + 1)...], isNumberStrict: true) else {
        return nil
      }
      prerelease = parts
      core = core[..<dash]
    }
    let parts = core.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 || (allowShort && parts.count == 2) else { return nil }
    var numbers: [Number] = []
    for part in parts {
      guard let number = Number(part), number.digits.count == part.count else { return nil }
      numbers.append(number)
    }
    self.init(spelling: text, numbers: numbers, prerelease: prerelease, build: build)
  }

  /// Words of ASCII letters, digits and dashes between dots; with `isNumberStrict`, one of digits
  /// only has no leading zero.
  private static func identifiers(_ text: BytesSlice, isNumberStrict: Bool) -> [Bytes]? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    for part in parts {
      guard !part.isEmpty, part.allSatisfy(\.isKeyByte) else { return nil }
      if isNumberStrict, let number = Number(part), number.digits.count != part.count {
        return nil
      }
    }
    return parts.map { Bytes($0) }
  }
}
