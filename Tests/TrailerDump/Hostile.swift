import GitModel

/// Commit messages made to be read differently: random lines of a kind that some reader of trailers
/// stumbles over, the same ones for the same seed.
struct HostileMessages {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private static let lines: [String] = [
    "", "", "", "", " ", "\t", "\r", " \r", "\u{B}", "\u{C}", "\u{B}Key: value", "title",
    "prose here",
    "Signed-off-by: A <a@x>", "Signed-off-by: A <a@x>\r", "signed-off-by: A <a@x>",
    "Signed-off-by:A", "Signed-off-by : A", "Signed-off-by:", "Reviewed-by: B <b@x>",
    "Reviewed-by: B <b@x>", "Reviewed-by: B <b@x>\r", "Reviewed-by:\tB", "Reviewed-by :B",
    "Reviewed-by\t : B  ", "Reviewed-by:", "Reviewed-by: ", "Reviewed by: B",
    "R\u{435}viewed-by: B",
    "Reviewed\u{2011}by: B", "Reviewed-by\u{A0}: B", "Closes #1", "Fixes: #1", "https://x/y",
    ":value", ": value", "-: x", "1: x", "a:b:c", "Key: v\rw", "Key: \u{C}v\u{B}", "Key:v \t\r",
    "Ключ: v", "(cherry picked from commit abc)", "(cherry picked from commit", " continued",
    "\tcontinued", "\r continued", " Reviewed-by: B", "\tReviewed-by: B", "   ", "# comment",
    "#", "#Reviewed-by: B", " # no comment", "; comment", "Conflicts:", "Conflicts:\r",
    "\tpath/of/file", "# Conflicts:", "#\tpath", "---", "--- ", "---\ta", "----", "-- >8 --",
    "# ------------------------ >8 ------------------------",
    "# ------------------------ >8 ------------------------\r",
    "; ------------------------ >8 ------------------------",
    " # ------------------------ >8 ------------------------", "diff --git a/x b/x", "\0", "K\0: v",
    "\u{FEFF}Reviewed-by: B", "Reviewed-by\u{FF1A} B", "BREAKING CHANGE: x", "BREAKING-CHANGE: x",
  ]

  /// The next message.
  mutating func next() -> Bytes {
    var message = Bytes()
    for _ in 0..<(1 + random(12)) {
      message += Self.lines[random(Self.lines.count)].utf8
      if random(30) != 0 { message.append(UInt8(ascii: "\n")) }
    }
    // Half of them end as most messages do: an empty line, then some trailers.
    if random(2) == 0 {
      message += "\n\n".utf8
      for _ in 0..<(1 + random(6)) {
        message += Self.lines[13 + random(Self.lines.count - 13)].utf8
        message.append(UInt8(ascii: "\n"))
      }
    }
    return message
  }

  /// SplitMix64.
  private mutating func random(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }
}

extension HostileMessages {
  /// A stream for `git fast-import` with `count` commits on one branch.
  static func stream(count: Int, seed: UInt64) -> Bytes {
    var messages = HostileMessages(seed: seed)
    var stream = Bytes()
    for number in 0..<count {
      let message = messages.next()
      stream +=
        "commit refs/heads/hostile\ncommitter A <a@x> \(1_000_000_000 + number) +0000\n".utf8
      stream += "data \(message.count)\n".utf8
      stream += message
      stream.append(UInt8(ascii: "\n"))
    }
    return stream
  }
}
