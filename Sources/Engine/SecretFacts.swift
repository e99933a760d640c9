internal import GitModel
internal import GitStore
internal import Policy
internal import PolicyFile
internal import Secrets

/// Searches what new commits bring in for secrets: every blob once, the quarantine's included.
///
/// Patterns come from gitrel itself and from the trusted tree; nothing that is pushed has a say in what
/// is searched for or allowed.
final class SecretFacts {
  /// The largest blob that is searched, in bytes. A larger one is told as not searched, and refuses.
  static let maximumBlob = 32 << 20
  /// How many different secrets are counted before the search ends.
  static let maximumSecrets = 10_000

  private let repository: Repository
  private let files: PatternFiles
  private var searches: [SecretSearch: PreparedSearch] = [:]

  /// Searches with the pattern files beside the policy of `source`, whose ref has the commit `trusted`.
  init(_ repository: Repository, source: PolicySource, trusted: ObjectID?) {
    self.repository = repository
    files = PatternFiles(repository: repository, source: source, trusted: trusted)
  }

  /// The secrets in what `commits` change; they come children first, as new commits do.
  func reading(
    of commits: [CommitChanges], _ search: SecretSearch
  ) throws(EngineFault) -> SecretReading {
    let prepared = try prepared(search)
    var reading = GatheredSecrets(abouts: prepared.abouts)
    // The oldest first: a secret is told of the commit that brought it in.
    for commit in commits.reversed() {
      for change in commit.changes {
        guard let entry = change.new, entry.kind != .submodule, entry.id != change.old?.id,
          !reading.seen.contains(entry.id)
        else { continue }
        if let allowed = search.allowedPaths, allowed.contains(change.path) {
          reading.allowed.insert(entry.id)
          continue
        }
        reading.seen.insert(entry.id)
        switch try prepared.matches(of: entry.id, in: repository) {
        case .success(let found): reading.add(found, commit.commit, change.path)
        case .failure(let why): reading.add(unread: why.words, commit.commit, change.path)
        }
        if reading.isFull { return reading.finished(patterns: prepared.count) }
      }
    }
    return reading.finished(patterns: prepared.count)
  }

  private func prepared(_ search: SecretSearch) throws(EngineFault) -> PreparedSearch {
    if let known = searches[search] { return known }
    let made = try PreparedSearch(try files.patterns(for: search), search)
    searches[search] = made
    return made
  }
}

/// A blob that could not be searched.
private struct Unsearched: WordedFault {
  let words: String
}

/// A scanner with what it has seen already: many refs of a push may stand on the same commits.
private final class PreparedSearch {
  let count: Int
  /// What each pattern is for.
  let abouts: [String: String]
  private let scanner: SecretScanner
  private var known: [ObjectID: [SecretMatch]] = [:]
  private var clean: Set<ObjectID> = []

  init(_ patterns: [SecretPattern], _ search: SecretSearch) throws(EngineFault) {
    count = patterns.count
    abouts = Dictionary(patterns.map { ($0.id, $0.about) }) { first, _ in first }
    do {
      scanner = try SecretScanner(
        patterns.map(SecretKind.init), allowedValues: search.allowedValues,
        allowedFingerprints: search.allowedFingerprints)
    } catch { throw EngineFault(error.message) }
  }

  func matches(
    of id: ObjectID, in repository: Repository
  ) throws(EngineFault) -> Result<[SecretMatch], Unsearched> {
    if clean.contains(id) { return .success([]) }
    if let matches = known[id] { return .success(matches) }
    let bytes: Bytes
    do {
      bytes = try repository.blob(id, limit: SecretFacts.maximumBlob)
    } catch {
      guard error.code == .tooLarge else { throw EngineFault(error) }
      return .failure(
        Unsearched(
          words:
            "is larger than \(SecretFacts.maximumBlob >> 20)MiB, which is the most that is searched"
        ))
    }
    do {
      let matches = try scanner.matches(in: bytes).matches
      if matches.isEmpty { clean.insert(id) } else { known[id] = matches }
      return .success(matches)
    } catch { return .failure(Unsearched(words: "could not be searched: \(error.message)")) }
  }
}

extension SecretKind {
  /// What a pattern of the policy says, for the scanner.
  init(_ pattern: SecretPattern) {
    self.init(
      id: pattern.id, expression: pattern.expression, keywords: pattern.keywords,
      group: pattern.group, lines: pattern.lines, entropy: pattern.entropy,
      allowedValues: pattern.allowedValues, allowedWords: pattern.allowedWords)
  }
}

/// What a search has found so far: each secret once, with the place where it came in.
private struct GatheredSecrets {
  let abouts: [String: String]
  /// The blobs that were searched.
  var seen: Set<ObjectID> = []
  /// The blobs that stand on allowed paths; one that stands elsewhere too is in both.
  var allowed: Set<ObjectID> = []
  private var secrets: [FoundSecret] = []
  /// The place of each secret in `secrets`; nil where there was no room for it.
  private var places: [String: Int?] = [:]
  private var unread: [SecretReading.Unread] = []
  private var unreadTotal = 0

  init(abouts: [String: String]) { self.abouts = abouts }

  var isFull: Bool { places.count >= SecretFacts.maximumSecrets }

  mutating func add(_ matches: [SecretMatch], _ commit: Commit, _ path: Bytes) {
    for match in matches {
      if let place = places[match.fingerprint] {
        if let place { secrets[place].elsewhere += 1 }
        continue
      }
      guard secrets.count < Explanation.maximumFindings else {
        places.updateValue(nil, forKey: match.fingerprint)
        continue
      }
      places[match.fingerprint] = secrets.count
      secrets.append(
        FoundSecret(
          commit: commit, path: path, line: match.line, column: match.columns.lowerBound,
          pattern: match.kind, about: abouts[match.kind] ?? match.kind, start: match.start,
          length: match.length, fingerprint: match.fingerprint))
    }
  }

  mutating func add(unread why: String, _ commit: Commit, _ path: Bytes) {
    unreadTotal += 1
    guard unread.count < Explanation.maximumFindings else { return }
    unread.append(SecretReading.Unread(commit: commit, path: path, why: why))
  }

  func finished(patterns: Int) -> SecretReading {
    SecretReading(
      patterns: patterns, blobs: seen.count - unreadTotal, allowed: allowed.subtracting(seen).count,
      secrets: secrets, total: places.count, isCut: isFull, unread: unread,
      unreadTotal: unreadTotal)
  }
}

/// The patterns that are searched for: the shipped ones, and the team's own from the trusted tree.
struct PatternFiles {
  let repository: Repository
  let source: PolicySource
  /// The commit of the trusted ref, when the policy stands on one.
  let trusted: ObjectID?

  /// The patterns of `search`, the shipped ones with a vendor first.
  func patterns(for search: SecretSearch) throws(EngineFault) -> [SecretPattern] {
    var patterns: [SecretPattern] = []
    for file in search.files { patterns += try read(file) }
    let own = Set(patterns.map(\.id))
    for file in ShippedPatterns.files {
      patterns += try Self.read(file.bytes, file: file.name, isProven: true)
    }
    if let twice = Self.repeated(patterns.map(\.id)) {
      throw EngineFault(
        own.contains(twice)
          ? "`secrets`: there are two patterns `\(twice)`; give your own another id, and put the other under `off`"
          : "two shipped patterns are called `\(twice)`; this is a fault in gitrel")
    }
    let ids = patterns.map(\.id)
    for wanted in search.only + search.off where !ids.contains(wanted) {
      let near = Spelling.suggestion(for: wanted, among: ids).map { "; \($0)" } ?? ""
      throw EngineFault(
        "`secrets`: there is no pattern `\(Bytes(wanted.utf8).prefix(60).printable)`\(near)")
    }
    return patterns.filter {
      (search.only.isEmpty || search.only.contains($0.id)) && !search.off.contains($0.id)
    }
  }

  private static func repeated(_ ids: [String]) -> String? {
    var seen: Set<String> = []
    return ids.first { !seen.insert($0).inserted }
  }

  private func read(_ file: String) throws(EngineFault) -> [SecretPattern] {
    let files = TrustedFiles(repository: repository, source: source, trusted: trusted)
    let bytes: Bytes?
    do {
      bytes = try files.bytes(at: file, limit: SecretPatternReader.maximumSize, "the patterns in")
    } catch { throw EngineFault(error.words) }
    guard let bytes else {
      throw EngineFault("\(files.place) has no file \(file), which `secrets` names")
    }
    return try Self.read(bytes, file: file, isProven: false)
  }

  private static func read(
    _ bytes: Bytes, file: String, isProven: Bool
  ) throws(EngineFault) -> [SecretPattern] {
    do {
      return try SecretPatternReader.read(bytes, file: file, isProven: isProven)
    } catch {
      throw EngineFault(
        "the patterns cannot be read\(error.lines.prefix(20).map { "\n  \($0)" }.joined())")
    }
  }
}
