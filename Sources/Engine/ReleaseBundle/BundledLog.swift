internal import Evidence
internal import GitModel
internal import Signing

/// A part of the decision log in an evidence bundle: lines from one to the newest, each of which names the
/// SHA-256 of the one before. Who knows the digest of any of them knows that all before it are unaltered.
struct BundledLog {
  /// The entries, the oldest first, each with the SHA-256 of its line.
  let entries: [(entry: LogEntry, digest: String)]

  /// Reads the lines, and checks that each follows the one before it.
  init(lines: Bytes) throws(EvidenceFault) {
    var entries: [(entry: LogEntry, digest: String)] = []
    for line in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    {
      let line = Bytes(line)
      guard line.count <= DecisionLog.maximumLine, let entry = LogEntry(line: line) else {
        throw EvidenceFault("line \(entries.count + 1) of the log is none that gitrel wrote")
      }
      if let last = entries.last,
        entry.sequence != last.entry.sequence + 1 || entry.previous != last.digest
      {
        throw EvidenceFault(
          "decision \(entry.sequence) of the log does not follow decision \(last.entry.sequence)")
      }
      entries.append((entry, SHA256Digest.hex(of: line)))
    }
    guard !entries.isEmpty, lines.last == UInt8(ascii: "\n") else {
      throw EvidenceFault("the log is cut off")
    }
    self.entries = entries
  }

  /// The decision with this number; nil where it is not among the lines.
  func entry(_ decision: Int) -> (entry: LogEntry, digest: String)? {
    guard let first = entries.first?.entry.sequence, decision >= first,
      decision - first < entries.count
    else { return nil }
    return entries[decision - first]
  }

  /// The moment of the last line.
  var last: Int64 { entries.last?.entry.seconds ?? 0 }

  /// The SHA-256 of the last line.
  var head: String { entries.last?.digest ?? "" }

  /// What was changed by a decision: as its line says it, or the file beside it.
  static func updates(
    of entry: LogEntry, beside file: Bytes?
  ) throws(EvidenceFault) -> [LogEntry.Ref] {
    if let refs = entry.refs { return refs }
    guard let file, SHA256Digest.hex(of: file) == entry.refsDigest,
      let updates = try? HookLines.received(file), updates.count == entry.refCount
    else {
      throw EvidenceFault(
        "the bundle lacks the ref updates of decision \(entry.sequence), or has others")
    }
    return updates.map { LogEntry.Ref(name: $0.name, old: $0.old, new: $0.new) }
  }

  /// The statements that a decision was given for, each with the commit that it let in.
  static func uses(
    of entry: LogEntry, in file: Bytes
  ) throws(EvidenceFault) -> [(statement: String, commit: ObjectID)] {
    guard SHA256Digest.hex(of: file) == entry.used else {
      throw EvidenceFault("what decision \(entry.sequence) spent is not what its line says")
    }
    var uses: [(statement: String, commit: ObjectID)] = []
    for line in file.split(separator: UInt8(ascii: "\n")) {
      guard line.count == 65 + ObjectID.hexLength,
        let commit = ObjectID(hex: line.suffix(ObjectID.hexLength))
      else { throw EvidenceFault("what decision \(entry.sequence) spent cannot be read") }
      uses.append((String(decoding: line.prefix(64), as: UTF8.self), commit))
    }
    return uses
  }
}
