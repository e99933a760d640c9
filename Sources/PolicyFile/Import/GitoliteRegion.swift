internal import GitModel
internal import Policy

/// The refs that a glob matches: those that start with it, or those that it matches whole.
struct GitoliteRegion: Hashable {
  private let pieces: [ForeignRegex.Piece]
  private let isExact: Bool
  /// The glob over full names.
  let glob: String

  private init?(_ pieces: [ForeignRegex.Piece], isExact: Bool) {
    var glob = ""
    for piece in pieces {
      guard let text = ForeignRegex.glob(of: piece) else { return nil }
      glob = ForeignRegex.joined(glob, text)
    }
    self.glob = isExact ? glob : ForeignRegex.joined(glob, "**")
    (self.pieces, self.isExact) = (pieces, isExact)
    guard (try? Glob(self.glob)) != nil else { return nil }
  }

  private init(start: String) {
    pieces = start.unicodeScalars.map { .literal($0) }
    (isExact, glob) = (false, start + "**")
  }

  /// Every ref.
  static let all = GitoliteRegion(start: "refs/")

  /// The refs that start with what `refex` matches, as gitolite has it; nil where globs cannot say it. An
  /// unescaped dot is any character there, and is taken for a dot unless `isWide`.
  static func regions(of refex: String, isWide: Bool) -> [GitoliteRegion]? {
    // An alternative that does not start with `refs/` is looked for anywhere in a name.
    guard let branches = ForeignRegex(refex)?.branches,
      branches.allSatisfy({ $0.pieces.starts(with: Self.all.pieces) })
    else { return nil }
    var regions: [GitoliteRegion] = []
    for branch in branches {
      guard let found = Self.regions(of: branch, isWide: isWide) else { return nil }
      regions += found
    }
    return regions
  }

  private static func regions(
    of branch: ForeignRegex.Branch, isWide: Bool
  ) -> [GitoliteRegion]? {
    var pieces = branch.pieces
    var isExact = branch.isEnd
    if case .run? = pieces.last {
      (pieces, isExact) = (pieces.dropLast(), false)
    } else if !isExact {
      // What may go on anyhow need not say how.
      if case .flatRun? = pieces.last { pieces.removeLast() }
      if case .someOf(let set)? = pieces.last { pieces[pieces.count - 1] = .set(set) }
    }
    var forms: [[ForeignRegex.Piece]] = [[]]
    for piece in pieces {
      let kinds: [ForeignRegex.Piece] =
        piece != .one ? [piece] : isWide ? [.flatOne, .literal("/")] : [.literal(".")]
      forms = forms.flatMap { form in kinds.map { form + [$0] } }
      guard forms.count <= ForeignRegex.maximumBranches else { return nil }
    }
    var regions: [GitoliteRegion] = []
    for form in forms {
      guard let region = GitoliteRegion(form, isExact: isExact) else { return nil }
      regions.append(region)
    }
    return regions
  }

  /// Refs among which are all that `refex` matches: those that start as it does for certain.
  static func around(_ refex: String) -> GitoliteRegion {
    if refex.contains("|") { return .all }
    var start = String(refex.prefix { !"\\.[]()*+?{}^$".contains($0) })
    // What a quantifier follows may be missing.
    if let next = refex.dropFirst(start.count).first, "*?{".contains(next) { start.removeLast() }
    return start.hasPrefix("refs/") ? GitoliteRegion(start: start) : .all
  }

  /// Whether every ref of `other` is certainly one of these.
  func contains(_ other: GitoliteRegion) -> Bool {
    guard isExact ? other.isExact && pieces.count == other.pieces.count : true,
      pieces.count <= other.pieces.count
    else { return false }
    return zip(pieces, other.pieces).allSatisfy(Self.covers)
  }

  private static func covers(_ left: ForeignRegex.Piece, _ right: ForeignRegex.Piece) -> Bool {
    switch (left, right) {
    case _ where left == right: true
    case (.flatOne, .literal(let scalar)): scalar != "/"
    case (.set(let set), .literal(let scalar)):
      (try? Glob("[\(set)]"))?.matches(Bytes(String(scalar).utf8)) ?? false
    default: false
    }
  }

  /// Whether a ref may be in both.
  func mayMeet(_ other: GitoliteRegion) -> Bool {
    for pair in zip(pieces, other.pieces) {
      guard case (.literal(let left), .literal(let right)) = pair else { return true }
      if left != right { return false }
    }
    return true
  }

  /// The patterns of a policy for it.
  var patterns: [String] {
    if self == .all { return ["**", "refs/tags/**"] }
    let start = glob.hasSuffix("**") ? String(glob.dropLast(2)) : glob
    if "refs/heads/".hasPrefix(start) { return ["**"] }
    return [ForeignGlob.short(glob)]
  }

  /// For the name of a ruleset.
  var name: String {
    let start = "refs/heads/"
    let text = glob.hasPrefix(start) ? String(glob.dropFirst(start.count)) : glob
    return (text.hasSuffix("**") ? String(text.dropLast()) : text).fitForTerminal
  }
}
