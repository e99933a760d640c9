internal import GitModel
internal import Policy

/// Writes what was imported as a policy that loads.
struct PolicyWriter {
  private static let width = 100

  let draft: ImportDraft
  /// The files that it comes from.
  let inputs: [String]
  /// How much could not be carried.
  let left: Int

  /// The policy.
  var text: String {
    (head + people + roles + rulesets).map { $0 + "\n" }.joined()
  }

  private var head: [String] {
    var lines = Self.comment(
      "made by `gitrel policy import` from \(inputs.joined(separator: ", "))", indent: 0)
    if left > 0 {
      lines += Self.comment(
        "\(counted(left, "thing")) could not be carried, or not quite: the import tells which",
        indent: 0)
    }
    let waiting = draft.rulesets.count { !$0.isGuarding }
    if waiting > 0 {
      lines += Self.comment(
        "\(waiting) of \(counted(draft.rulesets.count, "ruleset")) \(waiting == 1 ? "is" : "are") commented out, by a `#` without a space;"
          + " what each waits for stands above it", indent: 0)
    }
    return lines + ["version: 1", ""]
  }

  private var people: [String] {
    let all = draft.people.people
    guard !all.isEmpty else { return [] }
    var lines: [String] = []
    if all.contains(where: \.emails.isEmpty) {
      lines.append(
        "# add `emails` where there are none: approvals and commits name people by address")
    }
    lines.append("people:")
    for person in all {
      var settings: [PolicyValue.Setting] = []
      if !person.emails.isEmpty { settings.append(.init("emails", .texts(person.emails))) }
      if !person.logins.isEmpty { settings.append(.init("logins", .texts(person.logins))) }
      lines += PolicyValue.lines(
        .init(person.id, settings.isEmpty ? .map([.init("emails", .list([]))]) : .map(settings)),
        indent: 2, width: Self.width)
    }
    return lines + [""]
  }

  private var roles: [String] {
    let all = draft.people.roles
    guard !all.isEmpty else { return [] }
    var lines: [String] = []
    for role in all {
      if let remark = role.remark { lines += Self.comment("stands for \(remark)", indent: 2) }
      let setting = PolicyValue.Setting(role.id, .texts(role.members))
      if role.members.isEmpty {
        lines.append("  #\(YAMLText.scalar(role.id)): []")
      } else {
        lines += PolicyValue.lines(setting, indent: 2, width: Self.width)
      }
    }
    // A key with nothing but comments under it is no map.
    let isCommented = all.allSatisfy(\.members.isEmpty)
    return [isCommented ? "#roles:" : "roles:"] + lines + [""]
  }

  private var rulesets: [String] {
    var lines = ["rulesets:"]
    let all = draft.rulesets
    for (index, ruleset) in all.enumerated() {
      if index > 0 { lines.append("") }
      lines +=
        ruleset.isGuarding
        ? self.lines(ruleset) : self.lines(ruleset).map(Self.commented)
    }
    if !all.contains(where: \.isGuarding) {
      if !all.isEmpty { lines.append("") }
      lines += [
        "  # nothing that was imported guards anything, and a policy without a rule does not load:",
        "  # this one only reports, and waits for yours",
        "  - name: nothing yet",
        "    refs: [\(YAMLText.scalar(draft.namedBranch))]",
        "    enforce: evaluate",
        "    rules:",
        "      fast-forward-only:",
      ]
    }
    return lines
  }

  private func lines(_ ruleset: ImportedRuleset) -> [String] {
    var lines: [String] = []
    for remark in ruleset.remarks { lines += Self.comment(remark, indent: 2) }
    lines.append("  - name: \(YAMLText.scalar(ruleset.name))")
    lines += setting("refs", .texts(ruleset.refs), indent: 4)
    if !ruleset.when.isEmpty { lines += setting("when", .map(ruleset.when), indent: 4) }
    if !ruleset.except.isEmpty { lines += setting("except", .map(ruleset.except), indent: 4) }
    if ruleset.isEvaluated { lines.append("    enforce: evaluate") }
    lines.append("    rules:")
    for rule in ruleset.rules {
      for remark in rule.remarks { lines += Self.comment(remark, indent: 6) }
      var settings = rule.settings
      if rule.isEvaluated, !ruleset.isEvaluated {
        settings.append(.init("enforce", .text("evaluate")))
      }
      let written = setting(rule.id, .map(settings), indent: 6)
      lines +=
        rule.isDraft && ruleset.isGuarding
        ? written.map(Self.commented) : written
    }
    return lines
  }

  private func setting(_ key: String, _ value: PolicyValue, indent: Int) -> [String] {
    PolicyValue.lines(.init(key, value), indent: indent, width: Self.width)
  }

  /// A line of policy that waits: without its `#`, which stands right before what it says, it is as it
  /// should be. A remark has a space behind its `#`, and stays one.
  private static func commented(_ line: String) -> String {
    let start = line.prefix { $0 == " " }
    let rest = line.dropFirst(start.count)
    return rest.hasPrefix("#") ? line : start + "#" + rest
  }

  /// A remark, as comment lines that fit.
  private static func comment(_ text: String, indent: Int) -> [String] {
    let start = String(repeating: " ", count: indent) + "#"
    var lines: [String] = []
    var line = start
    for word in text.split(separator: " ") {
      if line.utf8.count + word.utf8.count + 1 > width, line != start {
        lines.append(line)
        line = start
      }
      line += " " + word
    }
    return line == start ? lines : lines + [line]
  }
}
