/// Reading what git writes to a hook's standard input.
public enum HookLines {
  /// Why the input was refused as a whole. `line` counts from 1.
  public enum Fault: Error, Hashable, Sendable {
    /// Nothing at all.
    case empty
    /// The last line does not end in LF, so the input was cut.
    case cut
    /// A line is not what githooks(5) says.
    case malformed(line: Int, expected: String)
    /// More lines than the limit.
    case tooMany(limit: Int)
    /// A ref is named twice; git would apply both.
    case repeated(RefName, line: Int)

    /// One sentence for people.
    public var words: String {
      switch self {
      case .empty: "no ref update was given on standard input"
      case .cut: "the last line on standard input has no line end: the input was cut off"
      case .malformed(let line, let expected):
        "line \(line) on standard input is not `\(expected)`"
      case .tooMany(let limit): "more than \(limit) ref updates in one push"
      case .repeated(let name, let line): "\(name.full) is named twice (line \(line))"
      }
    }
  }

  /// How many ref updates one push may hold.
  public static let maximumUpdates = 1000
  /// How long a line may be: git takes no longer ones from a client (gitprotocol-common(5), pkt-line).
  public static let maximumLine = 65_520

  /// The ref updates of pre-receive and post-receive: `<old-oid> SP <new-oid> SP <ref-name> LF`
  /// (githooks(5)). Exact bytes: no other white space, no capitals, every line ended, no ref twice.
  /// The old ids are what the client claims.
  public static func received(_ input: Bytes) throws(Fault) -> [RefUpdate] {
    let shape = "<old-oid> <new-oid> <ref-name>"
    var updates: [RefUpdate] = []
    var seen: Set<RefName> = []
    // What comes after the limit stays in one piece: a flood of line ends makes no flood of lines.
    for (number, line) in try lines(of: input, orEmpty: false, atMost: maximumUpdates + 1) {
      guard updates.count < maximumUpdates else { throw .tooMany(limit: maximumUpdates) }
      let hex = ObjectID.hexLength
      guard line.count > 2 * hex + 2, line.count <= maximumLine,
        let old = ObjectID(hex: line.prefix(hex)),
        line[line.startIndex + hex] == UInt8(ascii: " "),
        let new = ObjectID(hex: line.dropFirst(hex + 1).prefix(hex)),
        line[line.startIndex + 2 * hex + 1] == UInt8(ascii: " "),
        !(old.isZero && new.isZero)
      else { throw .malformed(line: number, expected: shape) }
      let name = RefName(line.dropFirst(2 * hex + 2))
      guard !name.bytes.contains(UInt8(ascii: " ")) else {
        throw .malformed(line: number, expected: shape)
      }
      guard seen.insert(name).inserted else { throw .repeated(name, line: number) }
      updates.append(RefUpdate(name: name, old: old, new: new))
    }
    return updates
  }

  /// A line of pre-push: what is to be pushed under which name, and what the remote has.
  public struct Outgoing: Hashable, Sendable {
    /// The local name as typed: a ref, `HEAD`, an id, or `(delete)`.
    public let local: Bytes
    /// The update of the remote's ref.
    public let update: RefUpdate
  }

  /// The ref updates of pre-push: `<local-ref> SP <local-oid> SP <remote-ref> SP <remote-oid> LF`
  /// (githooks(5)). Nothing to push is no error here: git calls the hook all the same. A remote ref
  /// named twice is one, as it is on the server.
  public static func outgoing(_ input: Bytes) throws(Fault) -> [Outgoing] {
    let shape = "<local-ref> <local-oid> <remote-ref> <remote-oid>"
    var outgoing: [Outgoing] = []
    var seen: Set<RefName> = []
    for (number, line) in try lines(of: input, orEmpty: true) {
      // The local part may hold spaces (`HEAD@{2 days ago}`); the other three may not.
      let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard parts.count >= 4,
        let new = ObjectID(hex: parts[parts.count - 3]),
        let old = ObjectID(hex: parts[parts.count - 1]),
        !(old.isZero && new.isZero),
        !parts[parts.count - 2].isEmpty,
        line.first != UInt8(ascii: " ")
      else { throw .malformed(line: number, expected: shape) }
      let local = line[..<(parts[parts.count - 3].startIndex - 1)]
      let name = RefName(parts[parts.count - 2])
      guard seen.insert(name).inserted else { throw .repeated(name, line: number) }
      outgoing.append(
        Outgoing(local: Bytes(local), update: RefUpdate(name: name, old: old, new: new)))
    }
    return outgoing
  }

  private static func lines(
    of input: Bytes, orEmpty: Bool, atMost count: Int = .max
  ) throws(Fault) -> [(number: Int, line: BytesSlice)] {
    if input.isEmpty {
      if orEmpty { return [] }
      throw .empty
    }
    guard input.last == UInt8(ascii: "\n") else { throw .cut }
    let parts = input.dropLast().split(
      separator: UInt8(ascii: "\n"), maxSplits: count - 1, omittingEmptySubsequences: false)
    return parts.enumerated().map { ($0.offset + 1, $0.element) }
  }
}
