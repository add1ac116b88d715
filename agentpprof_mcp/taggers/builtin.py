"""The built-in rules of the tagger as data. To teach it something, add a word to a line here.

Words are in lower case; a hyphen also stands for a blank, as in `look-at`. Words of other languages are
in `languages`. How the tables work together is told in docs/tags.md and done in `grammar`.
"""

import msgspec

__all__ = [
    "ASKED_OF",
    "ASKING",
    "AUXILIARY",
    "CHOICES",
    "ENDINGS",
    "JOINTS",
    "LEVEL",
    "LINKS",
    "MARKERS",
    "NOUNS",
    "OPENERS",
    "PLANS",
    "PREPOSITIONS",
    "PRONOUNS",
    "ROWS",
    "SIGNS",
    "STEPS",
    "STEP_OBJECTS",
    "SUBJECTS",
    "TAKING",
    "TOOLS",
    "YIELDING",
    "Level",
    "Noun",
    "Row",
    "Sign",
]


class Noun(msgspec.Struct, frozen=True):
    """Things that work is about, and the tag of work on them."""

    name: str
    tag: str
    words: str


NOUNS: tuple[Noun, ...] = (
    Noun("tests", "test", "test tests testing tested spec specs e2e coverage unittest unittests testcase testcases pytest vitest jest playwright cypress tdd mocks"),
    Noun("docs", "docs", "doc docs documentation readme readmes changelog docstring docstrings jsdoc guide guides tutorial tutorials license licence wiki faq glossary article paragraph wording typo typos grammar spelling prose instructions"),
    Noun("comments", "review", "comment comments feedback coderabbit reviewer reviewers review reviews remarks nits nitpicks findings suggestions"),
    Noun("changes", "review", "pr prs mr pull-request pull-requests merge-request change changes diff diffs branch code codebase implementation patch commit commits proposal rfc"),
    Noun("branches", "git", "branch branches commit commits pr prs mr pull-request pull-requests merge-request worktree worktrees rebase stash commit-message conflicts merge-conflict"),
    Noun("conflicts", "git", "conflicts merge-conflict merge-conflicts"),
    Noun("issues", "ticket", "issue issues ticket tickets jira bead beads epic epics backlog"),
    Noun("faults", "debug", "bug bugs error errors failure failures failing failed crash crashes exception exceptions traceback panic panics regression regressions problem problems broken flaky root-cause deadlock segfault"),
    Noun("lint", "build", "lint linter linters linting lints warnings typecheck type-check type-checks type-errors mypy ruff eslint clippy prettier golangci-lint pylint markdownlint tsc formatter"),
    Noun("build", "build", "build builds ci pipeline pipelines workflow workflows github-action github-actions makefile dockerfile dependency dependencies deps lockfile package.json pyproject.toml cargo.toml go.mod webpack vite cmake bazel gradle maven toolchain compiler codegen linker"),
    Noun("settings", "config", "config configs configuration setting settings .env env .gitignore gitignore hook hooks environment environment-variable environment-variables env-var env-vars dotfiles .editorconfig pre-commit settings.json credentials permissions allowlist keybindings api-key api-keys"),
    Noun("versions", "release", "release releases version versions tag tags package packages artifact artifacts artefact artefacts npm pypi crates.io homebrew installer installers binaries release-notes"),
    Noun("servers", "deploy", "server servers deployment deployments staging production prod dns hosting kubernetes k8s cluster terraform ansible helm nginx domain domains ssl tls certificate certificates vm vps s3 monitoring grafana prometheus alerts alerting vercel netlify heroku cloudflare aws gcp azure infra infrastructure"),
    Noun("security", "security", "security vulnerability vulnerabilities cve cves secret secrets leak leaks leaking leaked xss csrf injection exploit exploits advisory advisories hardening redaction malicious attacker ssrf"),
    Noun("speed", "profile", "performance speed latency throughput slow slower slowly faster slowness bottleneck bottlenecks memory cpu allocations profiling benchmark benchmarks cost costs token-usage cold-start fps"),
    Noun("data", "data", "schema schemas migration migrations database databases dataset datasets fixture fixtures sql column columns data-model sample-data dummy-data fake-data test-data"),
    Noun("looks", "frontend", "ui ux button buttons css color colors colour colours layout layouts page pages screen screens font fonts style styles styling icon icons modal modals sidebar navbar theme themes animation animations responsive tooltip tooltips dialog dialogs dark-mode mockup mockups padding margin margins logo gradient dropdown placeholder footer homepage favicon carousel hover spinner toast spacing alignment border borders shading transition transitions visual visually"),
    Noun("plans", "plan", "plan plans roadmap todo todos tasks task-list milestone milestones checklist"),
    Noun("ideas", "design", "approach approaches architecture alternative alternatives trade-off trade-offs tradeoff tradeoffs strategy semantics options"),
    Noun("studies", "research", "analysis investigation research survey"),
    Noun("agents", "agent", "agent agents subagent subagents sub-agent sub-agents worker workers skill skills tool tools"),
    Noun("progress", "status", "status progress outstanding remaining summary recap"),
)  # fmt: skip
"""A word may stand in several; the first that a rule knows counts."""

ENDINGS = {".md": "docs", ".mdx": "docs", ".rst": "docs", ".adoc": "docs", ".css": "looks", ".sql": "data"}  # fmt: skip
"""Endings of file names that stand for a noun."""

LINKS = {"/pull/": "pr", "/merge_requests/": "pr", "/issues/": "issue", "/actions/": "ci"}
"""What in an address makes it stand for a word."""


class Row(msgspec.Struct, frozen=True):
    """Verbs that ask for one kind of work at the beginning of a clause.

    `objects` are the nouns that the row knows, each with its own tag or with one after a colon; the
    first that the clause names decides. Without any it is `tag`; empty: the verb says nothing. Behind
    a preposition only nouns in `places` count, as in "add a line to the changelog"; `*` stands for
    all. What a `vague` row finds holds only if no clause asks for more.
    """

    name: str
    verbs: str
    tag: str = ""
    objects: str = ""
    places: str = "*"
    vague: bool = False


ROWS: tuple[Row, ...] = (
    Row("fix", "fix find-out-why figure-out-why see-why check-why repair debug troubleshoot diagnose solve resolve correct unbreak", "debug",
        "conflicts comments lint security docs", places="conflicts comments"),
    Row("make", "add create write implement make introduce support allow enable extend generate include provide expose integrate draft insert append prepare come-up-with", "feature",
        "tests docs comments:docs looks settings lint build branches issues plans data versions servers studies speed",
        places="docs build settings"),
    Row("change", "change update adjust modify improve tweak convert set adapt handle show print display return log rework revise restore enhance expand edit increase reduce replace switch apply cut", "feature",
        "tests docs comments:docs looks settings lint build branches issues plans data versions speed",
        places="docs build looks"),
    Row("reshape", "refactor rename extract move simplify deduplicate dedupe inline split reorganize reorganise restructure consolidate rewrite unify decouple flatten reuse turn break-it-up break-up", "refactor",
        "looks docs", places=""),
    Row("remove", "remove delete drop prune strip purge uninstall eliminate deprecate kill clean cleanup get-rid-of rip-out tear-down", "cleanup"),
    Row("verify", "verify validate confirm ensure make-sure double-check evaluate assess", "review",
        "comments progress faults tests security speed lint docs issues:research changes looks settings build", vague=True),
    Row("look", "check look-at take-a-look have-a-look look go-through inspect see read", "review",
        "comments progress faults tests security speed build issues:research changes plans", vague=True),
    Row("review", "review critique audit address respond reply judge proofread", "review"),
    Row("find", "investigate analyze analyse research explore find search survey look-into look-for figure-out find-out dig gather estimate study identify locate scan compare", "research",
        "faults security speed", places="faults security"),
    Row("explain", "explain describe tell clarify walk-me-through teach show-me remind", "question", "progress docs", vague=True),
    Row("run", "run execute rerun re-run start launch try use perform demonstrate simulate log-in", "",
        "tests lint build agents speed data servers comments"),
    Row("test", "test try-out try-it try-with retest", "test"),
    Row("document", "document write-up reword rephrase translate word", "docs"),
    Row("commit", "commit push merge rebase squash cherry-pick stash checkout check-out pull amend fixup fold revert force-push fast-forward switch-to bring-up-to-date", "git"),
    Row("plan", "plan prioritize prioritise schedule outline break-down", "plan"),
    Row("design", "design propose suggest brainstorm decide recommend think consider discuss strategize weigh rethink", "design", "looks", vague=True),
    Row("compile", "build compile lint typecheck type-check", "build", "looks tests versions"),
    Row("upgrade", "bump upgrade downgrade pin", "build", "versions", places=""),
    Row("configure", "configure set-up setup install", "config", "tests build lint servers data"),
    Row("release", "release publish ship", "release"),
    Row("deploy", "deploy host provision rollback roll-back redeploy restart monitor", "deploy"),
    Row("measure", "optimize optimise profile benchmark measure speed-up", "profile"),
    Row("secure", "secure harden sanitize sanitise encrypt redact rotate", "security"),
    Row("migrate", "migrate seed backfill", "data"),
    Row("style", "style restyle redesign center centre", "frontend"),
    Row("delegate", "spawn delegate dispatch invoke fan-out", "agent"),
    Row("file", "file-a file-an file-the file-this file-it triage close reopen", "ticket"),
    Row("summarize", "summarize summarise recap report", "status"),
    Row("do", "do need want get give finish", "",
        "tests comments branches studies versions servers plans docs progress"),
    Row("continue", "continue proceed resume go keep pick wait retry start-with start-on put", "continue", vague=True),
)  # fmt: skip
"""What verbs ask for. Their participles do too: "the docs should be updated"."""

YIELDING = frozenset(
    "verify look find explain run test make change do design review fix continue".split()
)
"""Rows that give way to a fault, or to comments, told of before them: that is what they are about."""

OPENERS = "please pls plz kindly ok okay yes yeah yep yup sure great perfect nice cool good thanks thank-you hi hey hello hmm hm ah oh well now then next also and so but or first second third finally again just maybe perhaps quickly actually still at-least should-also i-think i-guess go-ahead-and try-to start-to start-by while-you're-at-it if-so to we-can you-can we-could you-could"
"""What may stand before the verb of a request."""

MARKERS = "please can-you can-we could-you could-we would-you will-you let's lets let-us can't-we couldn't-we i-want-you-to i-want-to i-wanted-to i-do-want-to i'd-like-you-to i'd-like-to i-would-like-you-to i-would-like-to i-need-you-to i-need-to we-need-to you-need-to we-have-to you-have-to we-should you-should we-must love-to help-me feel-free-to is-there-a-way-to is-there-any-way-to is-it-possible-to would-it-be-possible-to how-about what-about do-you-mind your-task-is-to the-goal-is-to we-want-to going-to it-would-be-nice-to would-be-good-to"
"""After these a request may begin wherever they stand."""

JOINTS = frozenset("and then but so or".split())
"""After these a request may begin, as after a comma."""

PREPOSITIONS = frozenset(
    "to for in into from on onto of at with that which so when where if because before after by as like about using via".split()
)
"""They end what the object of a verb may be."""

PEOPLE = "i you we they the any these those our your my"
SUBJECTS = {
    "people": frozenset(PEOPLE.split()),
    "any": frozenset(f"{PEOPLE} it this that a an there he she their some all".split()),
    "auxiliary": frozenset("is are do does did was were has have can could should".split()),
}
"""What may follow an auxiliary that asks."""

ASKING = frozenset("how why what what's whats where's which who whose".split())
"""A clause that begins so, or nearly so, asks."""

AUXILIARY = (
    dict.fromkeys(
        "is are does did was were isn't aren't doesn't didn't shouldn't wouldn't".split(), ""
    )
    | dict.fromkeys("do have".split(), "people")
    | dict.fromkeys("has had can could would should will".split(), "any")
    | dict.fromkeys("where when".split(), "auxiliary")
)
"""A clause that begins so asks, if the named words follow; empty: whatever follows."""

PRONOUNS = frozenset("it them those these that one ones".split())
"""Behind a verb they stand for what was named before it."""

ASKED_OF = frozenset("should to must can could".split())
"""Before "be" and a participle: it should be updated."""

TAKING = frozenset("start try begin".split())
"""Verbs that take another one: start implementing."""

PLANS = frozenset("continue question design plan".split())
"""What the title of a plan to carry out cannot mean."""

CHOICES = frozenset(
    "option options both neither number first second third last latter former".split()
)
"""A short reply that begins so, or with a number, picks among what was offered."""


class Level(msgspec.Struct, frozen=True):
    """How much a finding says; the highest of a prompt decides, among equal ones the first."""

    hint: int = 1
    answer: int = 2
    finding: int = 3
    asked: int = 4
    told: int = 5
    work: int = 6


LEVEL = Level()


class Sign(msgspec.Struct, frozen=True):
    """What a clause may tell that is no request, by its words or by the nouns in it.

    `asked` restricts a sign to questions, or with False to statements.
    """

    name: str
    tag: str
    level: int
    words: str = ""
    nouns: str = ""
    asked: bool | None = None


SIGNS: tuple[Sign, ...] = (
    Sign("comments to deal with", "review", LEVEL.told, "comment-from comments-from comment-on comments-on review-comment review-comments pr-comment pr-comments valid-comments new-comments more-comments other-comments feedback coderabbit reviewer reviewers nits", asked=False),
    Sign("something is broken", "debug", LEVEL.told, "broken out-of-memory memory-leak memory-leaks connection-refused connection-reset breaks broke error errors fails failing failed failure failures crash crashes crashed crashing throws timing-out times-out timed-out exception traceback panic panics panicked bug bugs buggy regression segfault deadlock causes causing hangs stuck freezes not-working doesn't-work does-not-work didn't-work isn't-working not-work unable-to stopped-working no-longer-works wrong incorrect incorrectly unexpected unexpectedly corrupt corrupted blowing-up blows-up bombing-out goes-wrong went-wrong flaky problems problem-with"),
    Sign("an advisory", "security", LEVEL.told, "advisory advisories vulnerability vulnerabilities cve exploit", asked=False),
    Sign("whether to", "design", LEVEL.asked, "should-we should-it should-this should-i shouldn't-we shouldn't-it shouldn't-this why-not why-don't-we why-do-we-need wouldn't-it would-it what-if do-we-still-need do-we-even do-we-really do-we-want is-it-worth does-it-make-sense does-that-make-sense make-sense which-option best-way pros-and-cons how-should what-should better-way", asked=True),
    Sign("explanations", "question", LEVEL.asked, "why-did-you why-did-we why-have-you how-did-you difference-between", asked=True),
    Sign("ideas", "design", LEVEL.asked, nouns="ideas", asked=True),
    Sign("thoughts", "review", LEVEL.asked, "what-do-you-think thoughts your-opinion", asked=True),
    Sign("tests", "test", LEVEL.asked, nouns="tests", asked=True),
    Sign("comments", "review", LEVEL.asked, nouns="comments"),
    Sign("conflicts", "git", LEVEL.asked, nouns="conflicts"),
    Sign("speed", "profile", LEVEL.asked, "so-long too-long takes-long take-long", "speed", asked=True),
    Sign("security", "security", LEVEL.asked, nouns="security", asked=True),
    Sign("progress", "status", LEVEL.asked, "did-we did-you have-we have-you are-we-done is-it-done what's-left whats-left what-is-left what's-next whats-next what's-outstanding how-far where-are-we what-did-you-do what-did-we what-have-you what-have-we any-progress any-update any-updates are-you-done", "progress", asked=True),
    Sign("duplicates", "refactor", LEVEL.finding, "duplicated duplication duplicating repeated redundant"),
    *(Sign(noun.name, noun.tag, LEVEL.hint, nouns=noun.name, asked=False) for noun in NOUNS if noun.name in ("tests", "docs", "looks", "security", "speed")),
    Sign("something is off", "debug", LEVEL.finding, "silently no-longer now-and-then misleading mismatch missing misses never swallowed overwrites overwritten lost unfiltered inconsistent race leaks dereferences ignored unnecessarily fail shouldn't can't cannot won't doesn't does-not isn't is-not didn't did-not not-being not-seeing should-have supposed-to expected not-found sometimes forever twice randomly intermittently flickers nan 500 404 report-that reports-that looks-off looks-wrong", asked=False),
    Sign("a wish", "feature", LEVEL.hint, "i'd-like i-would-like we'd-like would-be-nice would-be-great would-be-cool let-users users-should i-want we-want", asked=False),
    Sign("opinion", "design", LEVEL.hint, "should could i-think i-guess i-feel feel-like instead rather ideally prefer better nicer would-be wondering wonder makes-sense", asked=False),
    *(Sign(noun.name, noun.tag, LEVEL.hint, nouns=noun.name, asked=False) for noun in NOUNS if noun.name not in ("comments", "changes", "conflicts")),
)  # fmt: skip
"""The strongest first."""

STEPS: dict[str, str] = {
    "explore": "look find explain fetch get grab view examine show understand trace list open count",
    "verify": "verify",
    "edit": "make change",
    "debug": "fix",
    "refactor": "reshape",
    "cleanup": "remove",
    "review": "review",
    "test": "test",
    "docs": "document",
    "git": "commit",
    "plan": "plan",
    "design": "design",
    "build": "compile upgrade",
    "config": "configure",
    "release": "release",
    "deploy": "deploy",
    "profile": "measure",
    "security": "secure",
    "data": "migrate",
    "frontend": "style",
    "delegate": "delegate",
    "ticket": "file",
    "report": "summarize",
}
"""Tags of model calls to what they say that they do next: rows of verbs, and verbs of their own."""

STEP_OBJECTS: dict[str, frozenset[str]] = {
    "make": frozenset("tests docs branches issues plans".split()),
    "change": frozenset("tests docs plans issues".split()),
    "fix": frozenset("tests lint build conflicts".split()),
    "verify": frozenset("tests lint build".split()),
    "run": frozenset("tests lint build agents".split()),
}
"""Rows to the nouns that say more of a model call than the row does."""

TOOLS: dict[str, str] = {
    "read": "explore",
    "search": "explore",
    "edit": "edit",
    "shell": "shell",
    "web": "research",
    "agent": "delegate",
    "plan": "plan",
    "ask": "ask",
    "mcp": "mcp",
}
"""Categories of tools to the tag of a model call that says nothing and asks for one."""
