import Policy

extension SettingsShape {
  /// How the reference calls what may stand here.
  var typeWords: String {
    var kinds = words.filter { $0 != .nothing }.map(\.typeWords)
    if let item = items.first { kinds = [item.listWords] }
    if isMap {
      kinds.append(values.first.map { "map to \($0.typeWords)" } ?? "map")
    }
    return kinds.joined(separator: " or ")
  }

  private var listWords: String {
    guard items.isEmpty, !isMap, words.count == 1 else { return "list" }
    return switch words[0] {
    case .text: "list"
    case .refPattern: "list of ref patterns"
    case .pathPattern: "list of path patterns"
    case .trailerKey: "list of trailer keys"
    case .pattern: "list of patterns"
    case .who: "list of people and roles"
    case .calendar: "list of calendars"
    case .choice(let words): "list of \(words.map { "`\($0)`" }.joined(separator: ", "))"
    default: "list of \(words[0].typeWords)"
    }
  }
}

extension SettingsShape.Word {
  fileprivate var typeWords: String {
    switch self {
    case .text: "text"
    case .number(let range):
      range.upperBound < 1_000_000
        ? "number, \(range.lowerBound) to \(range.upperBound)"
        : range.lowerBound == 0 ? "number" : "number, from \(range.lowerBound)"
    case .flag: "flag"
    case .choice(let words):
      words.count < 2
        ? words.map { "`\($0)`" }.joined()
        : words.dropLast().map { "`\($0)`" }.joined(separator: ", ") + " or `\(words.last ?? "")`"
    case .pattern: "pattern"
    case .refPattern: "ref pattern"
    case .pathPattern: "path pattern"
    case .percentage: "percentage"
    case .duration: "duration"
    case .size: "size"
    case .moment: "moment"
    case .trailerKey: "trailer key"
    case .who: "person or role"
    case .person: "person"
    case .calendar: "calendar"
    case .nothing: "nothing"
    }
  }
}
