import ArgumentParser
import Engine
import GitModel
import Output
import Release

struct ReleaseBundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Put into one file what a release rests on, to be proven elsewhere.",
    discussion: """
      The file is a plain tar: the tag and the commits as git stores them, the policy that judged, the \
      statements, the lines of the decision log, the notes, and a verification summary of SLSA's source \
      track, which is signed where your git is told with which key. The same release and log give the \
      same file. It is checked before it is written, as gitrel release verify does.

      Example: gitrel release bundle v1.4 --fetch
      """)

  @Argument(help: "The tag.")
  var tag: String

  @Option(help: ArgumentHelp("The file to write; gitrel-TAG.tar if not given.", valueName: "file"))
  var output: String?

  @Flag(help: "Bring the clone's copies of the remote's refs and statements up to date first.")
  var fetch = false

  @Flag(
    inversion: .prefixedNo,
    help: "Sign the summary, or do not; it is signed where your git is told with which key.")
  var sign: Bool?

  @Option(help: "The remote whose log, statements and policy count.")
  var remote: String?

  func run() throws {
    let repository = try Workplace.repository()
    let remote = try Workplace.remote(remote, in: repository)
    let git = Workplace.git(repository)
    if fetch { try Workplace.fetch(repository, from: remote, all: true) }
    let gate = try Workplace.gate(repository, remote: remote, policy: nil)
    let log = try Workplace.log(of: repository, remote: remote)
    let made = try Workplace.engine { () throws(EngineFault) in
      try BundleRun(
        gate, log: log, remote: remote, signer: try StatementSigner.wanted(sign, by: git)
      ).bundle(tag)
    }
    let path = output ?? "gitrel-\(tag.replacing("/", with: "-")).tar"
    try Workplace.engine { () throws(EngineFault) in try BundleRun.write(made.bytes, to: path) }
    let report = made.report
    Console.report(
      "\(Bytes(path.utf8).printable): release \(report.name ?? ""), decision \(report.ruling?.decision ?? 0), \(report.items.count) statements, \(made.bytes.count) bytes"
    )
    let signed = made.key.map { "signed with \($0)" } ?? "not signed"
    Console.report("the summary is \(signed)")
    for words in made.leftOut { Console.report("left out: \(words)") }
    Console.report("log head \(report.head ?? "")")
  }
}

struct ReleaseVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove a bundle, in any folder: no repository and no network is needed.",
    discussion: """
      Tells what was proven and what was taken on trust. With --head, a head of the decision log that \
      you wrote down (gitrel log verify prints it), the decision itself is proven; with \
      --allowed-signers, your own keys are used and not those of the policy in the bundle. Ends with 1 \
      and names each fault.

      Example: gitrel release verify gitrel-v1.4.tar --head 3b0c44298fc1... --allowed-signers keys
      """)

  @Argument(help: "The file.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "A head of the log, from the decision on the tag or later.", valueName: "sha256"))
  var head: String?

  @Option(
    help: ArgumentHelp(
      "Keys by address, as ssh-keygen reads them, to use and no others.", valueName: "file"))
  var allowedSigners: String?

  @Option(help: "text or json.")
  var format: Format = .text

  func validate() throws {
    let isDigit = { (byte: UInt8) in
      byte.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
    if let head, head.utf8.count != 64 || !head.utf8.allSatisfy(isDigit) {
      throw ValidationError("--head takes the 64 digits that gitrel log verify printed")
    }
  }

  func run() throws {
    let report = try Workplace.engine { () throws(EngineFault) in
      let keys: BundleKeys =
        if let allowedSigners { .given(try .init(ofFile: allowedSigners)) } else { .ofPolicy }
      return BundleCheck(keys: keys, head: head).report(on: try BundleCheck.read(file))
    }
    switch format {
    case .text:
      for line in BundleText.lines(report, width: Console.width) { Console.report(line) }
      Console.report(BundleText.verdict(report))
    case .json: Console.report(try DecisionJSON.text(report))
    }
    guard report.holds else { throw ExitCode(ExitStatus.refused.rawValue) }
  }
}
