#!/bin/sh
# The rule `secrets` over the new blobs of 1,000 commits, through the installed pre-receive hook, as a
# ratio to `git log -p -U0` over the same range (1.25 at most). Both in one run, in turn, the best of
# five of each: by the clock, and by processor time, which other work on the machine disturbs less.
#
#   Benchmarks/secrets.sh [REPOSITORY]
#
# REPOSITORY is any clone with a history; without one a history is made with git fast-import.
set -eu
cd "$(dirname "$0")/.."
. Benchmarks/setting.sh

if [ $# -gt 0 ]; then
  made_history "$work/from.git" "$1"
else
  # Sources of some 12 kB, a few lines of one changed in each commit. They are harder than real ones:
  # five of 24 words are keywords of patterns, so that nearly every line is looked at by RE2.
  git init --quiet --bare "$work/from.git"
  awk 'BEGIN {
    srand(7)
    split("let token key value secret return if else for while func import struct class public password api request response error index count name path", word, " ")
    for (i = 1; i <= 1100; i++) {
      f = i % 60
      if (!(f in size)) { size[f] = 240
        for (l = 0; l < size[f]; l++) { t = ""
          for (w = 0; w < 7; w++) t = t word[1 + int(rand() * 24)] (w % 3 ? " " : "(") int(rand() * 900) " "
          line[f, l] = t } }
      for (c = 0; c < 6; c++) line[f, int(rand() * size[f])] = "changed " i " " rand()
      d = ""
      for (l = 0; l < size[f]; l++) d = d line[f, l] "\n"
      printf "commit refs/heads/main\nmark :%d\n", i
      printf "committer Dev <dev@example.com> %d +0000\ndata 7\nchange\n\n", 1600000000 + 60 * i
      printf "M 100644 inline src/f%d.swift\ndata %d\n%s\n", f, length(d), d
    }
  }' | git -C "$work/from.git" fast-import --quiet
  git -C "$work/from.git" repack -qad
fi
from=$work/from.git
new=$(git -C "$from" rev-parse HEAD)
old=$(before "$from" 1000 20)
count=$(git -C "$from" rev-list --count "$old..$new")

policy() {
  printf 'version: 1\nrulesets:\n  - name: production\n    refs: [main]\n    enforce: evaluate\n    rules:\n%s\n' "$1"
}
policy '      secrets:' >"$work/secrets.yml"
policy '      fast-forward-only:' >"$work/none.yml"
git clone --quiet --bare "$from" "$work/server.git"
git -C "$work/server.git" update-ref refs/heads/main "$old"
git -C "$work/server.git" for-each-ref --format='delete %(refname)' | grep -v 'refs/heads/main$' |
  git -C "$work/server.git" update-ref --stdin
git -C "$work/server.git" commit-graph write --reachable 2>/dev/null

# With what it says left out.
quietly() { timed "$@" >/dev/null 2>&1; }
cat >"$work/hook" <<END
cd "$work/server.git" && echo "$old $new refs/heads/main" | GIT_DIR=. hooks/pre-receive
END

"$gitrel" install --server "$work/server.git" --policy "$work/none.yml" >/dev/null 2>&1
for _ in 1 2 3 4 5; do quietly "$work/without" sh "$work/hook"; done
"$gitrel" install --server "$work/server.git" --policy "$work/secrets.yml" >/dev/null 2>&1
sh "$work/hook" >"$work/said" 2>&1 || true
# The rule holds or tells what it found.
grep -Eq 'secret|1 rule holds' "$work/said" || { cat "$work/said" >&2; exit 1; }
for _ in 1 2 3 4 5; do
  quietly "$work/log" git -C "$work/server.git" log -p -U0 "$old..$new"
  quietly "$work/with" sh "$work/hook"
done
printf '%s commits              clock s  ratio  processor s  ratio\n' "$count"
for row in 'log:git log -p -U0' 'with:the hook with secrets' 'without:the hook without it'; do
  file=$work/${row%%:*}
  printf '%s %s %s %s %s\n' "$(least "$file" clock)" "$(least "$work/log" clock)" \
    "$(least "$file" cpu)" "$(least "$work/log" cpu)" "${row#*:}" |
    awk '{ name = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ /, "", name)
      printf "  %-23s %6.2f %6.2f %12.2f %6.2f\n", name, $1, $1 / $2, $3, $3 / $4 }'
done
