import GitModel
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// THREATS.md B: names that look like others, say things to terminals, or are something else.
@Suite struct RefNameGateTests {
  static let bad: [(String, Bytes)] = [
    ("Cyrillic a", Bytes("refs/heads/m\u{430}in".utf8)),
    ("bidi override", Bytes("refs/heads/wip/a\u{202E}b".utf8)),
    ("zero width", Bytes("refs/heads/wip/a\u{200B}b".utf8)),
    ("C1 control", Bytes("refs/heads/wip/".utf8) + [0xC2, 0x9B] + Bytes("31m".utf8)),
    ("escape", Bytes("refs/heads/wip/\u{1B}[31m".utf8)),
    ("carriage return", Bytes("refs/heads/wip/a\r".utf8)),
    ("NUL", Bytes("refs/heads/wip/a\0b".utf8)),
    ("DEL", Bytes("refs/heads/wip/a\u{7F}".utf8)),
    ("no UTF-8", Bytes("refs/heads/wip/a".utf8) + [0xE9, 0xFF]),
    ("cut UTF-8", Bytes("refs/heads/wip/a".utf8) + [0xF0, 0x9F]),
    ("surrogate", Bytes("refs/heads/wip/a".utf8) + [0xED, 0xA0, 0x80]),
    ("backtick", Bytes("refs/heads/wip/`id`".utf8)),
    ("semicolon", Bytes("refs/heads/wip/a;b".utf8)),
    ("quote", Bytes("refs/heads/wip/a\"b'".utf8)),
    ("backslash", Bytes("refs/heads/wip/\\u{41}\\x41".utf8)),
    ("dollar", Bytes("refs/heads/$(id)".utf8)),
    ("300 bytes", Bytes("refs/heads/\(String(repeating: "a", count: 300))".utf8)),
    ("300 combining marks", Bytes("refs/heads/e\(String(repeating: "\u{301}", count: 300))".utf8)),
    ("40 hex", Bytes("refs/heads/\(String(repeating: "ab", count: 20))".utf8)),
    ("64 hex", Bytes("refs/tags/\(String(repeating: "AB", count: 32))".utf8)),
    ("HEAD", Bytes("refs/heads/HEAD".utf8)),
    ("head", Bytes("refs/tags/head".utf8)),
    ("at", Bytes("refs/heads/@".utf8)),
    ("full name", Bytes("refs/heads/refs/heads/main".utf8)),
    ("tag with a full name", Bytes("refs/tags/refs/heads/main".utf8)),
    ("heads in tags", Bytes("refs/tags/heads/main".utf8)),
    ("tags in heads", Bytes("refs/heads/tags/v1".utf8)),
    ("remotes in heads", Bytes("refs/heads/remotes/origin/main".utf8)),
    ("option", Bytes("refs/heads/-x".utf8)),
    ("dots", Bytes("refs/heads/../../config".utf8)),
    ("dot", Bytes("refs/heads/./main".utf8)),
    ("lock", Bytes("refs/heads/main.lock".utf8)),
    ("lock folder", Bytes("refs/heads/main.lock/x".utf8)),
    ("slashes", Bytes("refs/heads//main".utf8)),
    ("slash at the end", Bytes("refs/heads/main/".utf8)),
    ("notes", Bytes("refs/notes/x".utf8)),
    ("no refs", Bytes("heads/main".utf8)),
    ("only refs", Bytes("refs/".utf8)),
    ("only heads", Bytes("refs/heads/".utf8)),
    ("capital refs", Bytes("REFS/heads/main".utf8)),
    ("absolute", Bytes("/etc/passwd".utf8)),
  ]

  @Test(arguments: bad)
  func badNames(_ what: String, _ name: Bytes) throws {
    let server = try Server()
    let zeros = String(repeating: "0", count: 40)
    for (old, new) in [(zeros, server.main.hex), (server.main.hex, zeros)] {
      let outcome = try server.judge(Bytes("\(old) \(new) ".utf8) + name + [10])
      #expect(outcome.answer == .refused, "\(what)")
      // Nothing raw comes back, neither to the terminal nor into the log.
      for scalar in outcome.words.unicodeScalars {
        #expect(scalar == "\n" || scalar.value >= 0x20 && scalar.value != 0x7F, "\(what)")
        #expect(!(0x80...0x9F).contains(scalar.value), "\(what)")
        #expect(!["\u{202E}", "\u{200B}"].contains(scalar), "\(what)")
      }
    }
    let entries = try server.entries()
    #expect(entries.count == 2)
    #expect(entries.allSatisfy { $0.line.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }, "\(what)")
    #expect(try server.audit().faults == [], "\(what)")
  }

  @Test func oneNameInTwoSpellings() throws {
    let server = try Server()
    let outcome = try server.judge(
      server.line("wip/caf\u{E9}", server.main, from: .zero),
      server.line("wip/cafe\u{301}", server.main, from: .zero))
    #expect(outcome.answer == .refused)
    #expect(outcome.decision.updates.count == 2)
    #expect(outcome.refusing.count == 2)
  }

  @Test func patternsAreAnchored() throws {
    let server = try Server()
    let id = try server.commit("unapproved\n", on: [server.main])
    let guarded = ["main", "release/1.0"]
    let free = ["main2", "xmain", "x/main", "release/1.0/evil", "releasex/1", "releases", "mai"]
    for name in guarded + free {
      let outcome = try server.judge(server.line(name, id))
      #expect(outcome.decision.updates.map(\.isGuarded) == [guarded.contains(name)], "\(name)")
      #expect(outcome.answer == (guarded.contains(name) ? .refused : .accepted), "\(name)")
    }
  }

  @Test func badNameFromBeforeMayGo() throws {
    let server = try Server()
    let names = ["refs/heads/caf\u{E9}", "refs/heads/a;b", "refs/heads/HEAD"]
    for name in names { try server.set(name, server.main) }
    // Bytes that are no text at all.
    try write(
      "\(server.main.hex)\n", to: server.repo.path + "/refs/heads/x")
    try server.repo.git("pack-refs", "--all")
    var packed = contents(of: server.repo.path + "/packed-refs") ?? []
    packed += Bytes("\(server.main.hex) refs/heads/z".utf8) + [0xFF, 10]
    try write(packed, to: server.repo.path + "/packed-refs")
    #expect(try server.judge(server.line("wip/a", server.main)).answer == .accepted)
    #expect(try server.audit().faults == [])
    for name in names {
      let outcome = try server.push(server.line(name, .zero))
      #expect(outcome.answer == .accepted, "\(name)")
      #expect(try server.audit().faults == [], "\(name)")
    }
    let raw = Bytes("\(server.main.hex) \(ObjectID.zero.hex) refs/heads/z".utf8) + [0xFF, 10]
    #expect(try server.judge(raw).answer == .accepted)
    #expect(try server.audit().faults == [], "permitted and not applied yet")
    packed = contents(of: server.repo.path + "/packed-refs") ?? []
    try write(Bytes(packed.dropLast(41 + 14)), to: server.repo.path + "/packed-refs")
    #expect(try server.audit().faults == [], "applied")
  }

  @Test func rulesetsOpenNamespaces() throws {
    let server = try Server(
      Server.policy + """
          - name: notes
            refs: ["refs/notes/**", "refs/meta/config"]
            rules:
              fast-forward-only:

        """)
    let id = server.main
    #expect(try server.judge(server.line("refs/notes/ci", id)).answer == .accepted)
    #expect(try server.judge(server.line("refs/meta/config", id)).answer == .accepted)
    for name in [
      "refs/notes", "refs/notesx/ci", "refs/meta/other", "refs/gitrel/log",
      "refs/replace/\(id.hex)",
    ] {
      #expect(try server.judge(server.line(name, id, from: .zero)).answer == .refused, "\(name)")
    }
  }

  /// A ruleset that guards everything was not written with notes or a forge's refs in mind.
  @Test(arguments: ["refs/**", "refs/*/**", "refs/?/**", "refs/[x]/**", "refs/x*/**", "refs/**/y"])
  func onlyAPlaceThatIsWrittenOutIsOpened(_ pattern: String) throws {
    let server = try Server(
      Server.policy + """
          - name: everything
            refs: ["\(pattern)"]
            rules:
              no-delete:

        """)
    let outcome = try server.judge(server.line("refs/x/y", server.main))
    #expect(outcome.refusing == ["refs/x/y ref-name"])
    #expect(outcome.words.contains("refs: [\"refs/x/**\"]"))
    // Branches and tags need no opening.
    #expect(try server.judge(server.line("wip/y", server.main)).answer == .accepted)
    #expect(try server.judge(server.line("refs/tags/y", server.main)).answer == .accepted)
  }

  @Test(arguments: ["refs/x/**", "refs/x/y", "refs/{x,y}/*", "refs/x/[a-z]"])
  func aPlaceThatIsWrittenOutIsOpened(_ pattern: String) throws {
    let server = try Server(
      Server.policy + """
          - name: everything
            refs: ["refs/**", "\(pattern)", "!refs/x/z"]
            rules:
              no-delete:

        """)
    #expect(try server.judge(server.line("refs/x/y", server.main)).answer == .accepted)
    #expect(try server.judge(server.line("refs/x/z", server.main)).answer == .refused)
    #expect(try server.judge(server.line("refs/z/y", server.main)).answer == .refused)
  }

  @Test func noRulesetOpensWhatIsGitrels() throws {
    let server = try Server(
      Server.policy + """
          - name: everything
            refs: ["refs/**", "refs/gitrel/**", "refs/replace/**"]
            rules:
              no-delete:

        """)
    for name in ["refs/gitrel/log", "refs/gitrel/x", "refs/replace/\(server.main.hex)"] {
      #expect(try server.judge(server.line(name, server.main)).answer == .refused, "\(name)")
    }
  }
}
