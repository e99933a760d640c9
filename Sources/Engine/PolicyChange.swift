internal import GitModel
internal import GitStore
internal import Policy

/// A push must not leave the trusted ref without a policy that loads.
struct PolicyChange {
  let repository: Repository
  let policy: LoadedPolicy
  let view: RefView
  let updates: [RefUpdate]

  /// Verdicts on `update` when it moves the ref that holds the trusted policy.
  func verdicts(on update: RefUpdate) throws(EngineFault) -> [JudgedRule] {
    guard case .ref(let name, let path) = policy.source, update.name == name else { return [] }
    if update.kind == .delete {
      return [
        violated(
          "\(name.short) holds the policy (\(path)); without it every push would be refused",
          fix: "leave \(name.short) out of the push")
      ]
    }
    let bytes: Bytes
    do {
      bytes = try TrustedPolicy.policyBlob(
        at: path, of: update.new, in: repository, ref: name.short, mends: ["put \(path) back"])
    } catch {
      return [violated(error.message, fix: error.hints.first)]
    }
    do {
      let loaded = try TrustedPolicy.read(
        bytes, file: path, label: "\(name.short)@\(update.new.short)", source: policy.source,
        place: .tree(of: update.new, policy: path, in: repository))
      if let unread = filesFault(of: loaded, at: update.new) { return [unread] }
      guard loaded.origin.digest != policy.origin.digest else { return [] }
      if let grown = try unjudged(loaded) { return [grown] }
      return [
        JudgedRule(
          builtIn: BuiltIn.policyChange,
          .satisfied("the new policy loads; it judges from the next push on"))
      ]
    } catch {
      return [
        violated(error.message, fix: "mend \(path); try it with gitrel check --policy \(path)")
      ]
    }
  }

  /// What is wrong with the files that the policy will read from then on: one that does not load would
  /// refuse every push after this one.
  private func filesFault(of new: LoadedPolicy, at commit: ObjectID) -> JudgedRule? {
    let files = PatternFiles(repository: repository, source: policy.source, trusted: commit)
    do {
      for search in Set(new.document.rulesets.compactMap(\.needs.secrets)) {
        _ = try files.patterns(for: search)
      }
    } catch {
      return violated(error.message, fix: "mend the file of patterns, or what `secrets` says of it")
    }
    let trusted = TrustedFiles(repository: repository, source: policy.source, trusted: commit)
    do {
      for search in Set(new.document.rulesets.compactMap(\.needs.codeOwners)) {
        _ = try trusted.codeOwners(search)
      }
      return nil
    } catch {
      return violated(
        error.words, fix: "mend CODEOWNERS, or what `code-owners` says of it")
    }
  }

  /// A ruleset that comes to guard more refs must not take in commits that it has not judged: from then
  /// on they would count as guarded, and could go anywhere in the ruleset unseen.
  ///
  /// A ruleset of the new policy continues those of the old one that guard some ref in common with it;
  /// one that continues none is new, and takes the refs as they stand.
  private func unjudged(_ new: LoadedPolicy) throws(EngineFault) -> JudgedRule? {
    // As they will be: a branch may come, move or go with the same push.
    let moved = Set(updates.map(\.name))
    let coming = updates.filter { $0.kind != .delete }.map { (name: $0.name, value: $0.new) }
    let refs = try (view.all().filter { !moved.contains($0.name) } + coming).filter {
      $0.name.isBranch
    }
    for ruleset in new.document.rulesets {
      let taken = refs.filter { ruleset.refs.contains($0.name) }
      let before = policy.document.rulesets.filter { old in
        taken.contains { old.refs.contains($0.name) }
      }
      guard !before.isEmpty else { continue }
      let guarded = taken.filter { ref in before.contains { $0.refs.contains(ref.name) } }
      let strangers = taken.filter { ref in
        !guarded.contains { $0.name == ref.name }
          && !isReached(ref.value, from: guarded.map(\.value))
      }
      guard !strangers.isEmpty else { continue }
      return JudgedRule(
        builtIn: BuiltIn.policyChange,
        .violated(
          Explanation(
            "the ruleset `\(ruleset.name)` would come to guard commits that it has not judged",
            findings: strangers.prefix(Explanation.maximumFindings).map {
              Finding($0.name.short, "at \($0.value.short), which no ref of the ruleset has")
            }, total: strangers.count,
            fixes: [
              "merge or delete \(strangers.count == 1 ? "this branch" : "these branches") first, or guard them by a ruleset of their own"
            ])))
    }
    return nil
  }

  private func isReached(_ id: ObjectID, from tips: [ObjectID]) -> Bool {
    if tips.contains(id) { return true }
    // One commit is enough to tell, and what cannot be told is not reached.
    return (try? repository.newCommits(from: [id], hiding: tips, limit: 1))?.isEmpty ?? false
  }

  private func violated(_ words: String, fix: String?) -> JudgedRule {
    JudgedRule(
      builtIn: BuiltIn.policyChange, .violated(Explanation(words, fixes: fix.map { [$0] } ?? [])))
  }
}
