internal import GitModel

/// Changes to new commits that make a rule hold.
///
/// Those of several rules are put together as one: what is asked of a commit is done in one amend, and
/// all commits are taken up in one rebase, since the ids that are named hold only until the first.
struct CommitMend: Hashable, Sendable {
  /// An option of `git commit --amend`, in the order in which they are written.
  enum Option: Hashable, Sendable {
    case resetAuthor
    case signOff
    case trailer(key: String, value: String)
    case sign
  }

  /// What is done to one commit.
  struct Deed: Hashable, Sendable {
    /// Commands that come before the amend.
    var commands: [String] = []
    /// Whether the commands may leave nothing of it.
    var mayBeEmpty = false
    /// What is done by hand before it: "take it out".
    var byHand: [String] = []
    /// Whether the message is edited.
    var isReworded = false
    /// What is written into it.
    var adding: [String] = []
    /// The options.
    var options: [Option] = []
  }

  /// Every new commit of the ref, newest first, children before parents.
  private var newest: [Commit]
  private var deeds: [ObjectID: Deed] = [:]
  /// What the line stands on, where merges are left out.
  private var flatBase: String?
  /// Commands that come before everything.
  private var before: [String] = []
  /// What else to know.
  private var words: [String] = []

  /// The same deed for each of `commits`.
  init(
    _ commits: [Commit], newest: [Commit], _ deed: Deed, before: [String] = [], words: String = ""
  ) {
    self.init(commits.map { ($0, deed) }, newest: newest, before: before, words: words)
  }

  /// A deed for each commit.
  init(
    _ deeds: [(commit: Commit, deed: Deed)], newest: [Commit], before: [String] = [],
    words: String = ""
  ) {
    self.newest = newest
    for (commit, deed) in deeds { self.deeds[commit.id, default: Deed()].add(deed) }
    (self.before, self.words) = (before, words.isEmpty ? [] : [words])
  }

  /// One line without merges, on `base`.
  init(flattening newest: [Commit], onto base: ObjectID?) {
    (self.newest, flatBase) = (newest, base?.short ?? "--root")
  }

  /// What two rules want at once.
  func merged(with other: CommitMend) -> CommitMend {
    var both = self
    if other.newest.count > newest.count { both.newest = other.newest }
    for (id, deed) in other.deeds { both.deeds[id, default: Deed()].add(deed) }
    both.flatBase = flatBase ?? other.flatBase
    both.before += other.before.filter { !before.contains($0) }
    both.words += other.words.filter { !words.contains($0) }
    return both
  }

  /// Whether it makes the commit `id` anew, or one before it.
  func touches(_ id: String) -> Bool { newest.contains { $0.id.short == id } }

  /// Whether one command is all of it.
  var isOneCommand: Bool { stops.isEmpty }

  /// What the rule says by itself.
  var fix: String {
    let words = before.isEmpty ? words : words + ["after \(before.joined(separator: " && "))"]
    guard !stops.isEmpty else { return MendStep(start.command, words + start.words).text }
    let told = stops.map { stop in
      (stops.count == 1 ? "at each: " : "\(stop.place): ") + stop.step.text
    }
    return MendStep(start.command, start.words + told + words).text
  }

  /// The steps, in order.
  var steps: [MendStep] {
    var steps = before.map { MendStep($0) }
    let isWhole = stops.isEmpty
    steps.append(MendStep(start.command, isWhole ? words + start.words : start.words + words))
    let (shown, left) = (stops.prefix(10), stops.dropFirst(10).count)
    steps += shown.map { MendStep($0.step.command, [$0.place] + $0.step.words) }
    if left > 0 { steps.append(MendStep("and \(left) more in the same way")) }
    return steps
  }

  // MARK: - How

  /// A place at which the rebase stops.
  private struct Stop {
    let place: String
    let step: MendStep
  }

  /// The commits that something is done to; merges are gone where the line is made flat.
  private var kept: [Commit] {
    newest.filter { deeds[$0.id] != nil && !(flatBase != nil && $0.isMerge) }
  }

  /// The new commits that the rebase goes over.
  private var range: [Commit] {
    if flatBase != nil { return newest.filter { !$0.isMerge } }
    guard let oldest = kept.last, let place = newest.firstIndex(where: { $0.id == oldest.id })
    else { return newest }
    return Array(newest[...place])
  }

  private var isTip: Bool {
    flatBase == nil && kept.count <= 1 && kept.first?.id == newest.first?.id
  }

  private var hasMerges: Bool { range.contains(where: \.isMerge) }

  /// What the rebase stands on. (An id, because some shells take the `^` of `9c1e2ab^` for themselves.)
  private var base: String { flatBase ?? kept.last?.parents.first?.short ?? "--root" }

  private var signs: Bool { kept.contains { deeds[$0.id]?.options.contains(.sign) ?? false } }

  private func deed(_ commit: Commit) -> Deed { deeds[commit.id] ?? Deed() }

  /// What is done to every commit alike, where that is so; to sign off or sign one more does no harm.
  private var common: Deed? {
    let range = range
    // Without an interactive rebase nobody sees which commits it takes up, so all must be new ones.
    let ids = Set((flatBase == nil ? range : newest).map(\.id.short))
    let isClosed = range.allSatisfy { commit in
      commit.parents.allSatisfy { ids.contains($0.short) || $0.short == base || base == "--root" }
    }
    guard isClosed || flatBase == nil && !hasMerges else { return nil }
    var harmless = Deed()
    harmless.options = [.signOff, .sign].filter { option in
      kept.contains { deed($0).options.contains(option) }
    }
    let all = Set(
      range.map { commit in
        var deed = deed(commit)
        deed.add(harmless)
        return deed
      })
    guard let one = all.first, all.count == 1, one.commands.isEmpty, one.byHand.isEmpty else {
      return nil
    }
    // Only what stands between double quotes reaches the command.
    return one.command.utf8.contains { "\"`$\\!".utf8.contains($0) } ? nil : one
  }

  /// The command that begins it, and all of it where there are no stops.
  private var start: MendStep {
    let kept = kept
    guard let newestKept = kept.first else {
      return MendStep(
        "git rebase \(base)", ["without --rebase-merges, which makes one line of it"])
    }
    if isTip {
      let deed = deed(newestKept)
      return MendStep(deed.command, deed.words)
    }
    let keeps = hasMerges ? " --rebase-merges" : ""
    let flat = flatBase == nil ? [] : ["without --rebase-merges, which makes one line of it"]
    if let common {
      let note = common.isReworded ? ["an editor opens for each message"] : []
      switch common.options {
      case [.signOff] where !common.isReworded && keeps.isEmpty:
        return MendStep(
          "git rebase --signoff \(base)", flat + ["it signs off every commit from there"])
      case [.sign] where !common.isReworded:
        return MendStep("git rebase\(keeps) --force-rebase -S \(base)", flat)
      default:
        return MendStep(
          "git rebase\(keeps) \(base) --exec \"\(common.command)\"", note + common.words + flat)
      }
    }
    let signing = signs ? " --force-rebase -S" : ""
    if marked.isEmpty { return MendStep("git rebase\(keeps)\(signing) \(base)", flat) }
    return MendStep("git rebase -i\(keeps)\(signing) \(base)", marks + flat)
  }

  /// How the commits are marked in an interactive rebase. A merge is no `pick`: its line is
  /// `merge -C ID`, which takes no mark.
  private var marks: [String] {
    let marked = marked
    let (merges, plain) = (marked.filter(\.isMerge), marked.filter { !$0.isMerge })
    let isReword = isReword
    var clauses: [String] = []
    if !plain.isEmpty {
      clauses.append("mark \(Self.names(plain)) as `\(isReword ? "reword" : "edit")`")
    }
    if !merges.isEmpty {
      clauses.append(
        isReword
          ? "write `merge -c` for `merge -C` at \(Self.names(merges))"
          : "put a line `break` below \(Self.names(merges))")
    }
    let adding = isReword ? Set(marked.flatMap { deed($0).adding }).sorted() : []
    let added = adding.isEmpty ? "" : ", add \(listed(adding))"
    return [listed(clauses) + added]
  }

  /// The commits at which somebody must do something: a rebase that signs does so by itself.
  private var marked: [Commit] {
    kept.filter { !(signs && deed($0).options == [.sign] && deed($0).isPlain) }
  }

  private var isReword: Bool {
    marked.allSatisfy { deed($0).options.isEmpty && deed($0).isReword }
  }

  private var stops: [Stop] {
    if kept.isEmpty || isTip || common != nil || isReword { return [] }
    var groups: [(step: MendStep, commits: [Commit])] = []
    let marked = Set(marked.map(\.id))
    for commit in RebaseOrder.of(newest, keepingMerges: flatBase == nil && hasMerges)
    where marked.contains(commit.id) {
      var deed = deed(commit)
      if signs { deed.add(Deed(options: [.sign])) }
      let step = MendStep("\(deed.command) && git rebase --continue", deed.words)
      if groups.last?.step == step {
        groups[groups.count - 1].commits.append(commit)
      } else {
        groups.append((step, [commit]))
      }
    }
    return groups.map { step, commits in
      let times = commits.count == 1 ? "" : "\(commits.count) times, "
      return Stop(place: "\(times)at \(Self.names(commits))", step: step)
    }
  }

  private static func names(_ commits: [Commit]) -> String {
    commits.count <= 4
      ? listed(commits.map(\.id.short)) : "these \(commits.count) commits"
  }
}

extension CommitMend.Deed {
  /// Does what the other does, too.
  mutating func add(_ other: Self) {
    commands += other.commands.filter { !commands.contains($0) }
    byHand += other.byHand.filter { !byHand.contains($0) }
    (isReworded, mayBeEmpty) = (isReworded || other.isReworded, mayBeEmpty || other.mayBeEmpty)
    adding += other.adding.filter { !adding.contains($0) }
    options = Self.ordered(options + other.options)
  }

  /// Each option once, in their order. What is still to be filled in gives way to what is known of the
  /// same trailer.
  private static func ordered(_ options: [CommitMend.Option]) -> [CommitMend.Option] {
    var trailers: [(key: String, value: String)] = []
    for case .trailer(let key, let value) in options
    where !trailers.contains(where: { $0 == (key, value) }) {
      let same = trailers.firstIndex { $0.key.lowercased() == key.lowercased() }
      if let same, trailers[same].value == Placeholder.value {
        trailers[same] = (key, value)
      } else if same == nil || value != Placeholder.value {
        trailers.append((key, value))
      }
    }
    let isSignedOff = options.contains(.signOff)
    return [.resetAuthor, .signOff].filter(options.contains)
      + trailers.filter { !(isSignedOff && $0.key.lowercased() == "signed-off-by") }
      .map { .trailer(key: $0.key, value: $0.value) }
      + [.sign].filter(options.contains)
  }

  /// Whether the message is edited and nothing else is done.
  fileprivate var isReword: Bool { isReworded && commands.isEmpty && byHand.isEmpty }

  /// Whether there is nothing but options.
  fileprivate var isPlain: Bool { !isReworded && commands.isEmpty && byHand.isEmpty }

  /// All of it as one command, whose message an editor shows where it is reworded.
  fileprivate var command: String {
    let flags =
      (mayBeEmpty ? " --allow-empty" : "") + (isReworded ? "" : " --no-edit")
    let options = options.map { option in
      switch option {
      case .resetAuthor: " --reset-author"
      case .signOff: " --signoff"
      case .trailer(let key, let value): " --trailer '\(key): \(value)'"
      case .sign: " -S"
      }
    }
    return (commands + ["git commit --amend\(flags)\(options.joined())"]).joined(separator: " && ")
  }

  fileprivate var words: [String] {
    (byHand.isEmpty ? [] : ["after you \(listed(byHand))"])
      + (adding.isEmpty ? [] : ["and add \(listed(adding))"])
  }
}

/// What stands in a command for what only people can say.
enum Placeholder {
  /// The value of a trailer. `trailers` takes it for none.
  static let value = "<VALUE>"
  /// A person in a trailer. It has no address, so that it names nobody.
  static let person = "<<NAME AND ADDRESS>>"
}
