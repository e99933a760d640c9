import GitModel
import Policy
import Testing

@testable import PolicyFile

@Suite("import: gitolite")
struct GitoliteImportTests {
  private static let conf = #"""
    @dev   = alice bob \
             carol
    @leads = alice      # who may do anything
    @staff = @dev dave

    repo gitolite-admin
        RW+ = admin

    repo shop
        RW+CD           = @leads
        -  master$      = bob
        RW master$      = @dev
        RW+ dev/        = @staff
        RW refs/tags/v[0-9] = alice
        R               = @all
        RW VREF/NAME/Makefile = alice
        -  VREF/NAME/Makefile = @staff
        -  VREF/COUNT/5 = @all
        config hooks.x  = y
        what is this
    repo shop-.*
        RW = dave
    include "more.conf"
    """#

  @Test("refs by refs, and the first line that matches has the say")
  func all() throws {
    let found = try imported("gitolite.conf", Self.conf)
    #expect(
      found.policy == """
        # add `emails` where there are none: approvals and commits name people by address
        people:
          alice: {emails: []}
          carol: {emails: []}
          bob: {emails: []}
          dave: {emails: []}

        roles:
          staff: [alice, bob, carol, dave]

        rulesets:
          - name: pushers of master
            refs: [master]
            rules:
              pushers: {create: [alice], update: [alice, carol], rewind: [alice], delete: [alice]}

          - name: 'pushers of dev/*'
            refs: ['dev/**']
            rules:
              pushers: {create: [alice], update: [staff], rewind: [staff], delete: [alice]}

          - name: 'pushers of refs/tags/v[0-9]*'
            refs: ['refs/tags/v[0-9]**']
            rules:
              pushers: {any: [alice]}

          - name: pushers of shop
            refs: ['**', 'refs/tags/**', '!master', '!dev/**', '!refs/tags/v[0-9]**']
            rules:
              pushers: {any: [alice]}

          - name: paths of VREF/NAME/Makefile
            refs: ['**']
            when: {pusher: [staff]}
            except: {pusher: [alice]}
            rules:
              paths: {forbidden: ['/Makefile**']}

        """)
    #expect(
      found.notes == [
        "gitolite.conf:1: people: alice, carol, bob, dave: the files do not say their addresses; add"
          + " `emails`: approvals and commits name people by address",
        "gitolite.conf:6: `repo gitolite-admin`: a policy speaks for one repository, here `shop`;"
          + " --repository gitolite-admin",
        "gitolite.conf:15: `R = @all`: a policy says nothing about reading; leave that to the server",
        "gitolite.conf:18: `VREF/COUNT/5`: it is a program; the rule `exec` is near to it",
        "gitolite.conf:19: `config hooks.x = y`: a policy sets nothing in the repository; set it with"
          + " `git config` there",
        "gitolite.conf:20: `what is this`: gitolite has no such line, or not here",
        "gitolite.conf:21: `repo shop-.*`: a policy speaks for one repository, here `shop`;"
          + " --repository shop-.*",
        "gitolite.conf:23: `include \"more.conf\"`: other files are not followed; import them at the"
          + " same time, or paste them in",
      ])
  }

  @Test("another repository, by an expression; everybody else may do nothing")
  func chosen() throws {
    let found = try imported("gitolite.conf", Self.conf, ImportOptions(repository: "shop-eu"))
    #expect(
      found.policy.hasSuffix(
        """
        rulesets:
          - name: pushers of shop-eu
            refs: ['**', 'refs/tags/**']
            rules:
              pushers: {create: [dave], update: [dave], rewind: [], delete: []}

        """))
  }

  @Test("everybody is nobody in particular")
  func everybody() throws {
    let found = try imported("gitolite.conf", "repo x\n RW main = @all\n - = bob\n RW+ = @all\n")
    #expect(
      found.policy == """
        # add `emails` where there are none: approvals and commits name people by address
        people:
          bob: {emails: []}

        rulesets:
          - name: 'pushers of main*, not for all'
            refs: ['main**']
            when: {pusher: [bob]}
            rules:
              pushers: {rewind: [], delete: []}

          - name: 'pushers of x, not for all'
            refs: ['**', 'refs/tags/**', '!main**']
            when: {pusher: [bob]}
            rules:
              pushers: {any: []}

        """)
  }

  /// The rulesets that a file makes, a line each, and the notes beside those on people.
  private static func carried(_ conf: String) throws -> [String] {
    let found = try imported("g", "repo x\n\(conf)\n")
    let rulesets = found.policy.split(separator: "rulesets:").last ?? ""
    let lines: [String] = rulesets.split(separator: "\n").map { String($0.drop { $0 == " " }) }
    let notes: [String] = found.notes.filter { !$0.contains(": people: ") }
    return lines.filter { $0 != "rules:" } + notes
  }

  @Test("what expressions say, and nothing looser where globs cannot", arguments: expressions)
  func expression(_ conf: String, _ expected: [String]) throws {
    let found = try Self.carried(conf)
    #expect(found == expected)
  }

  static let expressions: [(String, [String])] = [
    (
      "RW+ release/[0-9]+ = al",
      [
        "- name: 'pushers of release/[0-9]*'", "refs: ['release/[0-9]**']", "pushers: {any: [al]}",
        "# no line lets anybody push here", "- name: pushers of x",
        "refs: ['**', 'refs/tags/**', '!release/[0-9]**']", "pushers: {any: []}",
      ]
    ),
    (
      "RW+ (main|next)$ = al",
      [
        "- name: pushers of main", "refs: [main]", "pushers: {any: [al]}",
        "- name: pushers of next", "refs: [next]", "pushers: {any: [al]}",
        "# no line lets anybody push here", "- name: pushers of x",
        "refs: ['**', 'refs/tags/**', '!main', '!next']", "pushers: {any: []}",
      ]
    ),
    (
      "RW+ r/[0-9]+$ = al",
      [
        "# line 2 lets people push to some of these refs, and is not carried",
        "- name: pushers of x", "refs: ['**', 'refs/tags/**']", "pushers: {any: []}",
        "g:2: `r/[0-9]+$`: refs here are told by globs, and this is more: nobody gets through by it; write a ruleset for these refs, with `pushers`",
      ]
    ),
    // Who may not push `v1` to `v99` may not push `v1-beta` either.
    (
      "- refs/tags/v[0-9]+$ = al\nRW+ = al bo",
      [
        "- name: 'pushers of refs/tags/v*'", "refs: ['refs/tags/v**']", "pushers: {any: [bo]}",
        "- name: pushers of x", "refs: ['**', 'refs/tags/**', '!refs/tags/v**']",
        "pushers: {any: [al, bo]}",
        "g:2: `refs/tags/v[0-9]+$`: refs here are told by globs, and this is more: it forbids all of `refs/tags/v**`; write a ruleset for these refs, with `pushers`",
      ]
    ),
    (
      "- a|b = al\nRW+ = al bo",
      [
        "- name: pushers of x", "refs: ['**', 'refs/tags/**']", "pushers: {any: [bo]}",
        "g:2: `a|b`: refs here are told by globs, and this is more: it forbids all of `**, refs/tags/**`; write a ruleset for these refs, with `pushers`",
      ]
    ),
    (
      "@d = al bo\nRW+ personal/USER/ = @d",
      [
        "- name: 'pushers of personal/al/*'", "refs: ['personal/al/**']", "pushers: {any: [al]}",
        "- name: 'pushers of personal/bo/*'", "refs: ['personal/bo/**']", "pushers: {any: [bo]}",
        "# no line lets anybody push here", "- name: pushers of x",
        "refs: ['**', 'refs/tags/**', '!personal/al/**', '!personal/bo/**']", "pushers: {any: []}",
      ]
    ),
    (
      "RW+ personal/USER/ = @all\nRW+ main$ = al",
      [
        "- name: pushers of main", "refs: [main]", "pushers: {any: [al]}",
        "# line 2 lets people push to some of these refs, and is not carried",
        "- name: pushers of x", "refs: ['**', 'refs/tags/**', '!main']", "pushers: {any: []}",
        "g:2: `personal/USER/`: it is written out for 50 people at most, by name: nobody gets through by it; write a ruleset for these refs, with `pushers`",
      ]
    ),
    // A dot lets through `v1.0` only, and keeps from all that it may stand for.
    (
      "- v1.0$ = al\nRW+ v1.0$ = al bo",
      [
        "- name: 'pushers of v1?0'", "refs: ['v1?0', '!v1.0']", "pushers: {any: []}",
        "- name: pushers of v1/0", "refs: [v1/0]", "pushers: {any: []}",
        "- name: pushers of v1.0", "refs: [v1.0]", "pushers: {any: [bo]}",
        "# no line lets anybody push here", "- name: pushers of x",
        "refs: ['**', 'refs/tags/**', '!v1?0', '!v1/0', '!v1.0']", "pushers: {any: []}",
      ]
    ),
    // `C` and `M` of a line that is not carried count all the same.
    (
      "RW+CM r/[0-9]+$ = al\nRW main$ = bo\nRWM main$ = cy",
      [
        "- name: pushers of main", "refs: [main]",
        "pushers: {create: [], update: [bo, cy], rewind: [], delete: []}",
        "- name: 'pushers of main, merges'", "refs: [main]", "except: {pusher: [cy]}",
        "linear-history:",
        "# line 2 lets people push to some of these refs, and is not carried",
        "- name: pushers of x", "refs: ['**', 'refs/tags/**', '!main']", "pushers: {any: []}",
        "g:2: `r/[0-9]+$`: refs here are told by globs, and this is more: nobody gets through by it; write a ruleset for these refs, with `pushers`",
      ]
    ),
    (
      "R = al",
      [
        "# no line lets anybody push here", "- name: pushers of x", "refs: ['**', 'refs/tags/**']",
        "pushers: {any: []}", "g:1: `repo x`: nobody may push to it there",
        "g:2: `R = al`: a policy says nothing about reading; leave that to the server",
      ]
    ),
  ]
}
