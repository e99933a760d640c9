public import GitModel

/// How an update reaches the server.
public enum Route: String, Hashable, Sendable, CaseIterable {
  /// By `git push`.
  case push
  /// By a button of a forge's web pages.
  case ui
}

/// What an update does to its ref, as conditions and rules on pushers tell it.
public enum UpdateKind: String, Hashable, Sendable, CaseIterable {
  /// The ref did not exist.
  case create
  /// The ref gets a descendant of what it has.
  case update
  /// The ref gets anything else.
  case rewind
  /// The ref goes away.
  case delete

  /// With its article, for messages.
  var described: String {
    switch self {
    case .create: "the creation of a ref"
    case .update: "an update"
    case .rewind: "a rewind"
    case .delete: "a deletion"
    }
  }
}

/// The lane on which a release goes out, by the `Lane:` trailer of the tag or of the commit at the tip.
public enum Lane: String, Hashable, Sendable, CaseIterable {
  case normal, hotfix, rollback
}

/// The risk that a change declares in `Risk:` trailers.
public enum Risk: String, Hashable, Sendable, CaseIterable {
  case low, medium, high
  /// No new commit says one.
  case unstated
}

/// A question about an update that tells whether a rule applies: every key must hold, and of each list
/// one value is enough.
///
/// A condition skips and a requirement refuses: what a condition leaves out is not judged, so lanes
/// and risks, which whoever commits types, belong into rulesets for each value.
public struct Condition: Hashable, Sendable {
  /// The paths of which the update changes at least one; under `except`, outside of which it changes
  /// none.
  public var paths: PathSelection?
  /// The lanes.
  public var lanes: [Lane]?
  /// The risks.
  public var risks: [Risk]?
  /// Who pushes.
  public var pushers: Who?
  /// What the update does.
  public var kinds: [UpdateKind]?
  /// How it comes.
  public var routes: [Route]?

  /// A condition that always holds.
  public init() {}

  enum Answer: Equatable {
    case holds(String)
    case fails(String)
    case unknown(String)
  }

  /// The answer of each key that is stated, by its name.
  /// `isException`: it stands under `except`, which must not hold for what is only partly so.
  func answers(on matter: Matter, isException: Bool) -> [(key: String, answer: Answer)] {
    [
      paths.map { ("paths", Self.paths($0, matter, all: isException)) },
      lanes.map { ("lane", Self.lanes($0, matter)) },
      risks.map { ("risk", Self.risks($0, matter)) },
      pushers.map { ("pusher", Self.pushers($0, matter)) },
      kinds.map { ("kind", Self.kinds($0, matter)) },
      routes.map { ("via", Self.routes($0, matter)) },
    ].compactMap { $0 }
  }

  func answer(on matter: Matter, isException: Bool) -> Answer {
    Self.together(answers(on: matter, isException: isException).map(\.answer))
  }

  /// Whether it may hold for an update of one ref and not of another that brings the same commits.
  var differsByRef: Bool {
    lanes != nil || risks != nil || pushers != nil || kinds != nil || routes != nil
  }

  private static func together(_ answers: [Answer]) -> Answer {
    var held: [String] = []
    var unknown: Answer?
    for answer in answers {
      switch answer {
      case .holds(let words): held.append(words)
      case .fails: return answer
      case .unknown: unknown = unknown ?? answer
      }
    }
    return unknown ?? .holds(listed(held))
  }

  private static func one(_ holds: Bool, _ words: String) -> Answer {
    holds ? .holds(words) : .fails(words)
  }

  private static func paths(_ wanted: PathSelection, _ matter: Matter, all: Bool) -> Answer {
    if matter.update.kind == .delete { return .fails("a deletion changes no path") }
    let (commits, touched): ([CommitChanges], [Bytes])
    switch (matter.facts.changes, matter.facts.touched) {
    case (.known(let changes), .known(let paths)): (commits, touched) = (changes, paths)
    case (.unknown(let why), _), (_, .unknown(let why)): return .unknown(why)
    default: return .unknown(Fact<Bool>.faultWords)
    }
    func first(_ isSought: (Bytes) -> Bool) -> Bytes? {
      for commit in commits {
        if let change = commit.changes.first(where: { isSought($0.path) }) { return change.path }
      }
      return touched.first(where: isSought)
    }
    let patterns = listed(wanted.included.map(\.text), "or")
    if all {
      if let other = first({ !wanted.contains($0) }) {
        return .fails("\(other.prefix(80).printable) is changed, too")
      }
      return first { _ in true } == nil
        ? .fails("no path is changed") : .holds("nothing but \(patterns) is changed")
    }
    if let path = first(wanted.contains) {
      return .holds("\(path.prefix(80).printable) is changed")
    }
    return .fails("no new commit changes \(patterns)")
  }

  private static func lanes(_ wanted: [Lane], _ matter: Matter) -> Answer {
    switch matter.lane {
    case .success(let lane): one(wanted.contains(lane), "the lane is \(lane.rawValue)")
    case .failure(let why): .unknown(why.words)
    }
  }

  private static func risks(_ wanted: [Risk], _ matter: Matter) -> Answer {
    switch matter.risk {
    case .success(let risk): one(wanted.contains(risk), "the risk is \(risk.rawValue)")
    case .failure(let why): .unknown(why.words)
    }
  }

  private static func pushers(_ wanted: Who, _ matter: Matter) -> Answer {
    switch matter.knownPusher {
    case .success(let person):
      one(wanted.contains(person.id), "\(person.id) pushes")
    case .failure(let why): .unknown(why.words)
    }
  }

  private static func kinds(_ wanted: [UpdateKind], _ matter: Matter) -> Answer {
    switch matter.kind {
    case .known(let kind): one(wanted.contains(kind), "this is \(kind.described)")
    case .unknown(let why): .unknown(why)
    case .notGathered: .unknown(Fact<Bool>.faultWords)
    }
  }

  private static func routes(_ wanted: [Route], _ matter: Matter) -> Answer {
    guard let route = matter.route else {
      return .unknown("nobody tells whether this comes by git push or by a button of a web page")
    }
    return one(wanted.contains(route), "it comes via \(route.rawValue)")
  }

  var needs: Needs {
    var kinds: Needs.Kinds = []
    if paths != nil { kinds.insert([.changes, .touched]) }
    if lanes != nil { kinds.insert([.lane, .target]) }
    if risks != nil { kinds.insert([.risk, .target]) }
    if self.kinds != nil { kinds.insert(.ancestry) }
    return Needs(kinds)
  }
}

/// When a ruleset or a rule applies.
public struct Conditions: Hashable, Sendable {
  /// It applies only where this holds.
  public var when: Condition?
  /// It does not apply where this holds.
  public var except: Condition?

  /// These conditions; always with none.
  public init(when: Condition? = nil, except: Condition? = nil) {
    (self.when, self.except) = (when, except)
  }

  /// Whether there are any.
  public var isStated: Bool { when != nil || except != nil }

  /// Whether they may let a rule judge commits on one ref and not on another.
  public var differByRef: Bool { (when?.differsByRef ?? false) || (except?.differsByRef ?? false) }

  /// The verdict that stands in for the rule's own; nil where the rule applies.
  func verdict(on matter: Matter) -> Verdict? {
    if let when {
      switch when.answer(on: matter, isException: false) {
      case .holds: break
      case .fails(let words): return .notApplicable("by its `when`: \(words)")
      case .unknown(let why):
        return .indeterminate("whether it applies (`when`) cannot be told: \(why)")
      }
    }
    if let except {
      switch except.answer(on: matter, isException: true) {
      case .fails: break
      case .holds(let words): return .notApplicable("by its `except`: \(words)")
      case .unknown(let why):
        return .indeterminate("whether it applies (`except`) cannot be told: \(why)")
      }
    }
    return nil
  }

  var needs: Needs {
    var needs = when?.needs ?? Needs()
    if let except { needs.add(except.needs) }
    return needs
  }
}

/// Why something about an update cannot be told; a clause.
struct Untold: Error, Hashable {
  let words: String
}

extension JudgedRule {
  /// Whether it cannot be told because nobody said who pushes.
  public var lacksPusher: Bool {
    verdict.outcome == .indeterminate
      && verdict.explanation.summary.contains(Matter.unknownPusher)
  }
}

extension Matter {
  /// What is said where a rule asks for the pusher and none is known.
  static let unknownPusher = "who pushes is not known"

  /// The person who pushes, or why nobody can tell who that is.
  var knownPusher: Result<Person, Untold> {
    guard let pusher else {
      return .failure(
        Untold(
          words: isPast
            ? "who pushed is not recorded"
            : "\(Self.unknownPusher); the server must be told by `gitrel install --identity`"))
    }
    guard let person = pushingPerson else {
      return .failure(
        Untold(
          words:
            "\(Bytes(pusher.utf8).prefix(60).printable) pushes, and the policy names nobody with that login"
        ))
    }
    return .success(person)
  }

  /// What the update does, with a fast-forward told from a rewind.
  var kind: Fact<UpdateKind> {
    switch update.kind {
    case .create: .known(.create)
    case .delete: .known(.delete)
    case .update:
      switch facts.isFastForward {
      case .known(let only): .known(only ? .update : .rewind)
      case .unknown(let why): .unknown(why)
      case .notGathered: .notGathered
      }
    }
  }

  /// The lane by the `Lane:` trailer of the annotated tag, else of the commit at the tip; normal with
  /// none.
  var lane: Result<Lane, Untold> {
    // An annotated tag speaks for itself: all of history is new to a ref that no branch is guarded with.
    switch facts.target {
    case .known(let target):
      guard let tag = target.tags.first else { break }
      switch ReleaseTrailers(tag.message).lane {
      case .known(let lane): return .success(lane)
      case .unknown(let why): return .failure(Untold(words: why))
      case .notGathered: break
      }
    case .unknown(let why): return .failure(Untold(words: why))
    case .notGathered: break
    }
    return stated("Lane", in: tipMessages, of: facts.newCommits, none: .normal) { $0.first }
  }

  /// The highest risk that a new commit or the annotated tag states. A commit that states none may be
  /// of any risk but one that is stated as high, so `unstated` comes before medium and low.
  ///
  /// New with a tag is what it brings since the release before it: where no branch is guarded beside it,
  /// all of history would be.
  var risk: Result<Risk, Untold> {
    let brought = update.name.isTag ? facts.sinceRelease.map(\.commits) : facts.newCommits
    var messages = tipMessages
    if case .known(let commits) = brought { messages += commits.map(\.message) }
    return stated("Risk", in: messages, of: brought, none: .unstated) { found in
      if found.contains(.high) { return .high }
      let key = Bytes("Risk".utf8)
      guard case .known(let commits) = brought,
        commits.allSatisfy({ $0.trailers.contains { $0.isKey(key) } })
      else { return .unstated }
      return found.contains(.medium) ? .medium : found.first
    }
  }

  /// The messages of the outermost tag and of the commit at the tip, as far as there are such.
  private var tipMessages: [Bytes] {
    if case .known(let target) = facts.target, let tag = target.tags.first { return [tag.message] }
    guard case .known(let commits) = facts.newCommits, let tip = commits.first else { return [] }
    return [tip.message]
  }

  private func stated<Word: RawRepresentable<String> & CaseIterable>(
    _ key: String, in messages: [Bytes], of commits: Fact<[Commit]>, none: Word,
    _ choose: ([Word]) -> Word?
  ) -> Result<Word, Untold> {
    switch commits {
    case .known: break
    case .unknown(let why): return .failure(Untold(words: why))
    // A deletion has no commits that could say anything.
    case .notGathered where update.kind == .delete: break
    case .notGathered: return .failure(Untold(words: Fact<Bool>.faultWords))
    }
    if case .unknown(let why) = facts.target { return .failure(Untold(words: why)) }
    var found: [Word] = []
    for message in messages {
      for trailer in TrailerBlock(message: message[...]).trailers(for: Bytes(key.utf8)) {
        let text = String(decoding: trailer.value.asciiLowercased, as: UTF8.self)
        guard let word = Word(rawValue: text) else {
          let words = listed(Word.allCases.map(\.rawValue), "or")
          return .failure(
            Untold(
              words:
                "`\(key): \(trailer.value.prefix(40).printable)` is none of \(words)"))
        }
        found.append(word)
      }
    }
    return .success(choose(found) ?? none)
  }
}
