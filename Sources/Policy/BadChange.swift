internal import GitModel

/// A change that a rule on content refuses.
struct BadChange {
  /// How the path is mended.
  enum Remedy: Hashable, CaseIterable {
    /// It is taken out, or put back to what it was.
    case takeOut
    /// It gets another name.
    case rename
    /// It is made a plain file.
    case makePlain
  }

  let commit: Commit
  let path: Bytes
  /// Whether the path was there before.
  let isModified: Bool
  /// What is wrong, as clauses behind the path.
  let faults: [String]
  let remedy: Remedy

  init(
    _ commit: Commit, _ change: Change, _ faults: [String], _ remedy: Remedy = .takeOut
  ) {
    (self.commit, path, self.faults, self.remedy) = (commit, change.path, faults, remedy)
    isModified = change.old != nil
  }

  /// A clash, which is mended by another name.
  init(_ commit: Commit, _ clash: CaseClash) {
    (self.commit, path, isModified, remedy) = (commit, clash.added, false, .rename)
    faults = ["differs from `\(clash.other.shownAsPath)` in capitals alone"]
  }
}

extension Matter {
  /// The verdict of `judge` on what the new commits change, each with at least one change; not
  /// applicable where they add and change nothing, as deleting is always fine.
  func judgedChanges(_ judge: ([CommitChanges]) -> Verdict) -> Verdict {
    judgedNewCommits { commits in
      facts.changes.judged { changes in
        let changing = changes.filter { $0.changes.contains { $0.new != nil } }
        return changing.isEmpty
          ? .notApplicable("\(counted(commits.count, "new commit")), and no file added or changed")
          : judge(changing)
      }
    }
  }
}

extension Explanation {
  /// Why changes are refused: `bad` newest first, `newest` all new commits.
  static func badChanges(
    _ bad: [BadChange], _ what: String, of count: Int, newest: [Commit]
  ) -> Explanation {
    let commits = Set(bad.map(\.commit.id)).count
    let shown = bad.prefix(maximumFindings).map { change in
      Finding(
        change.commit, "`\(change.path.shownAsPath)` \(change.faults.joined(separator: "; "))")
    }
    return Explanation(
      "\(commits) of \(counted(count, "new commit")) \(commits == 1 ? "has" : "have") \(what)",
      findings: shown, total: bad.count, mend: BadChange.mend(bad, newest: newest))
  }
}

extension BadChange {
  /// What mends the commits, each by its own paths.
  fileprivate static func mend(_ bad: [BadChange], newest: [Commit]) -> Mend {
    var deeds: [(commit: Commit, deed: CommitMend.Deed)] = []
    var changes = bad[...]
    while let first = changes.first {
      let own = changes.prefix { $0.commit.id == first.commit.id }
      let deed = CommitMend.Deed(
        commands: commands(Array(own)), mayBeEmpty: own.contains { $0.remedy == .takeOut })
      deeds.append((first.commit, deed))
      changes = changes.dropFirst(own.count)
    }
    return .commits(CommitMend(deeds, newest: newest))
  }

  private static func commands(_ bad: [BadChange]) -> [String] {
    func words(_ remedy: Remedy, isModified: Bool? = nil) -> [String] {
      var words: [String] = []
      for change in bad
      where change.remedy == remedy && isModified ?? change.isModified == change.isModified
        && !words.contains(change.path.asWord)
      { words.append(change.path.asWord) }
      return words.count <= 20 ? words : ["<PATHS>"]
    }
    func command(_ start: String, _ paths: [String]) -> [String] {
      paths.isEmpty ? [] : ["\(start) \(paths.joined(separator: " "))"]
    }
    return command("git rm --cached", words(.takeOut, isModified: false))
      + command("git checkout HEAD~ --", words(.takeOut, isModified: true))
      + words(.rename).map { "git mv \($0) <NEW-PATH>" }
      + command("git update-index --chmod=-x", words(.makePlain))
  }
}

extension Bytes {
  /// A path as messages show it; of a long one both ends.
  var shownAsPath: String {
    let text = printable
    let scalars = text.unicodeScalars
    guard scalars.count > 100 else { return text }
    return String(scalars.prefix(40)) + "..." + String(scalars.suffix(50))
  }

  /// The path as one word of a shell; `<PATH>` where it cannot be shown as it is.
  fileprivate var asWord: String {
    let text = printable
    guard count <= 200, text.utf8.elementsEqual(self) else { return "<PATH>" }
    return (first == UInt8(ascii: "-") ? "./" + text : text).asWord
  }
}
