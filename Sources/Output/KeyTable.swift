// swift-format-ignore-file
// Written from docs/policy-reference.md by KeyReferenceTests; edit that.

extension KeyReference {
  /// A line for each key: rule, key, default, meaning.
  static let table = #"""
    branch-name	matches	none	the whole short name must match
    branch-name	forbids	none	the whole short name must not match
    tag-name	scheme	none	the name is a version of semver.org or calver.org
    tag-name	prefix	v	what stands before the version; only with `scheme`
    tag-name	allow-short	false	two-part versions such as `1.4` are good too; only with `semver`
    tag-name	format	YYYY.0M.MICRO	fields `YYYY YY 0Y MM 0M WW 0W DD 0D MAJOR MINOR MICRO` with `.`, `-` or `_` between; only with `calver`
    tag-name	matches	none	the whole short name must match
    tag-name	forbids	none	the whole short name must not match
    namespaces	allow	required	which of the refs that the ruleset guards may exist
    pushers	create	any	who may create the ref
    pushers	update	any	who may move it to a descendant of what it has
    pushers	rewind	any	who may move it to anything else
    pushers	delete	any	who may delete it
    pushers	any	everybody	who may do what has no key of its own
    signed-tags	by	everybody in the policy	of whom one must have signed
    signed-tags	formats	both	the kinds of signatures that count
    tag-on-branch	branches	required	of the matching branches one must have the commit
    version-increases	within	all	among which versions: all; those of the same major number (1.9.1 may follow 2.0.0); those of the same major and minor number (1.3.2 may follow 1.4.0)
    version-increases	descends	false	the commit must also have the release before it, of whatever line, in its history: what a hotfix is made of
    version-increases	scheme	semver in two or three parts	how versions are written; it is not taken from `tag-name`
    version-increases	prefix	v	what stands before the version
    version-increases	allow-short	`true`; with `scheme: semver` `false`	two-part versions count too; only with semver
    version-increases	format	YYYY.0M.MICRO	as for `tag-name`; only with `scheme: calver`
    strategy	risk	none	`high` and `medium`, each a list of path patterns: what such a path makes of the release when it holds something else than in the one before; where it is stated and no such path is changed, the paths say low
    strategy	weakest	{low: big-bang, medium: rolling, high: canary}	the weakest way that each risk allows, of `big-bang`, `rolling`, `canary` and `blue-green`; the last two are alike
    strategy	unstated	unstated	what a commit counts for that says nothing, where neither the tag nor paths say it; `unstated` refuses
    rollback-target	rolled-out	false	the target reached the last stage of its roll-out, by [statements](#releases) that count
    ticket-scope	snapshot	.gitrel/scope/{version}.json	where the promise stands, with `{version}` for the version without its prefix; ends in `.json` or `.csv`
    ticket-scope	exec	none	a program that says it instead of a file: `command`, `timeout`, `memory` and `output` as for [exec](#exec); [exec.md](exec.md#what-is-promised-for-a-release) has what it is told, and what it answers
    ticket-scope	status	any	how far a promised ticket must be, in the words of the file
    ticket-scope	missing	refuse	what a ticket comes to that is promised and not contained
    ticket-scope	extra	refuse	what a ticket comes to that is contained and not promised
    ticket-scope	pattern	[A-Z][A-Z0-9]+-[0-9]+	what a ticket is like; these keys are as for [tickets](#tickets)
    ticket-scope	in	[subject, trailers]	where it may stand in a commit
    ticket-scope	trailers	[Ticket, Issue, Refs, Fixes, Closes]	the keys of those trailers; only with `in: [trailers]`
    ticket-scope	projects	any	with what a ticket starts
    merge-from	branches	required	of the matching branches one must have what is merged
    merge-from	direct	true	whether commits that are no merge may stand on the first-parent line and on none of the branches
    linear-history	exempt	none	commits that are left out; see [commit-message](#commit-message)
    commit-message	conventional	false	subjects follow Conventional Commits 1.0.0
    commit-message	types	any	the types that are allowed; only with `conventional: true`
    commit-message	scopes	any	the scopes that are allowed; only with `conventional: true`
    commit-message	type-case	any	how types are written; only with `conventional: true`
    commit-message	scope-case	any	how scopes are written; only with `conventional: true`
    commit-message	scope	either	whether a subject has a scope; only with `conventional: true`
    commit-message	description-case	any	how the description is written: what stands behind `type: `, or the whole subject without `conventional`
    commit-message	description-minimum	none	the shortest description, in characters
    commit-message	description-maximum	none	the longest description, in characters
    commit-message	full-stop	true	the subject may end with a full stop; `...` is none
    commit-message	subject-minimum	none	the shortest subject, in characters
    commit-message	subject-maximum	none	the longest subject, in characters
    commit-message	body-line-maximum	none	the longest line of the body; lines without a space and trailers are not counted
    commit-message	body-minimum	none	the shortest body, in characters, trailers not counted; `1` wants that there is one
    commit-message	blank-second-line	true	the line after the subject is empty
    commit-message	contains	none	some part of the message must match; white space at its end is left out
    commit-message	matches	none	the whole subject must match
    commit-message	forbids	none	no part of the message may match
    commit-message	exempt	none	commits that are left out, see Exemptions above
    trailers	required	none	keys that every commit must have, with a value; `<VALUE>`, as fixes show it, is none
    trailers	forbidden	none	keys that no commit may have, in whatever line
    trailers	once	none	keys that a commit may have once at most
    trailers	format	none	what the whole value of a key must match, where the key is there
    trailers	order	none	keys that stand in this order where they are there: all of the first before all of the second
    trailers	forbidden-values	none	what no part of the value of a key may match
    trailers	exempt	none	commits that are left out, see Exemptions above
    tickets	pattern	[A-Z][A-Z0-9]+-[0-9]+	what a ticket is like
    tickets	in	[subject, trailers]	where it may stand: in the first line, in any line below it, in the value of a trailer, in the short name of the ref, which counts for all its commits
    tickets	trailers	[Ticket, Issue, Refs, Fixes, Closes]	the keys of those trailers; only with `in: [trailers]`
    tickets	projects	any	with what a ticket starts, capitals aside, up to a byte that is no ASCII letter and no digit
    tickets	exempt	none	commits that are left out, see Exemptions above
    sign-off	signer	author	whose sign-off is wanted
    sign-off	co-developers	false	the line after every `Co-developed-by` is the `Signed-off-by` of that person, as Linux wants it
    sign-off	exempt	none	commits that are left out, see Exemptions above; probot/dco leaves out merges
    identity	author	known	the author's address is one of a person of the policy
    identity	committer	known	the committer's address is one of a person of the policy
    identity	pusher	any	who pushes is that person of every new commit; indeterminate where the server does not know who pushes
    identity	domains	any	the domains of both addresses: `example.com` is that domain alone, `*.example.com` is every one below it and not itself
    identity	names	any	both names as a whole
    identity	exempt	none	commits that are left out, see Exemptions above
    signed-commits	by	everybody in the policy	of whom one must have signed each commit
    signed-commits	signer	any	as whom the commit must name the signer, by an address of theirs
    signed-commits	formats	both	the kinds of signatures that count
    signed-commits	exempt	none	commits that are left out, see Exemptions above; a message or a second parent, which anybody can make up, stands for no signature
    paths	forbidden	none	nothing may be added or changed there
    paths	allowed	everything	nothing may be added or changed elsewhere
    paths	extensions	none	names may not end in a dot and one of these, in capitals or small letters; `x.exe.`, `x.exe ` and `x.exe:y`, which Windows opens as x.exe, end in it too
    paths	kinds	none	entries may not be symbolic links, submodules, files that may be run
    paths	length	any	the longest path, in bytes
    paths	ignore-case	false	`true`: `forbidden` and `allowed` are compared without regard to ASCII capitals, as file systems of Windows and macOS do
    paths	case-clashes	false	`true`: no path may be added that differs from another in the tree in ASCII capitals alone; of a merge all counts that its first parent has not
    file-size	maximum	any	the most that a file may have
    file-size	paths	none	the most at some paths; the first pattern that matches decides, in the place of `maximum`
    file-size	exclude	none	paths at which files may have any size
    approvals	minimum	the sum of `roles`, at least 1	how many different people must approve
    approvals	roles	none	how many people of each role must approve; one person fills one place, and who approves `--as` a role fills one of that
    approvals	trust	trailer	what an approval must be to count
    approvals	writers	none	with `writer`: whose commits may carry trailers that count
    approvals	age	30d	with `signed`: how old an approval may be
    approvals	trailers	[Reviewed-by, Approved-by]	the keys that tell an approval
    approvals	aliases	none	other spellings, each with the key among `trailers` that it stands for
    approvals	scope	each	every new commit; or those on the first-parent line, so that the approval on a merge covers what it brings in
    approvals	not-author	true	the author's own approval does not count; of a merge neither that of who merged; of an author whom `people` does not know neither the committer's; with `signed` neither that of who signed the commit
    approvals	not-committer	false	the committer's approval does not count
    approvals	not-co-author	true	the approval of who is named in `Co-authored-by` or `Co-developed-by` does not count
    approvals	not-pusher	false	the approval of who pushes does not count; it needs `people`, and is indeterminate where the server does not know who pushes, or no person has that login
    approvals	loose	false	a line anywhere in the message counts, and not only a trailer: a quoted line too
    code-owners	file	`.github/CODEOWNERS`, `CODEOWNERS`, `docs/CODEOWNERS` (GitHub), the last two and `.gitlab/CODEOWNERS` (GitLab)	the file, by its path in the tree of the trusted policy
    code-owners	syntax	by the file	whose rules it is read by: where nothing says it, GitHub's in `.github/`, GitLab's in `.gitlab/`, elsewhere GitLab's if a `[Section]` stands in it. Where the hosts would read different files, one of `file` and `syntax` is needed
    code-owners	teams	none	the roles that teams stand for: `{"@org/team": ROLE}`. A team that is not in it is the role of its last name, where there is one
    code-owners	trust	trailer	what an approval must be to count; this key and those below are as for [approvals](#approvals)
    code-owners	writers	none	with `writer`: whose commits may carry trailers that count
    code-owners	age	30 days	with `signed`: how old an approval may be
    code-owners	trailers	[Reviewed-by, Approved-by]	the keys that tell an approval
    code-owners	aliases	none	other spellings, each with the key among `trailers` that it stands for
    code-owners	scope	each	every new commit; or those on the first-parent line, so that the approval on a merge covers what it brings in
    code-owners	not-author	true	the author's own approval does not count, also where the author is an owner: another owner is needed
    code-owners	not-committer	false	the committer's approval does not count
    code-owners	not-co-author	true	the approval of a co-author does not count
    code-owners	not-pusher	false	the approval of who pushes does not count
    code-owners	loose	false	a line anywhere in the message counts, and not only a trailer
    tests	failed	0	how many tests may fail or end in an error
    tests	minimum	1	how many must have run, skipped ones not counted
    tests	skipped	any	how many may be skipped or disabled
    tests	flaky	any	how many may have passed only on a rerun
    tests	suites	none	suites that must have run, by the names of `gitrel attest --suite` or by those in the reports
    tests	drop	any	how many tests fewer may run than for the commit that the ref has
    tests	keep-suites	false	every suite that ran for the commit that the ref has must run
    tests	trust	`any`; `signed` with `by`	whether a statement must be signed by a key of somebody in the policy
    tests	by	anybody	of whom one must have signed a statement; the others are named and do not count
    coverage	line	none	the least part of lines
    coverage	branch	none	the least part of branches; a report without branches is a violation
    coverage	statements	none	the least part of statements; a report that does not count them is a violation, here and in the next three
    coverage	instructions	none	the least part of instructions, which JaCoCo counts
    coverage	regions	none	the least part of regions, which llvm-cov counts
    coverage	functions	none	the least part of functions
    coverage	patch	none	the least part of the lines that the push adds or changes; see below
    coverage	patch-paths	those like measured ones	whose changed lines count, and which files a report must measure; only with `patch`
    coverage	report-paths	none	how paths of reports become paths of the tree: `strip`, a list of folders of which the first that fits is taken off the front, and `prefix`, a folder that is put before what is not absolute; only with `patch`
    coverage	drop	none	how many percentage points line coverage may fall below that of the commit that the ref has, suite by suite; a suite that was stated there must be stated again
    coverage	paths	none	the least part of lines of all files that a pattern matches, taken together
    coverage	trust	`any`; `signed` with `by`	as for `tests`; also of the statements from which `drop` is told
    coverage	by	anybody	as for `tests`
    scan	maximum	{error: 0}	how many findings there may be: by level (`error`, `warning`, `note`), by severity (`critical`, `high`, `medium`, `low`, `unknown`), and `suppressed` ones; what is not named may be of any number
    scan	new-only	false	whether only findings count that were not there before
    scan	suites	none	suites that must be there, by the names of `gitrel attest --suite`
    scan	tools	none	tools that must have run, by their names in the reports
    scan	trust	`any`; `signed` with `by`	as for `tests`; also of the scan from which `new-only` is told
    scan	by	anybody	as for `tests`
    artifact	names	required	what must have been built, each by the name of its file
    artifact	by	required	of whom one must have signed it
    checklist	items	required	the items
    checklist	by	everybody in the policy	of whom one must have signed each
    checklist	age	any	how old a signature may be, by the clock of who signed
    signoffs	order	required	the roles, 8 at most
    signoffs	age	any	how old a sign-off may be, by the clock of who signed it
    deployed	environment	required	where it must run
    deployed	for	none	for how long, since the server got the first statement that counts, or later where its signer says so
    deployed	by	required	of whom one must have signed it
    review-owed	by	everybody in the policy	whose review of an override settles; never of who overrode or pushed. Who may review a release, `release: {steps: {review: ...}}` says
    review-owed	since	the beginning	overrides before this owe nothing
    window	calendar	this or `calendars`	the name of a calendar under `calendars`
    window	calendars	this or `calendar`	the names of up to 16, all of which must be open
    secrets	patterns	none	files of patterns of your own, by their paths in the tree of the trusted policy; for a policy outside of the repository, below the folder that holds its `.gitrel`, or else beside it
    secrets	only	all	the ids of the only patterns to search for
    secrets	off	none	the ids of patterns that are not searched for
    secrets	allow	nothing	what is no secret: `paths` (path patterns that are not searched), `values` (patterns that the whole of a value matches), `fingerprints` (as a refusal shows them)
    """#
}
