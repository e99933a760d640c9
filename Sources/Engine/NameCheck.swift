internal import GitModel
internal import Policy

/// Which names a push may use at all: git's form, a narrow alphabet, known namespaces, nothing that
/// is or looks like another name.
struct NameCheck {
  private let updates: [RefUpdate]
  private let isOpened: (RefName) -> Bool
  private let names: NameIndex

  /// `isOpened`: whether some ruleset of the policy guards a name and writes out its place. One that
  /// guards everything opens nothing: it was not written with notes or a forge's refs in mind.
  init(
    view: RefView, updates: [RefUpdate], isOpened: @escaping (RefName) -> Bool
  ) throws(EngineFault) {
    (self.updates, self.isOpened) = (updates, isOpened)
    let created = updates.filter { $0.kind == .create && $0.name.fault == nil }.map(\.name)
    let deleted = Set(updates.filter { $0.kind == .delete }.map(\.name))
    // All refs are only looked at when one more comes.
    let standing =
      created.isEmpty ? [] : try view.all().map(\.name).filter { !deleted.contains($0) }
    names = NameIndex(standing: standing, created: created)
  }

  /// The verdicts on the name of `update`; none when it is fine.
  func verdicts(on update: RefUpdate) -> [JudgedRule] {
    var explanations: [Explanation] = []
    if let fault = update.name.fault, update.kind != .delete || isMalformed(fault) {
      explanations.append(
        Explanation(
          "the name \(update.name.full) \(fault.words)", fixes: ["push under another name"]))
    } else if let closed = closedNamespace(update) {
      explanations.append(closed)
    } else if update.kind == .create, update.name.isBranch || update.name.isTag {
      explanations += clashes(update)
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
  private func clashes(_ update: RefUpdate) -> [Explanation] {
    let folders = names.folderClashes(of: update.name).prefix(5).map { other in
      Explanation(
        "\(update.name.short) and \(other.short) cannot both exist: git keeps one as a file and the other as a folder",
        fixes: ["push under another name, or delete \(other.short) first"])
    }
    let alike = names.lookalikes(of: update.name).prefix(5).map { other in
      Explanation(
        "\(update.name.full) cannot be told from \(other.full), which \(names.isComing(other) ? "comes with it" : "exists")",
        expected:
          "short names that differ, also without regard to capitals, across branches and tags",
        fixes: ["push under another name"])
    }
    return folders + alike
  }
}

/// The names that will exist after a push, looked up by what they could be taken for, so that the cost
/// of a push does not grow with the product of its refs and those that there are.
private struct NameIndex {
  private let coming: Set<RefName>
  private var all: Set<RefName> = []
  /// Of each folder, some names in it.
  private var inFolder: [Bytes: [RefName]] = [:]
  /// Branches and tags by their short names without capitals.
  private var byShort: [Bytes: [RefName]] = [:]

  private static let kept = 6

  init(standing: [RefName], created: [RefName]) {
    coming = Set(created)
    guard !created.isEmpty else { return }
    all = coming.union(standing)
    // Only what a created name can clash with is kept.
    let wanted = Set(created.map(\.bytes))
    let shorts = Set(created.map { $0.shortBytes.asciiLowercased })
    for name in standing + created {
      for end in name.bytes.indices where name.bytes[end] == UInt8(ascii: "/") {
        let folder = Bytes(name.bytes[..<end])
        if wanted.contains(folder), inFolder[folder, default: []].count < Self.kept {
          inFolder[folder, default: []].append(name)
        }
      }
      guard name.isBranch || name.isTag else { continue }
      let short = name.shortBytes.asciiLowercased
      if shorts.contains(short), byShort[short, default: []].count < Self.kept {
        byShort[short, default: []].append(name)
      }
    }
  }

  func isComing(_ name: RefName) -> Bool { coming.contains(name) }

  /// Names of which one would be a folder on the way to the other.
  func folderClashes(of name: RefName) -> [RefName] {
    let above = name.bytes.indices.filter { name.bytes[$0] == UInt8(ascii: "/") }
      .map { RefName(name.bytes[..<$0]) }.filter { all.contains($0) }
    return above + (inFolder[name.bytes] ?? [])
  }

  /// Other branches and tags of the same short name, capitals aside.
  func lookalikes(of name: RefName) -> [RefName] {
    (byShort[name.shortBytes.asciiLowercased] ?? []).filter { $0 != name }
  }
}
