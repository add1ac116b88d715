"""The closed vocabulary of tags that prompts and sessions are given, and what each means.

The rules answer with these words only, a language model is shown the meanings, and the page on tags
prints them.
"""

__all__ = ["FALLBACK", "MEANINGS"]

MEANINGS: dict[str, str] = {
    "debug": "something is broken, and its cause or its repair is wanted",
    "feature": "add to what the product does, or change it, for the one who uses it",
    "refactor": "change how code is shaped and not what it does",
    "cleanup": "take away what is no longer wanted: code, files, dependencies, support",
    "test": "write, run, extend or judge tests, coverage or a try-out by hand",
    "review": "judge code or a proposal, or answer comments of reviewers",
    "docs": "write or change prose: documentation, changelog, comments, licence",
    "design": "decide how something should work: options, semantics, objections",
    "plan": "make or change a plan: tasks, scope, order of work",
    "research": "find something out and change nothing: analyse, survey, estimate",
    "question": "ask how or why something is so; an answer is all that is wanted",
    "build": "compile, lint, generate, depend on, run in CI, and get that to pass",
    "config": "settings, environment, ignore files, hooks, how tools are wired",
    "release": "versions, packages, artefacts, publishing",
    "deploy": "servers, hosting, domains, the running system",
    "git": "commit, branch, merge, push, conflicts, pull requests",
    "security": "vulnerabilities, leaks, secrets, hardening",
    "profile": "what costs time, memory, tokens or money, and how to lower it",
    "data": "schemas, migrations, stored formats, sample data",
    "frontend": "how a user interface looks and reads",
    "continue": "a short reply that only moves the work on: a go-ahead, a choice, an answer",
    "agent": "direct the agent itself: its sub-agents, skills and tools",
    "ticket": "keep an issue tracker: open, update, rank, close",
    "status": "ask what is done and what is left",
}
"""Tag to its meaning."""

FALLBACK = "general"
"""What is given where no tag fits."""
