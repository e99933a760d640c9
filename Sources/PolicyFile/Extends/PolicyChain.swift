internal import GitModel
internal import Policy

/// One file of a policy, read and not yet merged.
struct PolicyPart {
  /// The file as positions name it: nil is the policy itself.
  let file: String?
  let root: SettingsNode
  /// The files that it extends, itself and all that those extend.
  let closure: Set<String?>
}

/// Reads a policy's files in the order in which they are laid over one another: what a file extends
/// before the file, and the policy itself last. A file that is reached twice counts where it was met
/// first.
struct PolicyChain {
  /// How many files deep a policy may extend.
  static let maximumDepth = 8
  /// How many files a policy may extend in all.
  static let maximumCount = 32

  private let place: PolicyPlace
  private let problems: ProblemList
  /// The key that names what the first file extends, for messages.
  private let key: String
  private var left: Int
  private var parts: [PolicyPart] = []
  private var closures: [ExtendsReference: Set<String?>] = [:]

  /// The parts of the policy with this root. What cannot be read is noted, and left out. `key` is what the
  /// file calls its `extends`.
  static func parts(
    of root: SettingsNode, file: String, size: Int, place: PolicyPlace, key: String = "extends",
    problems: ProblemList
  ) -> [PolicyPart] {
    var chain = PolicyChain(
      place: place, key: key, problems: problems, left: PolicyReader.maximumSize - size)
    let step = Step(reference: .file(place.policy), name: file)
    let closure = chain.bases(of: root, at: place.policy, chain: [step])
    return chain.parts + [PolicyPart(file: nil, root: root, closure: closure.union([nil]))]
  }

  private init(place: PolicyPlace, key: String, problems: ProblemList, left: Int) {
    (self.place, self.key, self.problems, self.left) = (place, key, problems, left)
  }

  private struct Step {
    let reference: ExtendsReference
    let name: String
  }

  /// Reads what `root` extends; the files behind it.
  private mutating func bases(
    of root: SettingsNode, at path: PolicyPath?, chain: [Step]
  ) -> Set<String?> {
    var closure: Set<String?> = []
    for item in Self.items(root, problems) {
      guard let (text, node) = item else { continue }
      let shown = "`\(chain.count == 1 ? key : "extends")`: \(text.printableText)"
      let reference = noting(at: node.position, shown) { () throws(ExtendsFault) in
        try ExtendsReference(text, of: path)
      }
      guard let reference else { continue }
      let name = place.name(of: reference)
      let steps = chain + [Step(reference: reference, name: name)]
      let told = steps.map(\.name).joined(separator: " -> ")
      if chain.contains(where: { $0.reference == reference }) {
        problems.add(
          "`extends` goes round in a circle: \(told)", at: node.position,
          hint: "take this entry out")
        continue
      }
      if let known = closures[reference] {
        closure.formUnion(known)
        continue
      }
      guard chain.count <= Self.maximumDepth else {
        problems.add(
          "`extends` goes deeper than \(Self.maximumDepth) files: \(told)", at: node.position,
          hint: "no policy needs that")
        continue
      }
      guard closures.count < Self.maximumCount else {
        problems.add(
          "the policy extends more than \(Self.maximumCount) files: \(told)", at: node.position,
          hint: "no policy needs that")
        continue
      }
      closures[reference] = []
      guard let base = base(reference, shown: shown, at: node.position) else { continue }
      var inner: PolicyPath?
      if case .file(let path) = reference { inner = path }
      let behind = bases(of: base, at: inner, chain: steps).union([name])
      closures[reference] = behind
      closure.formUnion(behind)
      parts.append(PolicyPart(file: name, root: base, closure: behind))
    }
    return closure
  }

  private mutating func base(
    _ reference: ExtendsReference, shown: String, at position: Position
  ) -> SettingsNode? {
    let name = place.name(of: reference)
    let bytes = noting(at: position, shown) { () throws(ExtendsFault) in
      try place.bytes(of: reference)
    }
    guard let bytes else { return nil }
    left -= bytes.count
    guard left >= 0 else {
      problems.add(
        "the policy and what it extends have more than \(PolicyReader.maximumSize) bytes together",
        at: position)
      return nil
    }
    guard let root = PolicyReader.root(of: bytes, file: name, problems: problems) else {
      return nil
    }
    PolicyReader.checkVersion(
      SettingsReader(root, name: "the policy", isKey: false, problems: problems), of: root)
    return root
  }

  private func noting<Value>(
    at position: Position, _ shown: String, _ body: () throws(ExtendsFault) -> Value
  ) -> Value? {
    do { return try body() } catch {
      problems.add("\(shown) \(error.words)", at: position, hint: error.hint)
      return nil
    }
  }

  private static func items(
    _ root: SettingsNode, _ problems: ProblemList
  ) -> [(text: String, node: SettingsNode)?] {
    let reader = SettingsReader(root, name: "the policy", isKey: false, problems: problems)
    return (reader.items("extends") ?? []).map { item in
      reader.text(of: item, for: "extends").map { ($0, item) }
    }
  }
}
