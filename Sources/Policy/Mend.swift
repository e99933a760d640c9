internal import GitModel

/// The commands that mend what was pushed, which depend on where it stands: the tip is amended, an
/// older commit is rebased, a branch is renamed, a tag is made anew.
///
/// A command comes first and whole, so that it can be copied; four spaces before what else to know.
enum Mend {
  // MARK: - Commits

  /// How to reword the given commits. Both lists are newest first, children before parents; `newest`
  /// has every new commit of the ref.
  static func reword(_ commits: [Commit], newest: [Commit], adding text: String? = nil) -> String {
    guard let oldest = commits.last else { return "git commit --amend" }
    if isTip(commits, newest) {
      return "git commit --amend" + (text.map { "    and add \($0)" } ?? "")
    }
    return "\(rebase(oldest, newest))    \(mark(commits)) as `reword`"
      + (text.map { ", add \($0)" } ?? "")
  }

  /// How to add `options` of `git commit --amend` to the given commits, without an editor where that
  /// can be: `words` say who is to do it, or what else to know.
  static func amend(
    _ commits: [Commit], newest: [Commit], with options: String, adding text: String,
    words: String = ""
  ) -> String {
    let command = "git commit --amend --no-edit \(options)"
    let note = words.isEmpty ? "" : "    \(words)"
    guard let oldest = commits.last, !isTip(commits, newest) else { return command + note }
    let range = range(from: oldest, newest)
    // A rebase that runs one command after each commit amends all of them, and only what is between
    // double quotes reaches it, so that no text with a quote of its own may stand there.
    if commits.count == range.count, !range.contains(where: \.isMerge), !options.contains("\"") {
      return "git rebase \(base(of: oldest)) --exec \"\(command)\"\(note)"
    }
    return reword(commits, newest: newest, adding: text)
  }

  /// How to sign the given commits. What comes after the oldest of them is made anew, so that it must be
  /// signed again too.
  static func sign(_ commits: [Commit], newest: [Commit]) -> String {
    guard let oldest = commits.last, !isTip(commits, newest) else {
      return "git commit --amend --no-edit -S"
    }
    let flag = range(from: oldest, newest).contains(where: \.isMerge) ? " --rebase-merges" : ""
    return "git rebase\(flag) --force-rebase -S \(base(of: oldest))"
  }

  /// How to take the given commits up again and change more of them than their messages.
  static func edit(_ commits: [Commit], newest: [Commit], running command: String) -> String {
    guard let oldest = commits.last, !isTip(commits, newest) else { return command }
    return "\(rebase(oldest, newest))    \(mark(commits)) as `edit`; at each: \(command) && "
      + "git rebase --continue"
  }

  /// The same where no command can be told; `text` says what to do in each commit.
  static func edit(_ commits: [Commit], newest: [Commit], to text: String) -> String {
    guard let oldest = commits.last, !isTip(commits, newest) else {
      return "git commit --amend    after you \(text)"
    }
    return "\(rebase(oldest, newest))    \(mark(commits)) as `edit`, \(text)"
  }

  /// How to sign off the given commits; a rebase signs off those between them, too, and never twice.
  static func signOff(_ commits: [Commit], newest: [Commit], by whose: String) -> String {
    guard let oldest = commits.last, !isTip(commits, newest) else {
      return "git commit --amend --no-edit --signoff    by \(whose)"
    }
    let flag = range(from: oldest, newest).contains(where: \.isMerge) ? " --rebase-merges" : ""
    return "git rebase --signoff\(flag) \(base(of: oldest))"
      + "    by \(whose); it signs off every commit from there"
  }

  private static func isTip(_ commits: [Commit], _ newest: [Commit]) -> Bool {
    commits.count == 1 && commits.first?.id == newest.first?.id
  }

  /// The command that starts an interactive rebase which takes up `oldest`.
  private static func rebase(_ oldest: Commit, _ newest: [Commit]) -> String {
    // Without the flag a rebase drops merges and what was resolved in them. A line that comes in
    // beside `oldest` comes in by a merge that descends from it, and so stands before it.
    let flag = range(from: oldest, newest).contains(where: \.isMerge) ? " --rebase-merges" : ""
    return "git rebase -i\(flag) \(base(of: oldest))"
  }

  /// What a rebase must stand on to take up `oldest`. (An id, because some shells take the `^` of
  /// `9c1e2ab^` for themselves.)
  private static func base(of oldest: Commit) -> String { oldest.parents.first?.short ?? "--root" }

  /// The new commits from the tip down to `oldest`.
  private static func range(from oldest: Commit, _ newest: [Commit]) -> ArraySlice<Commit> {
    guard let place = newest.firstIndex(where: { $0.id == oldest.id }) else { return newest[...] }
    return newest[...place]
  }

  private static func mark(_ commits: [Commit]) -> String {
    commits.count == 1
      ? "mark \(commits[0].id.short)" : "mark these \(commits.count) commits"
  }

  // MARK: - Branches and tags

  /// How to give a branch a name that fits; with an example where one can be derived.
  static func rename(
    _ branch: RefName, fitting pattern: TextPattern?, unlike forbidden: TextPattern?
  ) -> String {
    let old = branch.short
    let fit = NameSuggestion.name(for: branch, fitting: pattern, unlike: forbidden)
    guard let fit else { return "git branch -m \(old) NEW-NAME    then push NEW-NAME" }
    return fit.isOwn
      ? "git branch -m \(old) \(fit.name)    then push \(fit.name)"
      : "git branch -m \(old) \(fit.name)    or another name that fits; then push that"
  }

  /// How to make a tag anew under the same name, on `commit`. A tag that the server has stays as it is,
  /// so there a new name is needed. `option` makes it an annotated tag, or a signed one (`-s`).
  static func retag(
    _ update: RefUpdate, on commit: String, option: String = "-a", words: String = ""
  ) -> [String] {
    let name = update.name.short
    guard update.kind == .create else {
      return [
        "gitrel tag NEW-VERSION    a tag that was pushed is never moved; leave \(name) out of the push"
      ]
    }
    let note = words.isEmpty ? "" : "    \(words)"
    return [
      "git tag -d \(name) && git tag \(option) \(name) \(commit)\(note)",
      "git tag -d \(name) && gitrel tag \(name)    tags what the remote branch has",
    ]
  }
}
