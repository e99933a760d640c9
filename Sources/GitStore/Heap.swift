/// A priority queue of nodes, the highest first.
struct Heap {
  /// A node with what it is ordered by.
  struct Entry {
    let major: Int64
    let minor: Int64
    let node: Int32

    /// Equals come in the order of their discovery, so that the same walk is always the same.
    static func isHigher(_ left: Entry, _ right: Entry) -> Bool {
      if left.major != right.major { return left.major > right.major }
      if left.minor != right.minor { return left.minor > right.minor }
      return left.node < right.node
    }
  }

  private var entries: [Entry] = []

  var top: Entry? { entries.first }

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var place = entries.count - 1
    while place > 0 {
      let above = (place - 1) / 2
      guard Entry.isHigher(entry, entries[above]) else { break }
      entries[place] = entries[above]
      place = above
    }
    entries[place] = entry
  }

  mutating func pop() -> Entry? {
    guard let top = entries.first, let last = entries.popLast() else { return nil }
    guard !entries.isEmpty else { return top }
    var place = 0
    while true {
      var below = 2 * place + 1
      guard below < entries.count else { break }
      if below + 1 < entries.count, Entry.isHigher(entries[below + 1], entries[below]) {
        below += 1
      }
      guard Entry.isHigher(entries[below], last) else { break }
      entries[place] = entries[below]
      place = below
    }
    entries[place] = last
    return top
  }
}
