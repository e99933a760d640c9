import GitModel

// What the readers of coverage in JSON have in common.
extension JSONReader {
  /// Whether the count that comes next is more than zero; counts beyond 64 bits are seen.
  func isPositive() throws(JSONFault) -> Bool {
    let text: Bytes
    switch try number() {
    case .integer(let count) where count >= 0: return count > 0
    case .number(let number): text = number
    case let other: text = other.canonical
    }
    guard let isPositive = Decimal.isPositive(text[...]) else {
      throw fault("gives '\(Bytes(text.prefix(40)).printable)' as a hit count")
    }
    return isPositive
  }

  /// The line number that comes next.
  func line() throws(JSONFault) -> Int {
    let line = try count()
    guard line <= CoveredLines.limit else { throw fault("gives '\(line)' as a line number") }
    return line
  }

  /// The object that comes next, as two of its counts.
  func ratio(valid: StaticString, covered: StaticString) throws(JSONFault) -> Ratio {
    var (all, some): (Int?, Int?)
    try enterObject()
    while let name = try nextName() {
      if valid ~= name {
        all = try count()
      } else if covered ~= name {
        some = try count()
      } else {
        try skip()
      }
    }
    guard let all, let some else {
      throw fault("has a summary without '\(valid)' and '\(covered)'")
    }
    guard all <= Ratio.partLimit, let ratio = Ratio(covered: some, valid: all) else {
      throw fault("makes no sense: \(some) covered of \(all)")
    }
    return ratio
  }
}
