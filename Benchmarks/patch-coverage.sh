#!/bin/sh
# Patch coverage of one push, as a ratio to a bare expat count of the same report and `git diff -U0` of the
# same commits (DESIGN.md 12: at most 1.3 x), and to diff-cover, whose figures must be equal. Prints only
# what it measured: the least user and system time of RUNS runs of each, taken in turn, and the most
# memory. Everything it makes lies in a folder that it removes.
#
#   Benchmarks/patch-coverage.sh [MEGABYTES]    RUNS=5 GITREL=PATH PYTHON=PATH
#
# PYTHON is an interpreter that has diff-cover; without one it is installed beside the build.
# Needs cc with expat's header, awk, git, GNU time, and gitrel built for release.
set -eu
cd "$(dirname "$0")/.."
. Benchmarks/setting.sh
megabytes=${1:-50}
runs=${RUNS:-5}
diff_cover=
! python_with diff_cover || diff_cover=$(dirname "$python")/diff-cover

cat >"$work/bare.c" <<'C'
#include <expat.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static long elements;
static void start(void *d, const XML_Char *n, const XML_Char **a) {
  (void)d; (void)a; elements += !strcmp(n, "line");
}
int main(void) {
  XML_Parser p = XML_ParserCreate(NULL);
  XML_SetStartElementHandler(p, start);
  for (;;) {
    void *b = XML_GetBuffer(p, 65536);
    ssize_t n = b ? read(0, b, 65536) : -1;
    if (n < 0 || XML_ParseBuffer(p, (int)n, n == 0) != XML_STATUS_OK) return 1;
    if (n == 0) break;
  }
  printf("%ld\n", elements);
}
C
cc -O2 -o "$work/bare" "$work/bare.c" -lexpat

# A file has 400 lines and about 18 kB of report; one in twenty changes, in every tenth line.
files=$((megabytes * 1048576 / 18000))
mkdir -p "$work/dev/src" "$work/dev/.gitrel"
cd "$work/dev"
git init --quiet
cat >.gitrel/policy.yml <<'YML'
version: 1
rulesets:
  - name: production
    refs: [main]
    rules:
      coverage: {patch: 1%}
YML
awk -v files="$files" 'BEGIN { for (f = 1; f <= files; f++) { name = "src/f" f ".c"
  for (l = 1; l <= 400; l++) print "int f" f "_" l " = " l * f ";" >name
  close(name) } }'
git add . && git commit --quiet -m base
git clone --quiet --bare . "$work/server.git"
git remote add origin "$work/server.git" && git fetch --quiet
awk -v files="$files" 'BEGIN { for (f = 20; f <= files; f += 20) { name = "src/f" f ".c"
  for (l = 1; l <= 400; l++) print "int f" f "_" l " = " (l % 10 ? l * f : -l) ";" >name
  close(name) } }'
git commit --quiet -a -m change
awk -v files="$files" 'BEGIN { srand(7)
  print "<coverage><sources><source>.</source></sources><packages><package name=\"p\"><classes>"
  for (f = 1; f <= files; f++) {
    print "<class name=\"f" f "\" filename=\"src/f" f ".c\"><methods/><lines>"
    for (l = 1; l <= 400; l++) if (l % 5 == 0 || l % 3)
      print "<line number=\"" l "\" hits=\"" int(rand() * 3) "\" branch=\"false\"/>"
    print "</lines></class>" }
  print "</classes></package></packages></coverage>" }' >"$work/report.xml"

cat >"$work/byhand" <<'SH'
#!/bin/sh
"$1" <"$2" && git diff -U0 origin/main HEAD
SH
chmod +x "$work/byhand"
hand() { run "$work/byhand" "$work/bare" "$work/report.xml"; }
own() { run "$gitrel" check main --coverage "$work/report.xml" --verbose; }
peer() { run "$diff_cover" "$work/report.xml" --compare-branch origin/main --fail-under 1; }
run() { timed "$work/$name.times" "$@"; }
all="hand own${diff_cover:+ peer}"
for _ in $(seq "$runs"); do
  for name in $all; do
    $name >"$work/$name.said" || { echo "$name failed" >&2; exit 1; }
  done
done

covered=$(tr -s ' \n' '  ' <"$work/own.said" |
  sed -n 's/.*changed lines [^(]*(\([0-9]*\) of \([0-9]*\)).*/\1 \2/p')
printf 'patch coverage: a report of %d MB, %d files, %d of them changed\n' \
  $(($(wc -c <"$work/report.xml") / 1048576)) "$files" $((files / 20))
base=$(least "$work/hand.times" cpu)
for name in $all; do
  case $name in
    hand) label='expat count and git diff -U0' ;;
    own) label='gitrel check' ;;
    peer) label='diff-cover' ;;
  esac
  took=$(least "$work/$name.times" cpu)
  printf '  %-30s %7s s %6s x %8s MB\n' "$label" "$took" "$(ratio "$took" "$base")" \
    "$(memory "$work/$name.times")"
done
echo "  gitrel: ${covered% *} of ${covered#* } changed lines covered"
[ -n "$diff_cover" ] || exit 0
other=$(awk '/^Total:/ { all = $2 } /^Missing:/ { missing = $2 } END { print all - missing, all }' \
  "$work/peer.said")
echo "  diff-cover: ${other% *} of ${other#* }"
[ "$other" = "$covered" ] || { echo "the figures differ" >&2; exit 1; }
