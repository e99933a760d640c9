internal import Evidence
internal import GitModel
public import Policy
public import Signing

/// Reads `allowed-signers`: a file of the policy's own place whose lines are keys of its people.
enum AllowedSignersReader {
  /// The people with the keys that the file lists for them, and the keys that certify others.
  static func people(
    _ reader: SettingsReader, _ people: [Person], place: PolicyPlace
  ) -> (people: [Person], authorities: [ListedAuthority]) {
    let problems = reader.problems
    guard let text = reader.text("allowed-signers") else { return (people, []) }
    let position = reader.node("allowed-signers")?.position ?? reader.position
    let shown = "`allowed-signers`: \(text.printableText)"
    func add(_ words: String, hint: String?) {
      problems.add("\(shown) \(words)", at: position, hint: hint)
    }
    let file: AllowedSigners
    do {
      file = try AllowedSigners(content: try place.bytes(ofFile: text))
    } catch {
      let fault = error as? ExtendsFault
      add(
        fault?.words ?? (error as? AllowedSigners.Fault)?.words ?? "cannot be read",
        hint: fault?.hint)
      return (people, [])
    }
    let holders = Dictionary(
      people.flatMap { person in person.emails.map { ($0, person.id) } }
    ) { first, _ in first }
    var owners: [SSHPublicKey: String] = [:]
    for person in people {
      for case .ssh(let key) in person.keys.compactMap({ try? PublicKey(text: $0.utf8) }) {
        owners[key] = "`\(person.id)` has under `keys`"
      }
    }
    var listed: [String: [ListedKey]] = [:]
    // A key that signs certificates signs nothing else.
    for entry in file.entries where !entry.isAuthority {
      guard let id = holder(of: entry, holders, add) else { continue }
      let mine = "`\(id)` has on another line"
      if let other = owners[entry.key], other != mine {
        add(
          "line \(entry.line) gives \(id) the key \(entry.key.fingerprint), which \(other)",
          hint: "one key, one person, one place")
        continue
      }
      owners[entry.key] = mine
      listed[id, default: []].append(ListedKey(entry))
    }
    return (
      people.map { person in listed[person.id].map { person.with(listedKeys: $0) } ?? person },
      file.authorities
    )
  }

  /// The one person whose addresses the principals are.
  private static func holder(
    of entry: AllowedSigners.Entry, _ holders: [Bytes: String], _ add: (String, String?) -> Void
  ) -> String? {
    var found: String?
    let principals = entry.principals.split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    for principal in principals {
      let shown = "line \(entry.line) names `\(principal.prefix(60).printable)`"
      guard !principal.contains(where: { "*?!".utf8.contains($0) }) else {
        add("\(shown), a pattern", "one key, one person: write the address")
        return nil
      }
      guard let id = holders[principal.asciiLowercased] else {
        add("\(shown), which is no address of anybody here", "state it under `emails` of a person")
        return nil
      }
      if let found, found != id {
        add("line \(entry.line) names \(found) and \(id)", "one key, one person")
        return nil
      }
      found = id
    }
    return found
  }
}

extension AllowedSigners {
  /// The keys that certify others.
  public var authorities: [ListedAuthority] {
    entries.filter(\.isAuthority).map {
      ListedAuthority(principals: $0.principals, key: ListedKey($0))
    }
  }
}

extension ListedKey {
  /// The key of a line, with its terms.
  public init(_ entry: AllowedSigners.Entry) {
    self.init(
      text: PublicKey.ssh(entry.key).text, line: entry.line, namespaces: entry.terms.namespaces,
      validAfter: entry.terms.validAfter, validBefore: entry.terms.validBefore)
  }
}

/// Reads `statements`: who may state what.
enum StatementRightsReader {
  static func rights(_ reader: SettingsReader, context: PolicyContext) -> StatementRights {
    guard let node = reader.node("statements") else { return .open }
    let inner = SettingsReader(node, name: "statements", problems: reader.problems)
    let isSigned = inner.flag("signed") ?? false
    var byKind: [String: Who] = [:]
    for key in StatementKind.names {
      guard let who = inner.who(key, context) else { continue }
      byKind[key] = who
      if who.people.isEmpty, who.names.allSatisfy({ context.people.roles[$0] != nil }) {
        reader.problems.add(
          "`\(key)` names nobody", at: inner.node(key)?.position ?? node.position,
          hint: "nobody could state it")
      }
    }
    let known = reader.problems.problems.count
    inner.finish()
    if !isSigned, byKind.isEmpty, reader.problems.problems.count == known {
      reader.problems.add(
        "`statements` asks for nothing", at: node.position,
        hint: "write `statements: {signed: true}` or `statements: {tests: [ci]}`")
    }
    return StatementRights(isSigned: isSigned, byKind: byKind)
  }
}
