import GitModel
import Testing

@Suite("CODEOWNERS")
struct CodeOwnersTests {
  private func read(_ text: String, _ syntax: CodeOwners.Syntax = .github) -> CodeOwners {
    CodeOwners(Bytes(text.utf8), syntax: syntax)
  }

  private func faults(_ text: String, _ syntax: CodeOwners.Syntax) -> [String] {
    read(text, syntax).faults.map(\.description)
  }

  /// The lines that decide over a path, as `line:owner,owner`.
  private func deciding(_ path: String, _ owners: CodeOwners) -> [String] {
    owners.deciding(Bytes(path.utf8)[...]).map { _, entry in
      "\(entry.line):\(entry.owners.map(\.text.printable).joined(separator: ","))"
    }
  }

  @Test("paths as GitHub means them", arguments: githubPaths)
  func github(_ pattern: String, _ owned: [String], _ others: [String]) {
    let owners = read("\(pattern) @a\n")
    #expect(owners.faults == [])
    for path in owned { #expect(deciding(path, owners) == ["1:@a"], "\(pattern) and \(path)") }
    for path in others { #expect(deciding(path, owners) == [], "\(pattern) and \(path)") }
  }

  static let githubPaths: [(String, [String], [String])] = [
    ("*", ["a", "a/b/c", ".github/x"], []),
    ("**", ["a", "a/b/c"], []),
    ("*.js", ["a.js", "x/y/a.js", "lib.js/a"], ["a.jsx", "js"]),
    ("/*.js", ["a.js"], ["x/a.js"]),
    ("/build/logs/", ["build/logs/a", "build/logs/b/c"], ["build/logs", "x/build/logs/a"]),
    ("docs/*", ["docs/a.md"], ["docs/b/a.md", "x/docs/a.md"]),
    ("docs/*.md", ["docs/a.md"], ["docs/b/a.md"]),
    ("docs/**", ["docs/a.md", "docs/b/a.md"], ["docs", "x/docs/a"]),
    ("docs/**/*.md", ["docs/a.md", "docs/b/c/a.md"], ["docs/a.txt"]),
    ("apps/", ["apps/a", "x/apps/a/b"], ["apps", "apps2/a"]),
    ("/apps/", ["apps/a"], ["x/apps/a"]),
    ("/apps", ["apps", "apps/a/b"], ["x/apps"]),
    ("apps", ["apps", "x/apps", "x/apps/a/b"], ["apps2"]),
    ("apps/github", ["apps/github", "apps/github/a"], ["x/apps/github"]),
    ("**/logs", ["logs", "build/logs", "deeply/nested/logs/a"], ["logs2"]),
    ("/scripts/**", ["scripts/a", "scripts/a/b"], ["x/scripts/a"]),
    ("a**b", ["aXb", "ab"], ["a/b"]),
    ("a***b", ["aXb"], ["a/b"]),
    ("a?c", ["abc"], ["a/c", "ac"]),
    ("{a,b}.c", ["{a,b}.c"], ["a.c", "b.c"]),
    (#"/my\ notes/"#, ["my notes/a"], ["my/a", #"my\ notes/a"#]),
    (#"a\*"#, ["a*"], ["ab"]),
    ("A.md", ["A.md"], ["a.md"]),
  ]

  @Test("paths as GitLab means them", arguments: gitlabPaths)
  func gitlab(_ pattern: String, _ owned: [String], _ others: [String]) {
    let owners = read("\(pattern) @a\n", .gitlab)
    #expect(owners.faults == [])
    for path in owned { #expect(deciding(path, owners) == ["1:@a"], "\(pattern) and \(path)") }
    for path in others { #expect(deciding(path, owners) == [], "\(pattern) and \(path)") }
  }

  /// What `File.fnmatch` of Ruby says with `FNM_PATHNAME | FNM_DOTMATCH`.
  static let gitlabPaths: [(String, [String], [String])] = [
    ("*", ["a", "a/b/c", ".gitlab/x"], []),
    ("/", ["a", "a/b"], []),
    ("/*", ["a"], ["a/b"]),
    ("*.rb", ["a.rb", "x/a.rb"], ["a.rbx", "a.rb/x"]),
    ("README.md", ["README.md", "x/README.md"], ["README.md/x"]),
    ("/README.md", ["README.md"], ["x/README.md"]),
    ("docs/", ["docs/a", "docs/b/a", "x/docs/a"], ["docs"]),
    ("/docs/", ["docs/a", "docs/b/a"], ["x/docs/a"]),
    ("/docs", ["docs"], ["docs/a"]),
    ("docs/api.md", ["docs/api.md", "x/docs/api.md"], ["docs/api.md/x"]),
    ("/docs/*.md", ["docs/a.md"], ["docs/b/a.md"]),
    ("/docs/**/*.md", ["docs/a.md", "docs/b/c/a.md"], []),
    ("/docs/**", ["docs/a"], ["docs/b/a"]),
    ("/docs/**/", ["docs/a", "docs/b/a"], ["x/docs/a"]),
    ("**/c", ["c", "a/b/c"], ["cc"]),
    ("/[ab].c", ["a.c", "b.c"], ["c.c", "[ab].c"]),
    ("/[^ab].c", ["c.c"], ["a.c"]),
    ("/[!ab].c", ["c.c"], ["a.c"]),
    (#"/\[x\]"#, ["[x]"], ["x"]),
    ("\\#notes", ["#notes"], ["notes"]),
    (#"path\ with\ spaces/"#, ["path with spaces/a"], ["path/a"]),
    ("{a,b}.c", ["{a,b}.c"], ["a.c"]),
  ]

  @Test("owners as they are written")
  func owners() {
    let text = "* @alice @org/team docs@example.com @a@b.example @@maintainers nobody @ x@ @@\n"
    let entry = read(text).sections[0].entries[0]
    #expect(
      entry.owners == [
        .login(Bytes("alice".utf8)), .team(Bytes("org/team".utf8)),
        .address(Bytes("docs@example.com".utf8)), .address(Bytes("a@b.example".utf8)),
        .role(Bytes("maintainers".utf8)), .other(Bytes("nobody".utf8)), .other(Bytes("@".utf8)),
        .other(Bytes("x@".utf8)), .other(Bytes("@@".utf8)),
      ])
  }

  @Test("the last match decides; a line without owners gives nobody")
  func lastMatch() {
    let owners = read(
      """
      \u{FEFF}# everything
      *       @global @other   # both of them
      *.js    @js\r
      /apps/  @apps
      /apps/github
      """)
    #expect(owners.count == 4)
    #expect(deciding("a", owners) == ["2:@global,@other"])
    #expect(deciding("x/a.js", owners) == ["3:@js"])
    #expect(deciding("apps/a.js", owners) == ["4:@apps"])
    #expect(deciding("apps/github/a.js", owners) == ["5:"])
  }

  @Test("each section decides for itself")
  func sections() {
    let owners = read(
      """
      * @all
      [Docs][2] @writer @other
      *.md
      !CHANGELOG.md
      CHANGELOG.md @late
      docs/api.md @api   # and a word
      ^[Style] @css
      *.css
      [docs][3]
      *.txt
      ^[DOCS] @third
      *.rst
      """, .gitlab)
    #expect(owners.faults == [])
    #expect(owners.sections.map { $0.name?.printable } == [nil, "Docs", "Style"])
    #expect(owners.sections.map(\.isOptional) == [false, false, true])
    #expect(owners.sections.map(\.minimum) == [1, 3, 1])
    #expect(deciding("a.md", owners) == ["1:@all", "3:@writer,@other"])
    // What is taken out stays out.
    #expect(deciding("CHANGELOG.md", owners) == ["1:@all"])
    #expect(deciding("x/docs/api.md", owners) == ["1:@all", "6:@api"])
    #expect(deciding("a.css", owners) == ["1:@all", "8:@css"])
    // The owners are those of the heading right above, and there are none there.
    #expect(deciding("a.txt", owners) == ["1:@all", "10:"])
    #expect(deciding("a.rst", owners) == ["1:@all", "12:@third"])
    #expect(owners.sections[1].entries.map(\.ownersLine) == [2, 2, 5, 6, 9, 11])
  }

  @Test("what a host would skip or guess at is a fault", arguments: unread)
  func faulty(_ text: String, _ syntax: CodeOwners.Syntax, _ expected: [String]) {
    #expect(faults(text, syntax) == expected)
  }

  static let unread: [(String, CodeOwners.Syntax, [String])] = [
    ("!a @x", .github, ["line 1 `!a` starts with `!`, which GitHub does not read"]),
    ("#\n\\#a @x", .github, ["line 2 `#a` starts with `\\#`, which GitHub does not read"]),
    ("[ab].c @x", .github, ["line 1 `[ab].c` has `[ ]`, which GitHub does not read"]),
    ("[Docs] @x", .github, ["line 1 `[Docs]` has `[ ]`, which GitHub does not read"]),
    ("/ @x", .github, ["line 1 `/` matches no path"]),
    ("// @x", .gitlab, ["line 1 `//` matches no path"]),
    ("a//b @x", .github, ["line 1 `a//b` has two `/` with nothing between them"]),
    ("./a @x", .github, ["line 1 `./a` has a part `.`, which no path has"]),
    ("a/../b @x", .gitlab, ["line 1 `a/../b` has a part `..`, which no path has"]),
    ("a\\", .github, ["line 1 `a` has a backslash with nothing behind it"]),
    ("[Docs @x", .gitlab, ["line 1 `[Docs` has a `[` without its `]`"]),
    ("[] @x", .gitlab, ["line 1 `[] @x` begins as a heading does and is none"]),
    ("[a][x] @x", .gitlab, ["line 1 `[a][x] @x` begins as a heading does and is none"]),
    ("[a][101]", .gitlab, ["line 1 `[a][101]` begins as a heading does and is none"]),
    ("[a]b @x", .gitlab, ["line 1 `[a]b @x` begins as a heading does and is none"]),
    ("/[a\\]]b @x", .gitlab, ["line 1 `/[a]]b` has a backslash in `[ ]`, which is not read"]),
    ("*.md # @x", .gitlab, ["line 1 `*.md` has a comment where its owners would stand"]),
    ("[Docs] # @x", .gitlab, ["line 1 `Docs` has a comment where its owners would stand"]),
    ("# a\r* @x", .github, ["line 1 has a CR inside"]),
    ("*\u{0} @x", .github, ["line 1 has a NUL byte: this is no text"]),
    ("\u{1B}[2J//x @x", .github, ["line 1 `\\u{1b}[2J//x` has `[ ]`, which GitHub does not read"]),
    ("[a][0]\n*.md @x\n!b # why", .gitlab, []),
  ]

  @Test("by whose rules a file is read", arguments: syntaxes)
  func usual(_ path: String, _ text: String, _ syntax: CodeOwners.Syntax) {
    #expect(CodeOwners.usualSyntax(of: Bytes(text.utf8), at: path) == syntax)
  }

  static let syntaxes: [(String, String, CodeOwners.Syntax)] = [
    ("CODEOWNERS", "* @a", .github), ("docs/CODEOWNERS", "* @a\n ^[Docs][2] @b", .gitlab),
    (".github/CODEOWNERS", "[Docs]\n* @a", .github), (".gitlab/CODEOWNERS", "* @a", .gitlab),
    ("CODEOWNERS", "/[ab] @a\n[ab]c @a\n[Docs][x] @a", .github),
  ]

  @Test("a file that grows is bounded")
  func bounded() {
    let many = read(String(repeating: "* @a\n", count: CodeOwners.maximumEntries + 1))
    #expect(many.sections[0].entries.count == CodeOwners.maximumEntries)
    #expect(
      many.faults.map(\.description) == [
        "line 1 and the rest have 10001 patterns; at most 10000 are read"
      ])
    let sections = read((0...600).map { "[s\($0)]\n* @a\n" }.joined(), .gitlab)
    #expect(
      sections.faults.map(\.description) == [
        "line 1001 `s500` is one section too many; at most 500 are read"
      ])
    #expect(read(String(repeating: "// @a\n", count: 5_000)).faults.count == 1_000)
  }
}
