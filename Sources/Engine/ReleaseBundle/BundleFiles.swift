internal import Evidence
internal import GitModel
internal import Signing

/// The files of an evidence bundle by their places, and the list of their digests.
struct BundleFiles {
  /// What the bundle says of itself.
  static let manifest = "bundle.json"
  /// The digest of every other file, as `sha256sum` writes and checks them.
  static let sums = "SHA256SUMS"
  /// The objects of git, as `git cat-file --batch` writes them.
  static let objects = "objects"
  /// The policy.
  static let policy = "policy/policy.yml"
  /// The lines of the log.
  static let lines = "log/lines"
  /// The message of the tag without its signature.
  static let notes = "notes.md"
  /// The verification summary in its envelope.
  static let summary = "summary.json"
  private static let statements = "statements/"

  /// What the policy extends, from 1.
  static func policyFile(_ number: Int) -> String { "policy/files/\(number)" }
  /// The ref updates of a decision that do not stand in its line.
  static func updates(_ decision: Int) -> String { "log/updates/\(decision)" }
  /// The statements that let in what a decision was about.
  static func used(_ decision: Int) -> String { "log/used/\(decision)" }
  /// A statement, by the digest of its envelope.
  static func statement(_ digest: String) -> String { "\(statements)\(digest).json" }

  private var content: [String: Bytes]
  /// What nobody has asked for yet.
  private(set) var unread: Set<String>

  /// Reads a bundle: an archive whose files are those that its list names, each with its digest.
  init(parsing bytes: Bytes) throws(EvidenceFault) {
    let members = try TarArchive(parsing: bytes).members
    content = Dictionary(members.map { ($0.name, $0.content) }) { first, _ in first }
    unread = Set(content.keys)
    guard let listed = file(Self.sums) else { throw EvidenceFault("there is no \(Self.sums)") }
    guard listed != Self.sums(of: members.filter { $0.name != Self.sums }) else { return }
    let lines = Set(listed.split(separator: UInt8(ascii: "\n")).map { Bytes($0) })
    for member in members where member.name != Self.sums {
      let line = Self.line(of: member)
      guard lines.contains(line) else {
        throw EvidenceFault("\(member.name) is not what \(Self.sums) says")
      }
    }
    throw EvidenceFault("\(Self.sums) names other files than there are")
  }

  /// A bundle of these files.
  static func encoded(_ files: [TarArchive.Member]) throws(EvidenceFault) -> Bytes {
    let sorted = try TarArchive(files).members
    return try TarArchive(sorted + [.init(sums, sums(of: sorted))]).encoded
  }

  private static func sums(of members: [TarArchive.Member]) -> Bytes {
    members.reduce(into: []) { $0 += line(of: $1) + [UInt8(ascii: "\n")] }
  }

  private static func line(of member: TarArchive.Member) -> Bytes {
    Bytes("\(SHA256Digest.hex(of: member.content))  \(member.name)".utf8)
  }

  /// The file at a place, which is read with that; nil where there is none.
  mutating func file(_ name: String) -> Bytes? {
    unread.remove(name)
    return content[name]
  }

  /// The file at a place that every bundle has.
  mutating func demand(_ name: String) throws(EvidenceFault) -> Bytes {
    guard let bytes = file(name) else { throw EvidenceFault("the bundle lacks \(name)") }
    return bytes
  }

  /// The digests of the statements, in order.
  var statementDigests: [String] {
    content.keys.filter { $0.hasPrefix(Self.statements) && $0.hasSuffix(".json") }.sorted().map {
      String($0.dropFirst(Self.statements.count).dropLast(".json".count))
    }
  }
}
