#!/bin/sh
# A push of 10,000 commits through the installed pre-receive hook, all first rules on, as a ratio to
# `git log --format=%B` over the same range.
#
#   Benchmarks/pre-receive.sh [REPOSITORY]
#
# REPOSITORY is any clone with a large history; without one a history is made with git fast-import.
set -eu
cd "$(dirname "$0")/.."
. Benchmarks/setting.sh
from=$work/from.git
made_history "$from" "$@"
new=$(git -C "$from" rev-parse HEAD)
old=$(before "$from" 10000 100)
count=$(git -C "$from" rev-list --count "$old..$new")

cat >"$work/policy.yml" <<'END'
version: 1
people:
  alice: {emails: [alice@example.com]}
  maintainer: {emails: [gitster@pobox.com]}
roles: {lead: [alice, maintainer]}
calendars:
  always: {timezone: Europe/London, allow: [{days: daily, hours: "00:00-24:00"}]}
rulesets:
  - name: production
    refs: [main]
    enforce: evaluate
    rules:
      branch-name: {matches: main}
      fast-forward-only:
      no-delete:
      commit-message: {conventional: true, subject-maximum: 100, body-line-maximum: 100, forbids: do not merge}
      trailers: {required: [Signed-off-by], once: [Change-Id], format: {Signed-off-by: '.+ <.+>.*'}, exempt: [merge]}
      approvals: {minimum: 1, roles: {lead: 1}}
      tests: {failed: 0}
      coverage: {line: 80%}
      window: {calendar: always}
  - name: tags
    refs: ["refs/tags/**"]
    rules: {tag-name: {scheme: semver}, annotated-tags: , immutable-tags: , tag-on-branch: {branches: [main]}, version-increases: }
END
git init --quiet --bare "$work/server.git"
git -C "$from" push --quiet "$work/server.git" "$old:refs/heads/main"
"$gitrel" install --server "$work/server.git" --policy "$work/policy.yml" >/dev/null 2>&1

log() { git -C "$work/server.git" log --format=%B "$old..$new"; }

start=$(now)
git -C "$from" push --quiet "$work/server.git" "$new:refs/heads/main" 2>"$work/said" || true
pushed=$((($(now) - start) / 1000))
git -C "$work/server.git" update-ref refs/heads/main "$old"
[ "$(git -C "$work/server.git" cat-file -t "$new")" = commit ] || exit 1

base=$(best 5 log)
ours=$(best 5 hook "$work/server.git" "$old" "$new")
printf '%s commits, all first rules on\n' "$count"
printf '  git log --format=%%B             %8d us\n' "$base"
printf '  the installed pre-receive hook  %8d us  ratio %s\n' "$ours" \
  "$(ratio "$ours" "$base")"
printf '  the whole git push              %8d us\n' "$pushed"
