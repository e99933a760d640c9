public import Evidence
public import GitModel

/// What somebody says of a release.
public enum ReleaseStatement: Hashable, Sendable {
  /// Of what people are told.
  public enum Announcement: String, Hashable, Sendable, CaseIterable {
    /// What is going to be released.
    case scope
    /// What came of it.
    case result
  }

  /// It may go out.
  case signOff
  /// It runs in an environment.
  case deployed(Bytes)
  /// It reached a stage.
  case rollout(Bytes)
  /// Something is wrong with it, or is over.
  case incident(Bytes, isOpen: Bool)
  /// It was taken back, and this tag runs instead.
  case rollback(Bytes)
  /// People were told.
  case announced(Announcement)
  /// It was looked at.
  case review
  /// It is done with.
  case close

  /// What a declaration says of a release; nil where it is about something else.
  ///
  /// - Throws: a clause where it is of such a kind, and says nothing.
  init?(_ said: Declaration) throws(Fault) {
    switch said.kind {
    case .signOff: self = .signOff
    case .deployed: self = .deployed(said.name)
    case .rollout: self = .rollout(said.name)
    case .incident:
      guard !said.name.isEmpty else { throw Fault(words: "it names no incident") }
      switch said.value {
      case Bytes("open".utf8): self = .incident(said.name, isOpen: true)
      case Bytes("resolved".utf8): self = .incident(said.name, isOpen: false)
      default:
        throw Fault(
          words: "it says `\(said.value.prefix(40).printable)`, and neither open nor resolved")
      }
    case .rollback: self = .rollback(said.name)
    case .announced:
      let name = String(decoding: said.name, as: UTF8.self)
      guard let what = Announcement(rawValue: name) else {
        throw Fault(
          words: "`\(said.name.prefix(40).printable)` is announced, and neither scope nor result")
      }
      self = .announced(what)
    case .review: self = .review
    case .close: self = .close
    case .checklist, .override, .artifact, .freeze, .duty, .revocation: return nil
    }
  }

  /// Why a declaration says nothing.
  struct Fault: Error, Hashable {
    let words: String
  }

  /// Its kind, and what stands under `name` and `value` of its declaration.
  public var parts: (kind: Declaration.Kind, name: Bytes, value: Bytes) {
    switch self {
    case .signOff: (.signOff, [], [])
    case .deployed(let environment): (.deployed, environment, [])
    case .rollout(let stage): (.rollout, stage, [])
    case .incident(let id, let isOpen): (.incident, id, Bytes((isOpen ? "open" : "resolved").utf8))
    case .rollback(let tag): (.rollback, tag, [])
    case .announced(let what): (.announced, Bytes(what.rawValue.utf8), [])
    case .review: (.review, [], [])
    case .close: (.close, [], [])
    }
  }

  /// The step that it is; nil for what comes before the tag.
  public var step: ReleaseSteps.Step? {
    switch self {
    case .signOff, .deployed: nil
    case .rollout: .rollout
    case .incident: .incident
    case .rollback: .rollback
    case .announced: .announced
    case .review: .review
    case .close: .close
    }
  }

  /// What it says, for people: `rollout to canary-5`.
  public var words: String {
    switch self {
    case .signOff: "signed off"
    case .deployed(let environment): "deployed to \(environment.prefix(60).printable)"
    case .rollout(let stage): "rolled out to \(stage.prefix(60).printable)"
    case .incident(let id, let isOpen):
      "incident \(id.prefix(60).printable) \(isOpen ? "opened" : "resolved")"
    case .rollback(let tag): "rolled back to \(tag.prefix(60).printable)"
    case .announced(let what): "\(what.rawValue) announced"
    case .review: "reviewed"
    case .close: "closed"
    }
  }

  /// What comes first of what is said in the same second.
  var rank: Int {
    switch self {
    case .signOff: 0
    case .deployed: 1
    case .announced(.scope): 2
    case .rollout: 3
    case .incident(_, isOpen: true): 4
    case .incident: 5
    case .rollback: 6
    case .announced: 7
    case .review: 8
    case .close: 9
    }
  }
}
