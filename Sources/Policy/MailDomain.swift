public import GitModel

/// The domains that an address may have: one, `example.com`, or all below one, `*.example.com`.
public struct MailDomain: Hashable, Sendable {
  /// As written.
  public let text: String
  private let domain: Bytes
  private let isBelow: Bool

  /// Why a domain cannot be read; a clause after it.
  public struct Fault: WordedFault, Hashable, Sendable {
    /// The clause.
    public let words: String
  }

  /// Reads a domain as a policy has it.
  public init(_ text: String) throws(Fault) {
    self.text = text
    isBelow = text.hasPrefix("*.")
    domain = Bytes(text.utf8.dropFirst(isBelow ? 2 : 0)).asciiLowercased
    let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isSound = labels.allSatisfy { label in
      !label.isEmpty
        && label.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
    }
    guard isSound, labels.count > 1 || !isBelow else {
      throw Fault(
        words: "is no domain; write `example.com` for that alone, `*.example.com` for all below it")
    }
  }

  /// Whether `email` is an address with this domain, ASCII capitals aside.
  public func has(_ email: Bytes) -> Bool {
    let parts = email.asciiLowercased.split(
      separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return false }
    guard isBelow else { return parts[1].elementsEqual(domain) }
    let below = parts[1].dropLast(domain.count)
    return parts[1].suffix(domain.count).elementsEqual(domain) && below.count > 1
      && below.last == UInt8(ascii: ".")
  }
}
