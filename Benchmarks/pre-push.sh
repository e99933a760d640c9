#!/bin/sh
# What the pre-push hook adds to a push of one commit, as a ratio to a hook written by hand: one
# `git log`, one `awk`.
set -eu
cd "$(dirname "$0")/.."
. Benchmarks/setting.sh
git init --quiet "$work/seed"
cd "$work/seed"
mkdir .gitrel
cat >.gitrel/policy.yml <<'END'
version: 1
people: {alice: {emails: [alice@example.com]}}
roles: {lead: [alice]}
rulesets:
  - name: production
    refs: [main]
    rules:
      fast-forward-only:
      no-delete:
      commit-message: {conventional: true}
      approvals: {roles: {lead: 1}}
END
git add .gitrel
git commit --quiet -m 'feat: the policy'
git clone --quiet --bare . ../server.git
git clone --quiet ../server.git ../dev
cd ../dev
"$gitrel" install >/dev/null 2>&1
git commit --quiet --no-verify --allow-empty -m 'feat: one

Reviewed-by: Alice <alice@example.com>'
echo "refs/heads/main $(git rev-parse HEAD) refs/heads/main $(git rev-parse HEAD~1)" >lines
cat >byhand <<'END'
#!/bin/sh
while read -r _ new _ old; do
  git log --format=%B "$old..$new" | awk '/^Reviewed-by: /{ok=1} END {exit !ok}' || exit 1
done
END
chmod +x byhand
once() { "$1" origin ../server.git <lines; }
base=$(best 20 once ./byhand)
ours=$(best 20 once .git/hooks/pre-push)
echo "pre-push of one commit"
printf '  git log and awk, by hand        %8d us\n' "$base"
printf '  gitrel                          %8d us  ratio %s\n' "$ours" \
  "$(ratio "$ours" "$base")"
