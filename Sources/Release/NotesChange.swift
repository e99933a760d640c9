public import GitModel
internal import Policy

/// What one commit changes, as release notes tell it.
public struct NotesChange: Hashable, Sendable {
  /// The commit.
  public let commit: ObjectID
  /// The conventional type in small letters; empty for a subject that is not conventional.
  public let type: String
  /// The scope, fit to print.
  public let scope: String?
  /// What it does, fit to print, without type and scope.
  public let description: String
  /// Whether something that worked before does not any more.
  public let isBreaking: Bool
  /// What a footer says about that, in one line.
  public let breaking: String?
  /// The tickets that it names.
  public let tickets: [Bytes]
  /// Who wrote it.
  public let author: String
  /// Other commits of the same range that were picked from it.
  public internal(set) var copies: [ObjectID] = []
  /// The commit that it takes back, as far as it names one: some first digits.
  let reverted: Bytes?
  /// The commit that it was picked from.
  let origin: ObjectID?

  static let textLimit = 200

  /// What `commit` changes, which names these tickets.
  init(_ commit: Commit, tickets: [Bytes], author: String) {
    let subject = commit.subject
    let parts = ConventionalSubject.Parts(subject)
    let footers = Footers(commit)
    self.commit = commit.id
    type = parts.map { String(decoding: $0.type.asciiLowercased, as: UTF8.self) } ?? ""
    scope = parts?.scope?.cutText(to: Self.textLimit)
    let text = parts?.description ?? subject.trimmed
    description = text.isEmpty ? "(no subject)" : text.cutText(to: Self.textLimit)
    isBreaking = parts?.isBreaking ?? false || footers.breaking != nil
    breaking = footers.breaking.flatMap {
      $0.isEmpty ? nil : $0[...].cutText(to: 2 * Self.textLimit)
    }
    reverted = footers.reverted ?? (type == "revert" ? footers.refs : nil)
    origin = footers.origin
    (self.tickets, self.author) = (tickets, author)
  }

  /// The types that a heading tells of.
  static let knownTypes = [
    "feat", "fix", "perf", "docs", "refactor", "test", "build", "ci", "chore", "style", "revert",
  ]

  /// `scope: description`, with the type where no heading tells it.
  public var text: String {
    guard type.isEmpty || isBreaking || Self.knownTypes.contains(type) else {
      return type + (scope.map { "(\($0))" } ?? "") + ": " + description
    }
    return (scope.map { "\($0): " } ?? "") + description
  }

  /// Which number of a version it lets go up.
  public var step: VersionStep { isBreaking ? .major : type == "feat" ? .minor : .patch }
}

/// What lines below the subject say of a commit.
private struct Footers {
  /// `BREAKING CHANGE: ...` or `BREAKING-CHANGE: ...` at the start of a line, in capitals (Conventional
  /// Commits 1.0.0, 12, 15 and 16), as far as the next empty line or footer.
  private(set) var breaking: Bytes?
  /// `This reverts commit ...`, as git-revert(1) writes it.
  private(set) var reverted: Bytes?
  /// `Refs: ...`, as Conventional Commits proposes for reverts.
  private(set) var refs: Bytes?
  /// `(cherry picked from commit ...)`, as git-cherry-pick(1) writes it.
  private(set) var origin: ObjectID?

  private static let marks = ["BREAKING CHANGE: ", "BREAKING-CHANGE: "].map { Bytes($0.utf8) }
  private static let revert = Bytes("This reverts commit ".utf8)
  private static let pick = Bytes("(cherry picked from commit ".utf8)
  private static let refs = Bytes("Refs: ".utf8)

  init(_ commit: Commit) {
    let body = commit.message[commit.subject.endIndex...]
    var isOpen = false
    for line in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      guard let first = line.first, first != UInt8(ascii: "\r") else {
        isOpen = false
        continue
      }
      switch first {
      case UInt8(ascii: "B"):
        if let mark = Self.marks.first(where: { line.starts(with: $0) }) {
          breaking = breaking ?? Bytes(line.dropFirst(mark.count).trimmed)
          isOpen = true
          continue
        }
      case UInt8(ascii: "T"):
        if reverted == nil, line.starts(with: Self.revert) {
          reverted = Self.digits(line.dropFirst(Self.revert.count))
        }
      case UInt8(ascii: "("):
        if line.starts(with: Self.pick) {
          origin = ObjectID(hex: line.dropFirst(Self.pick.count).prefix(ObjectID.hexLength))
        }
      case UInt8(ascii: "R"):
        if refs == nil, line.starts(with: Self.refs) {
          refs = Self.digits(line.dropFirst(Self.refs.count))
        }
      default: break
      }
      guard isOpen, let text = breaking else { continue }
      // `Key: value` and `Key #value` are footers.
      let key = line.prefix { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
      let rest = line.dropFirst(key.count)
      if !key.isEmpty, rest.starts(with: ": ".utf8) || rest.starts(with: " #".utf8) {
        isOpen = false
      } else if text.count < 4 * NotesChange.textLimit {
        breaking = text + (text.isEmpty ? [] : [0x20]) + line.trimmed
      }
    }
  }

  /// The digits of an id, seven at least.
  private static func digits(_ text: BytesSlice) -> Bytes? {
    let digits = text.prefix {
      $0.isASCIIDigit || ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "f"))
    }
    return (7...ObjectID.hexLength).contains(digits.count) ? digits.asciiLowercased : nil
  }
}
