import GitModel

/// Takes the vulnerabilities of a CycloneDX document in XML, in its own namespace since version 1.4
/// and in that of an extension before.
final class CycloneDXMLReport: XMLHandler {
  private static let textLimit = 1024

  @exclusivity(unchecked) private(set) var report = CycloneDXReport()
  @exclusivity(unchecked) private var tools: [Bytes] = []
  /// The names of the open elements below the root.
  @exclusivity(unchecked) private var path: [Element] = []
  @exclusivity(unchecked) private var vulnerability = CycloneDXReport.Vulnerability()
  @exclusivity(unchecked) private var rating = CycloneDXReport.Rating()
  /// The depth of the open vulnerability, 0 for none.
  @exclusivity(unchecked) private var vulnerabilityDepth = 0
  @exclusivity(unchecked) private var text = Bytes()

  /// The elements that are looked at.
  private enum Element {
    case vulnerability, id, ratings, rating, severity, score, base, method
    case analysis, state, affects, target, ref, metadata, tools, tool, components, component, name
    case other
  }

  func start(
    _ name: XMLName, _ attributes: XMLAttributes, depth: Int
  ) throws(XMLRefusal) -> Bool {
    if depth == 1 {
      try checkNamespace(attributes)
      return false
    }
    let element = Self.element(name)
    path.append(element)
    if name == "vulnerabilities" { report.noteScan() }
    if element == .vulnerability {
      guard vulnerabilityDepth == 0 else {
        throw XMLRefusal(words: "holds a vulnerability inside a vulnerability")
      }
      vulnerabilityDepth = depth
      vulnerability = CycloneDXReport.Vulnerability()
      begin(attributes)
    } else if element == .rating {
      rating = CycloneDXReport.Rating()
    }
    text.removeAll(keepingCapacity: true)
    return field != nil
  }

  func text(_ part: UnsafeBufferPointer<UInt8>) {
    text.append(contentsOf: part.prefix(Self.textLimit - min(text.count, Self.textLimit)))
  }

  func end(depth: Int) throws(XMLRefusal) {
    guard depth > 1 else { return }
    if let field {
      let value = Bytes(text.trimmed)
      switch field {
      case .id: vulnerability.id = value
      case .severity: rating.text = value
      case .score: rating.score = Double(String(decoding: value, as: UTF8.self)) ?? rating.score
      case .method: rating.method = value
      case .state: vulnerability.state = value
      case .affected: vulnerability.add(affected: value)
      case .tool: if tools.count < ScanFigures.toolsKept { tools.append(value) }
      }
      text.removeAll(keepingCapacity: true)
    }
    if vulnerabilityDepth > 0, path.last == .rating, depth == vulnerabilityDepth + 2 {
      vulnerability.add(rating)
    }
    if depth == vulnerabilityDepth {
      report.count(vulnerability)
      vulnerabilityDepth = 0
    }
    path.removeLast()
  }

  func finish() throws(XMLRefusal) { report.finish(tools: tools) }

  private func checkNamespace(_ attributes: XMLAttributes) throws(XMLRefusal) {
    var attributes = attributes
    while let attribute = attributes.next() {
      let value = attribute.value.bytes(limit: 200)
      if value.starts(with: "http://cyclonedx.org/schema/bom/".utf8) { return }
    }
    throw XMLRefusal(words: "is no CycloneDX: its root names no namespace of it")
  }

  private func begin(_ attributes: XMLAttributes) {
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "ref" {
        vulnerability.add(affected: attribute.value.bytes(limit: Self.textLimit))
      } else if attribute.name == "bom-ref" {
        vulnerability.reference = attribute.value.bytes(limit: Self.textLimit)
      }
    }
  }

  private enum Field { case id, severity, score, method, state, affected, tool }

  /// What the text of the innermost open element is, by where it stands.
  private var field: Field? {
    if vulnerabilityDepth > 0 {
      switch path[(vulnerabilityDepth - 1)...] {
      case [.id]: return .id
      case [.ratings, .rating, .severity]: return .severity
      case [.ratings, .rating, .score], [.ratings, .rating, .score, .base]: return .score
      case [.ratings, .rating, .method]: return .method
      case [.analysis, .state]: return .state
      case [.affects, .target, .ref]: return .affected
      default: return nil
      }
    }
    switch path {
    case [.metadata, .tools, .tool, .name], [.metadata, .tools, .components, .component, .name]:
      return .tool
    default: return nil
    }
  }

  private static func element(_ name: XMLName) -> Element {
    for (text, element) in names where name == text { return element }
    return .other
  }

  private static let names: [(StaticString, Element)] = [
    ("vulnerability", .vulnerability), ("id", .id), ("ratings", .ratings), ("rating", .rating),
    ("severity", .severity), ("score", .score), ("base", .base), ("method", .method),
    ("analysis", .analysis), ("state", .state), ("affects", .affects), ("target", .target),
    ("ref", .ref), ("metadata", .metadata), ("tools", .tools), ("tool", .tool),
    ("components", .components), ("component", .component), ("name", .name),
  ]
}
