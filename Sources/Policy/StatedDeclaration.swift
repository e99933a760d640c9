public import Evidence
public import GitModel

/// What somebody declares of the commit that a ref is to have, and whether it counts.
public struct StatedDeclaration: Hashable, Sendable {
  /// What is declared, by whom and when.
  public let declaration: Declaration
  /// The SHA-256 of the statement.
  public let digest: String
  /// Why it counts for nothing, whatever a rule asks; nil where it counts.
  public let fault: String?
  /// When it counts as said: by the signer's clock or, where it is known that the server got it later, by
  /// the server's.
  public let time: Instant
  /// Whether it counts by the policy of the moment at which it came in, which let its person say it, so
  /// that today's is not asked.
  public let isOfPast: Bool

  /// A declaration as it was found; `time` nil for the signer's.
  public init(
    _ declaration: Declaration, digest: String, fault: String?, time: Instant? = nil,
    isOfPast: Bool = false
  ) {
    (self.declaration, self.digest, self.fault) = (declaration, digest, fault)
    (self.time, self.isOfPast) = (time ?? declaration.recorded, isOfPast)
  }

  /// The same, said at another time.
  public func at(_ time: Instant) -> StatedDeclaration {
    StatedDeclaration(
      declaration, digest: digest, fault: fault, time: time, isOfPast: isOfPast)
  }

  /// The id of the person, as text.
  var person: String { String(decoding: declaration.person, as: UTF8.self) }

  /// `carol, statement 0123456789ab`.
  var source: String {
    "\(declaration.person.prefix(60).printable), statement \(digest.prefix(12))"
  }

  /// The same with what its clock says, where the server got it so much later that people would ask.
  var datedSource: String {
    guard time.seconds - declaration.recorded.seconds > Self.delay else { return source }
    return "\(source), which says \(declaration.recorded.utcText), and came \(time.utcText)"
  }

  /// How long a statement may be under way before that is told, in seconds.
  private static let delay: Int64 = 300
}

/// Declarations of one kind, as a rule takes them.
struct DeclarationTally {
  /// What counts, the first stated first. `age` is counted from the signer's time: what was signed long
  /// ago is old, also where it came late.
  private(set) var counted: [StatedDeclaration] = []
  /// What does not, each with why.
  private(set) var others: [(stated: StatedDeclaration, why: String)] = []

  /// Those of `kind` by one of `by`, or by anybody where that is nil, and no older than `age`.
  init(
    _ all: [StatedDeclaration], _ kind: Declaration.Kind, by: Who? = nil, age: Int64? = nil,
    at instant: Instant
  ) {
    let order = { (left: StatedDeclaration, right: StatedDeclaration) in
      (left.time, left.declaration.recorded, left.digest)
        < (right.time, right.declaration.recorded, right.digest)
    }
    for stated in all.sorted(by: order) where stated.declaration.kind == kind {
      if let fault = stated.fault {
        others.append((stated, fault))
      } else if let by, !by.contains(stated.person) {
        others.append((stated, "is by nobody whom the rule names"))
      } else if let age, stated.declaration.recorded.seconds < instant.seconds - age {
        others.append(
          (
            stated,
            "is of \(stated.declaration.recorded.utcText), and may be \(durationWords(age)) old"
          ))
      } else {
        counted.append(stated)
      }
    }
  }

  /// What counts under a name.
  func counted(_ name: String) -> [StatedDeclaration] {
    counted.filter { $0.declaration.name.elementsEqual(name.utf8) }
  }

  /// Why others under a name do not count, for people.
  func findings(_ name: String) -> [Finding] {
    others.filter { $0.stated.declaration.name.elementsEqual(name.utf8) }.map {
      Finding(name.cut(to: 60), "\($0.stated.source), \($0.why)")
    }
  }
}

extension Matter {
  /// The verdict of `judge` on what is declared about the commit; a deletion has none.
  func judgedDeclarations(_ judge: ([StatedDeclaration]) -> Verdict) -> Verdict {
    guard update.kind != .delete else { return .notApplicable("nothing is declared of a deletion") }
    return facts.declarations.judged(judge)
  }
}
