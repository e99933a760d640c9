internal import GitModel
internal import Policy

/// One verdict with the ref that it speaks of, as every format tells it.
struct ToldVerdict {
  /// The update; nil for verdicts on the push as a whole.
  let update: RefUpdate?
  let judged: JudgedRule
  /// The file that states the rule, when a rule of a policy speaks.
  let file: String?
  /// Whether a plan for the whole update holds the fix.
  let isPlanned: Bool
  /// Whether who pushes is known, so that push options say who overrides.
  let isPusherKnown: Bool

  init(
    update: RefUpdate?, judged: JudgedRule, policy: PolicyOrigin?, isPlanned: Bool = false,
    isPusherKnown: Bool
  ) {
    (self.update, self.judged, self.isPlanned) = (update, judged, isPlanned)
    self.isPusherKnown = isPusherKnown
    file = judged.position.flatMap { $0.file ?? policy?.file }?.cleaned
  }

  /// `.gitrel/policy.yml:7`, where a rule of a policy speaks.
  var place: String? {
    judged.position.map { position in
      file.map { "\($0):\(position.line)" } ?? "policy line \(position.line)"
    }
  }

  /// Whether it is a violation, or could not be told: what somebody has to do something about.
  var isFault: Bool {
    judged.verdict.outcome == .violated || judged.verdict.outcome == .indeterminate
  }

  /// Who may lift the rule and how, or who has; nil where nobody may.
  var overriding: String? {
    switch judged.override {
    case nil: nil
    case .open(let names): "override: \(names), \(way)"
    case .refused(let words, let names): "override: \(words); \(names) may, \(way)"
    case .accepted(let person, let reason, let source):
      "overridden by \(person) (\(source)): \(reason)"
    }
  }

  private var way: String {
    guard !isPusherKnown, let update else {
      return "with -o gitrel.override=\(judged.rule) -o gitrel.reason=..."
    }
    let ref = update.name.isBranch ? update.name.short : update.name.full
    return
      "with gitrel override \(judged.rule) \(update.new.short) --ref \(ref.asWord) --reason ..."
  }

  fileprivate var isClosedWindow: Bool { isFault && judged.rule == Window.id && judged.refuses }

  /// `approvals on main`, `policy`.
  var title: String { judged.rule.text + (update.map { " on \($0.name.short)" } ?? "") }

  /// What a person has to know, line by line: the summary, what is wanted, what was found, what to do.
  var lines: [String] {
    let explanation = judged.verdict.explanation
    var lines = [explanation.summary]
    if let expected = explanation.expected { lines.append("wants: \(expected)") }
    for finding in explanation.findings.prefix(DecisionText.maximumFindings) {
      let id = finding.commit.map { "\($0.short)  " } ?? ""
      lines.append("\(id)\(finding.title.shortened)  \(finding.detail)")
    }
    let rest =
      explanation.total - min(explanation.findings.count, DecisionText.maximumFindings)
    if rest > 0 { lines.append("and \(rest) more") }
    if let overriding { lines.append(overriding) }
    if isFault, !judged.isOverridden {
      lines += explanation.fixes.enumerated().map { "\($0 == 0 ? "fix" : "or"): \($1)" }
    }
    return lines
  }
}

extension Decision {
  /// Every verdict, in order: on the push as a whole, then ref by ref.
  var told: [ToldVerdict] {
    whole.map {
      ToldVerdict(update: nil, judged: $0, policy: policy, isPusherKnown: pusher != nil)
    }
      + updates.flatMap { told($0) }
  }
}

extension Decision {
  /// The verdicts on one update. A closed window comes first: nothing else helps until it opens.
  func told(_ update: UpdateDecision) -> [ToldVerdict] {
    let isPlanned = plan(for: update) != nil
    let told = update.judged.map {
      ToldVerdict(
        update: update.update, judged: $0, policy: policy, isPlanned: isPlanned && $0.refuses,
        isPusherKnown: pusher != nil)
    }
    return told.filter(\.isClosedWindow) + told.filter { !$0.isClosedWindow }
  }
}

extension [ToldVerdict] {
  /// The first ones where not all can be shown: what refuses comes before what only would.
  func capped(to maximum: Int) -> (shown: [ToldVerdict], left: Int) {
    guard count > maximum else { return (self, 0) }
    let ordered = filter(\.judged.refuses) + filter { !$0.judged.refuses }
    return (Array(ordered.prefix(maximum)), count - maximum)
  }
}

extension String {
  /// The text of a title, cut behind 50 code points: one character may carry marks without end.
  var shortened: String {
    unicodeScalars.count > 50 ? String(unicodeScalars.prefix(47)) + "..." : self
  }
}
