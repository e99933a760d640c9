#!/bin/sh
# Reading reports against a bare count of the same file, by expat for XML and by a walk over the lines
# for LCOV (DESIGN.md 12: at most 1.3 x of expat, in constant memory), and against junitparser and
# pycobertura, whose figures must be equal. Prints only what it measured: the least user and system time
# of RUNS runs of each, taken in turn, their ratio, MB a second, and the most memory. Everything it makes
# lies in a folder that it removes.
#
#   Benchmarks/reports.sh [MEGABYTES]       RUNS=3 PEER_MEGABYTES=100 PYTHON=PATH
#
# MEGABYTES is the size of the JUnit and Cobertura reports (500); the other formats have 100. The peers
# hold a report in memory many times over, so they get one of PEER_MEGABYTES, one run each.
# PYTHON is an interpreter that has the peers; without one they are installed beside the build.
# Needs cc with expat's header, awk, GNU time, swift.
set -eu
cd "$(dirname "$0")/.."
: "${GITREL:=/bin/true}" # the sources themselves are measured, not the program
. Benchmarks/setting.sh
megabytes=${1:-500}
peer_megabytes=${PEER_MEGABYTES:-100}
runs=${RUNS:-3}
root=$PWD

cat >"$work/bare.c" <<'END'
#include <expat.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static long elements, wanted;
static const char *name;
static void start(void *d, const XML_Char *n, const XML_Char **a) {
  (void)d; (void)a; elements++;
  if (!strcmp(n, name)) wanted++;
}
int main(int c, char **v) {
  if (c < 2) return 2;
  name = v[1];
  XML_Parser p = XML_ParserCreate(NULL);
  XML_SetStartElementHandler(p, start);
  for (;;) {
    void *b = XML_GetBuffer(p, 65536);
    ssize_t n = b ? read(0, b, 65536) : -1;
    if (n < 0 || XML_ParseBuffer(p, (int)n, n == 0) != XML_STATUS_OK) return 1;
    if (n == 0) break;
  }
  printf("%ld of %ld\n", wanted, elements);
}
END
cc -O2 -o "$work/bare" "$work/bare.c" -lexpat

cat >"$work/lines.c" <<'END'
#include <stdio.h>
#include <string.h>
int main(int c, char **v) {
  static char line[1 << 16];
  long all = 0, wanted = 0;
  size_t n = c < 2 ? 0 : strlen(v[1]);
  while (n && fgets(line, sizeof line, stdin)) { all++; wanted += !strncmp(line, v[1], n); }
  printf("%ld of %ld\n", wanted, all);
}
END
cc -O2 -o "$work/lines" "$work/lines.c"

# The sources themselves, under a program of a few lines, so that nothing else is measured.
mkdir -p "$work/own/Sources/own"
for target in CExpat GitModel Evidence; do
  cp -R "$root/Sources/$target" "$work/own/Sources/$target"
done
cat >"$work/own/Package.swift" <<'END'
// swift-tools-version: 6.2
import PackageDescription
let imports: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]
let package = Package(
  name: "own",
  targets: [
    .systemLibrary(name: "CExpat"),
    .target(name: "GitModel", swiftSettings: imports),
    .target(name: "Evidence", dependencies: ["GitModel", "CExpat"], swiftSettings: imports),
    .executableTarget(name: "own", dependencies: ["Evidence"]),
  ])
END
cat >"$work/own/Sources/own/main.swift" <<'END'
import Evidence
import Glibc
let input = ByteSource { read(0, $0.baseAddress, $0.count) }
if CommandLine.arguments.last == "testcase" {
  let found = try TestReport.read(input, file: [])
  print(found.tests, found.failed, found.errored, found.skipped)
} else {
  let lines = try CoverageReport.read(input, file: []).lines
  print(lines.valid, lines.covered)
}
END
swift build -c release --package-path "$work/own" >"$work/build.log" 2>&1 ||
  { cat "$work/build.log" >&2; exit 1; }

# Each writes a report of so many MB.
junit() {
  awk -v size="$(($1 * 1048576))" 'function put(s) { n += length(s); printf "%s", s }
  BEGIN { put("<testsuites>\n")
    while (n < size) { put("<testsuite name=\"com.example.Suite" ++i "\" tests=\"20\">\n")
      for (j = 0; j < 20; j++) {
        put("<testcase name=\"testThing" j "\" classname=\"com.example.Suite" i "\" time=\"0.01\"")
        if (j == 3) { put("><failure message=\"expected 1\">")
          for (k = 0; k < 20; k++) put("at com.example.Bar.run(Bar.java:22)\n")
          put("</failure></testcase>\n") } else put("/>\n") }
      put("<system-out><![CDATA[")
      for (k = 0; k < 20; k++) put("some line of output, 2026-01-01\n")
      put("]]></system-out></testsuite>\n") }
    put("</testsuites>\n") }'
}
dense() {
  awk -v size="$(($1 * 1048576))" 'function put(s) { n += length(s); printf "%s", s }
  BEGIN { put("<testsuites>\n")
    while (n < size) { put("<testsuite name=\"com.example.Suite" ++i "\" tests=\"100\">\n")
      for (j = 0; j < 100; j++)
        put("<testcase name=\"testThing" j "\" classname=\"com.example.Suite" i "\" time=\"0.01\"/>\n")
      put("</testsuite>\n") }
    put("</testsuites>\n") }'
}
# A line is hit with all its branches or not at all: pycobertura takes what lies between for missed.
cobertura() {
  awk -v size="$(($1 * 1048576))" 'function put(s) { n += length(s); printf "%s", s }
  BEGIN { srand(7); put("<coverage line-rate=\"0.8\"><packages><package name=\"p\"><classes>\n")
    while (n < size) { all = ""; put("<class name=\"C" ++i "\" filename=\"src/C" i ".java\"><methods>\n")
      for (m = 0; m < 18; m++) { lines = ""
        for (j = 1; j <= 10; j++) { h = int(rand() * 3); l = m * 15 + j
          lines = lines "<line number=\"" l "\" hits=\"" h "\" branch=\"" (j == 5 ? \
            "true\" condition-coverage=\"" (h ? "100% (2/2)" : "0% (0/2)") "\"><conditions>" \
            "<condition number=\"0\" type=\"jump\" coverage=\"" (h ? 100 : 0) "%\"/>" \
            "</conditions></line>\n" : "false\"/>\n") }
        put("<method name=\"m" m "\" signature=\"()V\"><lines>\n" lines "</lines></method>\n")
        all = all lines }
      put("</methods><lines>\n" all "</lines></class>\n") }
    put("</classes></package></packages></coverage>\n") }'
}
jacoco() {
  awk -v size="$(($1 * 1048576))" 'function put(s) { n += length(s); printf "%s", s }
  BEGIN { srand(7); put("<report name=\"r\">\n<package name=\"p\">\n")
    while (n < size) { hit = 0; put("<sourcefile name=\"C" ++i ".java\">\n")
      for (l = 1; l <= 200; l++) { c = int(rand() * 3); hit += c > 0
        put("<line nr=\"" l "\" mi=\"" 3 - c "\" ci=\"" c "\" mb=\"0\" cb=\"0\"/>\n") }
      put("<counter type=\"LINE\" missed=\"" 200 - hit "\" covered=\"" hit "\"/>\n</sourcefile>\n") }
    put("</package>\n</report>\n") }'
}
lcov() {
  awk -v size="$(($1 * 1048576))" 'function put(s) { n += length(s); printf "%s", s }
  BEGIN { srand(7)
    while (n < size) { put("TN:\nSF:src/C" ++i ".c\n")
      for (l = 1; l <= 200; l++) put("DA:" l "," int(rand() * 3) "\n")
      put("LF:200\nLH:133\nend_of_record\n") } }'
}

measure() { # KIND WANTED: bare and own in turn; `own.KIND.said` has the figures
  program=$work/bare
  [ "$1" != lcov ] || program=$work/lines
  for _ in $(seq "$runs"); do
    timed "$work/bare.$1" "$program" "$2" <"$work/report" >/dev/null
    timed "$work/own.$1" "$work/own/.build/release/own" "$2" <"$work/report" >"$work/own.$1.said"
  done
}
size() { echo $(($(wc -c <"$work/report") / 1048576)); }
rate() { awk "BEGIN { printf \"%.0f\", $1 / $2 }"; }

printf '%-10s %6s %8s %8s %8s %8s %10s\n' report MB 'bare s' 'own s' ratio MB/s 'memory MB'
for report in junit:testcase dense:testcase cobertura:line jacoco:line lcov:DA:; do
  kind=${report%%:*}
  case $kind in junit | cobertura) wanted=$megabytes ;; *) wanted=100 ;; esac
  "$kind" "$wanted" >"$work/report"
  measure "$kind" "${report#*:}"
  bare=$(least "$work/bare.$kind" cpu) own=$(least "$work/own.$kind" cpu)
  printf '%-10s %6s %8s %8s %8s %8s %10s\n' "$kind" "$(size)" "$bare" "$own" \
    "$(ratio "$own" "$bare")" "$(rate "$(size)" "$own")" "$(memory "$work/own.$kind")"
done

python_with junitparser pycobertura || exit 0
cat >"$work/junit.py" <<'END'
import sys
from junitparser import JUnitXml
xml = JUnitXml.fromfile(sys.argv[1])
xml.update_statistics()
print(xml.tests, xml.failures, xml.errors, xml.skipped)
END
cat >"$work/cobertura.py" <<'END'
import sys
from pycobertura import Cobertura
report = Cobertura(sys.argv[1])
print(report.total_statements(), report.total_hits())
END
echo "against the peers, which get $peer_megabytes MB:"
printf '%-10s %6s %8s %8s %8s %8s %10s\n' report MB 'own s' 'peer s' ratio MB/s 'memory MB'
for report in junit:testcase:junitparser cobertura:line:pycobertura; do
  kind=${report%%:*} peer=${report##*:} wanted=${report%:*}
  "$kind" "$peer_megabytes" >"$work/report"
  rm "$work/own.$kind"
  measure "$kind" "${wanted#*:}"
  timed "$work/peer.$kind" "$python" "$work/$kind.py" "$work/report" >"$work/peer.$kind.said"
  own=$(least "$work/own.$kind" cpu) took=$(least "$work/peer.$kind" cpu)
  printf '%-10s %6s %8s %8s %8s %8s %10s  %s\n' "$kind" "$(size)" "$own" "$took" \
    "$(ratio "$took" "$own")" "$(rate "$(size)" "$took")" "$(memory "$work/peer.$kind")" "$peer"
  echo "  both find $(cat "$work/own.$kind.said")"
  cmp -s "$work/own.$kind.said" "$work/peer.$kind.said" ||
    { echo "$peer finds $(cat "$work/peer.$kind.said")" >&2; exit 1; }
done
