internal import Evidence
public import GitModel

/// What the incidents of a release come to: which are open, and which are over and were not looked at
/// since. Pure: of what is declared about the commit of its tag.
public struct IncidentState: Hashable, Sendable {
  /// The ids of those that are open, in their order.
  public private(set) var open: [Bytes] = []
  /// The ids of those that are over and that no review followed.
  public private(set) var unreviewed: [Bytes] = []

  /// No incidents.
  public init() {}

  /// Those of the release at `ref`, by what is declared about its commit. What counts for nothing, or is
  /// said by nobody whom `steps` names, opens and ends nothing.
  public init(_ all: [StatedDeclaration], on ref: RefName, _ steps: ReleaseSteps) {
    self.init()
    for item in ReleaseStep.ordered(all, [:]) where item.stated.declaration.ref == ref {
      guard item.stated.fault == nil, let said = try? ReleaseStatement(item.stated.declaration),
        let step = said.step, steps.allows(item.stated.person, step)
      else { continue }
      _ = take(said)
    }
  }

  /// Whether nothing is open, and all that is over was looked at.
  public var isSettled: Bool { open.isEmpty && unreviewed.isEmpty }

  /// Takes in what is said next; why it counts for nothing where it does.
  mutating func take(_ said: ReleaseStatement) -> String? {
    switch said {
    case .incident(let id, isOpen: true):
      if open.contains(id) { return "incident \(id.prefix(60).printable) is open already" }
      open.append(id)
    case .incident(let id, isOpen: false):
      guard let place = open.firstIndex(of: id) else {
        return "no incident \(id.prefix(60).printable) is open"
      }
      open.remove(at: place)
      if !unreviewed.contains(id) { unreviewed.append(id) }
    case .review:
      if !open.isEmpty { return "\(words) is open" }
      unreviewed = []
    case .signOff, .deployed, .rollout, .rollback, .announced, .close: break
    }
    return nil
  }

  /// The incidents that are open: `incident 4711`.
  var words: String {
    "incident \(listed(open.prefix(3).map { $0.prefix(60).printable }))\(open.count > 3 ? "..." : "")"
  }
}
