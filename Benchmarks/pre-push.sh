#!/bin/sh
# What the pre-push hook adds to a push of one commit, as a ratio to a hook written by hand: one
# `git log`, one `awk`.
set -eu
cd "$(dirname "$0")/.."
gitrel=$(swift build -c release --static-swift-stdlib --product gitrel --show-bin-path)/gitrel
[ -x "$gitrel" ] || { echo "make build first" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$work/.gitconfig"
git config --global user.name Dev
git config --global user.email dev@example.com
git config --global init.defaultBranch main
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
best() {
  least=
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    start=$(date +%s%N)
    "$@" origin ../server.git <lines >/dev/null
    took=$((($(date +%s%N) - start) / 1000))
    if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
  done
  echo "$least"
}
base=$(best ./byhand)
ours=$(best .git/hooks/pre-push)
echo "pre-push of one commit"
printf '  git log and awk, by hand        %8d us\n' "$base"
printf '  gitrel                          %8d us  ratio %s\n' "$ours" \
  "$(awk "BEGIN { printf \"%.2f\", $ours / $base }")"
