internal import Evidence
public import GitModel

/// What the incidents of a release come to: which are open, and which are over and were not looked at
/// since. Pure: of what is declared about the commit of its tag.
public struct IncidentState: Hashable, Sendable {
  /// An incident that is open, and who opened it.
  private struct Opened: Hashable {
    let id: Bytes
    let person: String
  }

  /// An incident that is over, and that no review followed.
  private struct Ended: Hashable {
    let id: Bytes
    /// Who alone opened and ended it, and so does not review it; nil where there is nobody like that.
    let loner: String?
  }

  /// The ids of those that are open, in their order.
  public var open: [Bytes] { opened.map(\.id) }
  /// The ids of those that are over and that no review followed.
  public var unreviewed: [Bytes] {
    var seen: Set<Bytes> = []
    return ended.map(\.id).filter { seen.insert($0).inserted }
  }

  /// Those who alone opened and ended an incident that is to be looked at: none of them does that.
  public var loners: [String] { Set(ended.compactMap(\.loner)).sorted() }

  private var opened: [Opened] = []
  private var ended: [Ended] = []

  /// No incidents.
  public init() {}

  /// Those of the release at `ref`, by what is declared about its commit. What counts for nothing, or is
  /// said by nobody whom `terms` name, opens and ends nothing.
  public init(
    _ all: [StatedDeclaration], on ref: RefName, _ terms: ReleaseTerms, _ people: People
  ) {
    self.init()
    for stated in ReleaseStep.ordered(all) where stated.declaration.ref == ref {
      guard stated.fault == nil, let said = try? ReleaseStatement(stated.declaration),
        let step = said.step, stated.isOfPast || terms.steps.allows(stated.person, step)
      else { continue }
      _ = take(said, by: stated.person, terms, people)
    }
  }

  /// Whether nothing is open, and all that is over was looked at.
  public var isSettled: Bool { opened.isEmpty && ended.isEmpty }

  /// Takes in what somebody says next; why it counts for nothing where it does.
  mutating func take(
    _ said: ReleaseStatement, by person: String, _ terms: ReleaseTerms, _ people: People
  ) -> String? {
    switch said {
    case .incident(let id, isOpen: true):
      if open.contains(id) { return "incident \(id.prefix(60).printable) is open already" }
      opened.append(Opened(id: id, person: person))
    case .incident(let id, isOpen: false):
      guard let place = open.firstIndex(of: id) else {
        return "no incident \(id.prefix(60).printable) is open"
      }
      let isLoner = opened.remove(at: place).person == person && !(terms.review?.isAlone ?? false)
      ended.append(Ended(id: id, loner: isLoner ? person : nil))
    case .review:
      if !open.isEmpty { return "\(words) is open" }
      if let fault = loneliness(of: person, terms, people) { return fault }
      ended = []
    case .signOff, .deployed, .rollout, .rollback, .announced, .close: break
    }
    return nil
  }

  /// The incidents that are open: `incident 4711`.
  var words: String {
    "incident \(listed(open.prefix(3).map { $0.prefix(60).printable }))\(open.count > 3 ? "..." : "")"
  }

  /// Why a person cannot be who looks at the incidents; nil where they can.
  func loneliness(
    of person: String, _ terms: ReleaseTerms, _ people: People
  ) -> String? {
    guard let own = ended.first(where: { $0.loner == person }) else { return nil }
    let what = "\(person) alone opened and ended incident \(own.id.prefix(60).printable)"
    let others =
      (terms.steps.people[.review]?.people ?? Set(people.all.filter { !$0.isBot }.map(\.id)))
      .subtracting([person])
    return others.isEmpty
      ? "\(what), and the policy names nobody else who may review it: name somebody under `release: steps: review`, or write `release: review: {alone: true}`"
      : "\(what), and somebody else is to review that"
  }
}
