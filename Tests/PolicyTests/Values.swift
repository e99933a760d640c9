import Evidence
import GitModel
import Policy
import Schedule
import Testing

/// An id whose first seven digits are `number` in hexadecimal.
func id(_ number: Int) -> ObjectID {
  let digits = String(number, radix: 16)
  let short = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
  return ObjectID(hex: short + String(repeating: "0", count: 40 - short.count)) ?? .zero
}

func identity(_ email: String) -> Identity {
  Identity(name: Bytes("N".utf8), email: Bytes(email.utf8), seconds: 0, offsetMinutes: 0)
}

/// A commit that says `message`; its tree has the number 0x1000 above its own.
func commit(
  _ number: Int, _ message: String, by author: String = "dev@example.com",
  committer: String = "dev@example.com", parents: [Int] = [0xbace]
) -> Commit {
  commit(number, Bytes(message.utf8), by: author, committer: committer, parents: parents)
}

func commit(
  _ number: Int, _ message: Bytes, by author: String = "dev@example.com",
  committer: String = "dev@example.com", parents: [Int] = [0xbace]
) -> Commit {
  Commit(
    id: id(number), tree: id(0x1000 + number), parents: parents.map(id),
    author: identity(author), committer: identity(committer), message: message)
}

/// What an update does; the ids are 0xa1d before and 0x9e3 after it.
func update(_ name: String, _ kind: RefUpdate.Kind = .update, to new: ObjectID? = nil) -> RefUpdate
{
  RefUpdate(
    name: RefName(name), old: kind == .create ? .zero : id(0xa1d),
    new: kind == .delete ? .zero : new ?? id(0x9e3))
}

/// A matter on main; `facts` fills in what the rule asks for.
func matter(
  _ name: String = "refs/heads/main", _ kind: RefUpdate.Kind = .update, to new: ObjectID? = nil,
  at instant: Int64 = 0, pusher: String? = nil, people: People = People(),
  _ facts: (inout Facts) -> Void = { _ in }
) -> Matter {
  var gathered = Facts()
  facts(&gathered)
  return Matter(
    update: update(name, kind, to: new), facts: gathered, instant: Instant(seconds: instant),
    pusher: pusher, people: people)
}

/// A matter with these new commits, children first; the update goes to the first.
func matter(
  _ commits: [Commit], pusher: String? = nil, people: People = People()
) -> Matter {
  matter(to: commits.first?.id, pusher: pusher, people: people) { $0.newCommits = .known(commits) }
}

/// The tag v1.4.0 (or `name`) on a commit, or whatever else stands at its end.
func target(
  tags: [String] = ["v1.4.0"], object: Int = 0xc0de, kind: ObjectKind = .commit
) -> Target {
  Target(
    tags: tags.map { name in
      Tag(
        id: id(0x7a9), target: id(object), targetKind: kind, name: Bytes(name.utf8),
        tagger: identity("dev@example.com"), message: [])
    }, object: id(object), kind: kind)
}

/// Alice leads and tests, Bob leads, Carol tests, Dave does neither; a bot builds.
let team = People(
  [
    Person(
      id: "alice", emails: [Bytes("alice@example.com".utf8), Bytes("alice@home.example".utf8)],
      logins: ["ang"]),
    Person(id: "bob", emails: [Bytes("bob@example.com".utf8)]),
    Person(id: "carol", emails: [Bytes("Carol@Example.com".utf8)]),
    Person(id: "dave", emails: [Bytes("dave@example.com".utf8)]),
  ], roles: ["tech-lead": ["alice", "bob"], "qa": ["alice", "carol"], "nobody": []])

/// The value of a key as a policy file would give it: words in quotes, numbers and flags without.
enum Setting: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  case absent
  case plain(String)
  case quoted(String)
  case list([Setting])
  case map([(key: String, value: Setting)])

  init(stringLiteral text: String) { self = .quoted(text) }
  init(integerLiteral number: Int) { self = .plain("\(number)") }
  init(booleanLiteral flag: Bool) { self = .plain("\(flag)") }
  init(arrayLiteral items: Setting...) { self = .list(items) }
  init(dictionaryLiteral entries: (String, Setting)...) {
    self = .map(entries.map { (key: $0.0, value: $0.1) })
  }

  /// The node. Every key stands on a line of its own, values behind it; places matter little here.
  func node(line: Int = 1) -> SettingsNode {
    let place = Position(line: line, column: 1)
    switch self {
    case .absent: return SettingsNode(.absent, at: place)
    case .plain(let text): return SettingsNode(.scalar(text, isQuoted: false), at: place)
    case .quoted(let text): return SettingsNode(.scalar(text, isQuoted: true), at: place)
    case .list(let items): return SettingsNode(.list(items.map { $0.node(line: line) }), at: place)
    case .map(let entries):
      return SettingsNode(
        .map(
          entries.enumerated().map { index, entry in
            SettingsNode.Entry(
              key: entry.key, position: Position(line: line + index, column: 1),
              node: entry.value.node(line: line + index))
          }), at: place)
    }
  }
}

/// A rule read from settings, and the problems as a policy's author would read them.
func read<R: Rule>(
  _ type: R.Type, _ settings: Setting = .absent, _ context: PolicyContext = PolicyContext()
) -> (rule: R, problems: [String]) {
  let problems = ProblemList()
  let reader = SettingsReader(settings.node(), name: R.id.text, problems: problems)
  let rule = R(from: reader, context: context)
  reader.finish()
  return (rule, problems.problems.map { $0.text + ($0.hint.map { "; \($0)" } ?? "") })
}

/// A rule whose settings must be right.
func rule<R: Rule>(
  _ type: R.Type, _ settings: Setting = .absent, _ context: PolicyContext = PolicyContext(),
  _ location: SourceLocation = #_sourceLocation
) -> R {
  let (rule, problems) = read(type, settings, context)
  #expect(problems == [], sourceLocation: location)
  return rule
}

extension Verdict {
  /// All of the verdict as text, so that a test reads as a developer does.
  var told: String {
    var lines = ["\(outcome.rawValue): \(explanation.summary)"]
    if let expected = explanation.expected { lines.append("wants: \(expected)") }
    for finding in explanation.findings {
      let id = finding.commit.map { "\($0.short) " } ?? ""
      lines.append("- \(id)\(finding.title): \(finding.detail)")
    }
    lines += explanation.fixes.map { "fix: \($0)" }
    return lines.joined(separator: "\n")
  }
}
