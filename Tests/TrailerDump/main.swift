import Foundation
import GitModel

// Reads `git cat-file --batch` of commits from standard input and prints what
// `git log --format='commit %H%n%(trailers:only,unfold)'` prints, by gitrel's own readers.
// On standard error: how many, how fast, and which commits the strict reader refuses and why.
// With `--hostile COUNT SEED` it writes a stream for `git fast-import` instead.

/// The raw message, for commits that the strict reader refuses.
func message(of content: BytesSlice) -> BytesSlice {
  let gap = zip(content.indices, content.indices.dropFirst()).first { first, second in
    content[first] == UInt8(ascii: "\n") && content[second] == UInt8(ascii: "\n")
  }
  return gap.map { content[($0.1 + 1)...] } ?? content.suffix(0)
}

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "--hostile", let count = Int(arguments[2]),
  let seed = UInt64(arguments[3])
{
  FileHandle.standardOutput.write(Data(HostileMessages.stream(count: count, seed: seed)))
  exit(0)
}

let input = Bytes(try FileHandle.standardInput.readToEnd() ?? Data())
var output = Bytes()
var refused: [String: Int] = [:]
var commits = 0
var trailers = 0
var spent = (parsing: Duration.zero, trailers: Duration.zero)
let clock = ContinuousClock()

var rest = input[...]
while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
  let words = rest[..<end].split(separator: UInt8(ascii: " "))
  guard words.count == 3, let id = ObjectID(hex: words[0]),
    let size = Int(String(decoding: words[2], as: UTF8.self))
  else {
    FileHandle.standardError.write(Data("not from cat-file: \(rest[..<end].printable)\n".utf8))
    exit(2)
  }
  let content = rest[(end + 1)...].prefix(size)
  rest = rest[(end + 1)...].dropFirst(size + 1)

  var body: BytesSlice?
  var fault: ObjectFault?
  spent.parsing += clock.measure {
    do throws(ObjectFault) {
      body = try Commit(id: id, content: content).message[...]
    } catch {
      fault = error
    }
  }
  if let fault {
    refused[fault.words, default: 0] += 1
  }
  let text = body ?? message(of: content)
  var block = TrailerBlock(message: [])
  spent.trailers += clock.measure { block = TrailerBlock(message: text) }

  commits += 1
  trailers += block.trailers.count
  output += "commit \(id.hex)\n".utf8
  for trailer in block.trailers {
    output += trailer.key
    output += ": ".utf8
    output += trailer.value
    output.append(UInt8(ascii: "\n"))
  }
  output.append(UInt8(ascii: "\n"))
}

FileHandle.standardOutput.write(Data(output))
var report = "\(commits) commits, \(trailers) trailers; read in \(spent.parsing), "
report += "trailers in \(spent.trailers)\n"
report += "\(refused.values.reduce(0, +)) commits are refused by the strict reader\n"
for (reason, count) in refused.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
  report += "  \(count) x \(reason)\n"
}
FileHandle.standardError.write(Data(report.utf8))
