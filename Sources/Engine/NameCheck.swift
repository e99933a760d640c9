internal import GitModel
internal import Policy

/// Which names a push may use at all: git's form, a narrow alphabet, known namespaces, nothing that
/// is or looks like another name.
struct NameCheck {
  let view: RefView
  let updates: [RefUpdate]
  /// Whether some ruleset of the policy guards a name, which opens its namespace.
  let isOpened: (RefName) -> Bool

  /// The verdicts on the name of `update`; none when it is fine.
  func verdicts(on update: RefUpdate) throws(EngineFault) -> [JudgedRule] {
    var explanations: [Explanation] = []
    if let fault = update.name.fault, update.kind != .delete || isMalformed(fault) {
      explanations.append(
        Explanation(
          "the name \(update.name.full) \(fault.words)", fixes: ["push under another name"]))
    } else if let closed = closedNamespace(update) {
      explanations.append(closed)
    } else if update.kind == .create, update.name.isBranch || update.name.isTag {
      explanations += try clashes(update)
    }
    return explanations.map { JudgedRule(builtIn: BuiltIn.name, .violated($0)) }
  }

  /// A name that should never have come in may go away, unless it is no name at all.
  private func isMalformed(_ fault: RefName.Fault) -> Bool {
    if case .form = fault { true } else { false }
  }

  private func closedNamespace(_ update: RefUpdate) -> Explanation? {
    let name = update.name
    if name.isBranch || name.isTag || name == EvidenceStore.ref { return nil }
    if name.hasPrefix("refs/gitrel/") {
      return Explanation(
        "\(name.full) belongs to gitrel", expected: "only the server writes it",
        fixes: ["leave \(name.full) out of the push"])
    }
    if name.hasPrefix("refs/replace/") {
      return Explanation(
        "\(name.full) would change what every reader of the repository sees",
        fixes: ["leave refs/replace out of the push"])
    }
    if isOpened(name) { return nil }
    return Explanation(
      "\(name.full) is outside refs/heads and refs/tags, and the policy opens no other place",
      fixes: [
        "push a branch or a tag",
        "who needs this place names it in a ruleset of the policy: refs: [\"refs/\(name.full.split(separator: "/").dropFirst().first ?? "...")/**\"]",
      ])
  }

  /// Names that are there already, or come with the same push, and cannot be told from this one.
  private func clashes(_ update: RefUpdate) throws(EngineFault) -> [Explanation] {
    let deleted = Set(updates.filter { $0.kind == .delete }.map(\.name))
    let coming = updates.filter { $0.kind == .create && $0.name != update.name }.map(\.name)
    let others =
      try view.all().map(\.name).filter { $0 != update.name && !deleted.contains($0) } + coming
    let mine = update.name.bytes
    let folded = update.name.shortBytes.asciiLowercased
    var explanations: [Explanation] = []
    for other in others {
      if Self.isFolder(mine, of: other.bytes) || Self.isFolder(other.bytes, of: mine) {
        explanations.append(
          Explanation(
            "\(update.name.short) and \(other.short) cannot both exist: git keeps one as a file and the other as a folder",
            fixes: ["push under another name, or delete \(other.short) first"]))
      } else if other.isBranch || other.isTag, other.shortBytes.count == folded.count,
        other.shortBytes.asciiLowercased == folded
      {
        explanations.append(
          Explanation(
            "\(update.name.full) cannot be told from \(other.full), which \(coming.contains(other) ? "comes with it" : "exists")",
            expected:
              "short names that differ, also without regard to capitals, across branches and tags",
            fixes: ["push under another name"]))
      }
      if explanations.count == 5 { break }
    }
    return explanations
  }

  private static func isFolder(_ folder: Bytes, of name: Bytes) -> Bool {
    name.count > folder.count && name[folder.count] == UInt8(ascii: "/")
      && name.starts(with: folder)
  }
}
