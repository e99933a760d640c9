// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Only who may do it creates, updates, rewinds or deletes the ref.
///
/// What counts is the pusher whom the server authenticated, never a name in a commit.
public struct Pushers: Rule {
  public static let id: RuleID = "pushers"
  public static let summary = "only who may do it creates, updates, rewinds or deletes the ref"

  /// Who may do each kind of update. A kind that is not in it is free to everybody.
  public let allowed: [UpdateKind: Who]

  public init(from reader: SettingsReader, context: PolicyContext) {
    let stated = UpdateKind.allCases.compactMap { kind in
      reader.who(kind.rawValue, context).map { (kind, $0) }
    }
    var allowed = Dictionary(stated) { first, _ in first }
    if let any = reader.who("any", context) {
      for kind in UpdateKind.allCases where allowed[kind] == nil { allowed[kind] = any }
    }
    self.allowed = allowed
    if reader.lacks(UpdateKind.allCases.map(\.rawValue) + ["any"]) {
      reader.problems.add(
        "`pushers` restricts nothing", at: reader.position,
        hint: "give it create, update, rewind, delete or any, as in `pushers: {delete: []}`")
    }
  }

  public var needs: Needs {
    // An update and a rewind need telling apart only where not the same people may do both.
    allowed[.update] == allowed[.rewind] ? Needs() : Needs(.ancestry)
  }

  public func judge(_ matter: Matter) -> Verdict {
    if matter.update.kind == .update, allowed[.update] == allowed[.rewind] {
      return judge(matter, doing: .update)
    }
    return matter.kind.judged { judge(matter, doing: $0) }
  }

  private func judge(_ matter: Matter, doing kind: UpdateKind) -> Verdict {
    let what = "\(kind.rawValue) \(matter.update.name.short)"
    guard let who = allowed[kind] else { return .notApplicable("everybody may \(what)") }
    // Where nobody may, it does not matter who pushes.
    if who.people.isEmpty { return .violated(.nobodyMay(what, who, matter)) }
    switch matter.knownPusher {
    case .failure(let why):
      return .indeterminate(
        "not everybody may \(what): \(why.words)",
        fix: [
          matter.pusher == nil
            ? "push to a server that knows who pushes"
            : "add the login to a person under `people` in the policy"
        ])
    case .success(let person):
      return who.contains(person.id)
        ? .satisfied("\(person.id) may \(what)")
        : .violated(.mayNot(person, what, who, matter))
    }
  }
}

extension Explanation {
  fileprivate static func nobodyMay(_ what: String, _ who: Who, _ matter: Matter) -> Explanation {
    Explanation(
      "nobody may \(what)",
      expected: who.names.isEmpty ? nil : "pushed by \(who.words(matter.people))",
      fixes: ["leave \(matter.update.name.short) out of the push"])
  }

  fileprivate static func mayNot(
    _ person: Person, _ what: String, _ who: Who, _ matter: Matter
  ) -> Explanation {
    let words = who.words(matter.people)
    return Explanation(
      "\(person.id) may not \(what)", expected: "pushed by \(words)",
      fixes: ["ask \(words) to push it"])
  }
}
