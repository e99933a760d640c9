internal import Evidence
internal import GitModel
internal import Policy

/// Which rules of a policy are controls in the sense of SLSA's source track: those that refuse on a ref
/// whatever is pushed there. A rule with a condition does not, and one that is only evaluated does not.
enum SourceControls {
  /// The ids of the rules that are controls on `ref` at `instant`.
  static func rules(
    of policy: PolicyDocument, on ref: RefName, at instant: Instant
  ) -> Set<String> {
    var found: Set<String> = []
    for ruleset in policy.rulesets(guarding: ref) where !ruleset.conditions.isStated {
      for stated in ruleset.rules
      where !stated.conditions.isStated && stated.enforcement.enforcement(at: instant) == .active {
        found.insert(stated.id.text)
      }
    }
    return found
  }

  /// What history is continuous and immutable by: without these on the branch and the tag there is none
  /// of the second level.
  private static let branchRules = ["fast-forward-only", "no-delete"]
  private static let tagRules = ["immutable-tags"]

  /// The level of the source track that these controls come to. More than the second is not claimed: what
  /// else a host does to its own repository, no gate in it can tell.
  static func level(
    _ controls: [VerificationSummary.Control]
  ) -> VerificationSummary.Level {
    func holds(_ rules: [String], on isMeant: (RefName) -> Bool) -> Bool {
      rules.allSatisfy { rule in
        let name = VerificationSummary.Control.name(ofRule: rule)
        return controls.contains { $0.name == name && $0.refs.contains(where: isMeant) }
      }
    }
    return holds(branchRules, on: \.isBranch) && holds(tagRules, on: \.isTag)
      ? .immutable : .versioned
  }
}

/// Finds out since when controls hold: goes back through the log for as long as each decision was made
/// by a policy that states the rule, and none that was accepted overrode it.
struct ControlHistory {
  private struct Control: Hashable {
    let rule: String
    let ref: RefName
  }

  private var open: Set<Control> = []
  private var since: [Control: (instant: Instant, decision: Int)] = [:]
  private var rules: [String: [RefName: Set<String>]] = [:]
  private let refs: [RefName]

  /// The controls of `policy` on `refs`, from the decision `entry` back.
  init(_ policy: PolicyDocument, on refs: [RefName], at entry: LogEntry) {
    self.refs = refs
    for ref in refs {
      for rule in SourceControls.rules(
        of: policy, on: ref, at: Instant(seconds: entry.seconds))
      { open.insert(Control(rule: rule, ref: ref)) }
    }
  }

  /// Whether there is any whose beginning was not found yet.
  var isOpen: Bool { !open.isEmpty }

  /// Looks at one decision more, the next older one. `policy` gives the policy that judged it; nil where
  /// it cannot be found, with which nothing can be told any more.
  mutating func look(at entry: LogEntry, _ policy: (LogEntry) -> PolicyDocument?) {
    // What was refused came past no control.
    guard isOpen, entry.answer == "accepted" else { return }
    let instant = Instant(seconds: entry.seconds)
    guard let digest = entry.policyDigest else {
      open = []
      return
    }
    let stated: [RefName: Set<String>]
    if let known = rules[digest] {
      stated = known
    } else if let policy = policy(entry) {
      stated = Dictionary(
        uniqueKeysWithValues: refs.map {
          ($0, SourceControls.rules(of: policy, on: $0, at: instant))
        })
      // With a rule that begins at some moment the same policy says different things.
      if !policy.hasBeginnings { rules[digest] = stated }
    } else {
      open = []
      return
    }
    for control in open {
      guard stated[control.ref]?.contains(control.rule) ?? false, !entry.overrode(control.rule)
      else {
        open.remove(control)
        continue
      }
      since[control] = (instant, entry.sequence)
    }
  }

  /// The controls with their beginnings, by name; on several refs since the last of these began.
  var controls: [VerificationSummary.Control] {
    Dictionary(grouping: since, by: \.key.rule).map { rule, found in
      let latest = found.map(\.value).max { $0.decision < $1.decision }
      return VerificationSummary.Control(
        rule: rule, refs: found.map(\.key.ref).sorted(),
        since: latest?.instant ?? Instant(seconds: 0), decision: latest?.decision ?? 1)
    }.sorted { $0.name < $1.name }
  }
}

extension PolicyDocument {
  /// Whether a rule of it begins to refuse at some moment.
  fileprivate var hasBeginnings: Bool {
    rulesets.contains { set in
      set.rules.contains { if case .activeFrom = $0.enforcement { true } else { false } }
    }
  }
}

extension LogEntry {
  /// Whether it let something in although this rule refused it, on whatever ref: with doubt it did.
  fileprivate func overrode(_ rule: String) -> Bool {
    guard !overriders.isEmpty else { return false }
    // Each is `ref rule person: reason`; of a long list the end is cut off.
    return overrides.count >= 20 || overrides.isEmpty
      || overrides.contains {
        let words = $0.split(separator: " ", maxSplits: 2)
        return words.count < 2 || words[1] == rule || words[1].hasSuffix("/\(rule)")
      }
  }
}
