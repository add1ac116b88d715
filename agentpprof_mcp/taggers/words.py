"""The built-in rules as data: words that name an activity, what tools a model call asked for.

Words are matched whole and in lower case. The first word of a text that stands here decides, so a
word belongs here only if it names what is to be done in most sentences.
"""

__all__ = ["ASKING", "CALL_TAGS", "GO_AHEAD", "OPENER_TAGS", "WORDS"]

ACTIVITIES: dict[str, str] = {
    "debug": "bug bugs broken crash crashes debug error errors fail failed failing fails failure fix fixes panic regression traceback wrong",
    "feature": "add allow create enable extend implement introduce support",
    "refactor": "deduplicate extract move refactor rename reorganize rewrite simplify split",
    "cleanup": "clean cleanup delete drop prune remove unused",
    "test": "coverage pytest test tested testing tests",
    "review": "audit comment comments feedback review reviewed reviewer reviewing",
    "docs": "changelog comment doc docs document documentation documented readme",
    "design": "architecture design pattern proposal should",
    "plan": "plan planning roadmap scope tasks todo",
    "research": "analyze analyse explore find investigate look research search survey",
    "build": "build ci compile dependency dependencies golangci lint linter linting typecheck",
    "config": "config configuration configure env gitignore hook hooks install settings setup",
    "release": "publish release released tag version",
    "deploy": "deploy deployment dns hosting server staging",
    "git": "branch cherry commit committed merge pr pull push rebase squash stash",
    "security": "advisory cve leak secret secrets security vulnerability",
    "profile": "benchmark faster latency memory performance profile slow speed",
    "data": "database fixture fixtures migration schema",
    "frontend": "button css color colors font layout page screenshot style styling ui",
    "agent": "agent agents skill skills subagent subagents",
    "ticket": "issue issues linear ticket tickets",
    "status": "progress status summarize summary",
}

WORDS: dict[str, str] = {
    word: tag for tag, words in reversed(ACTIVITIES.items()) for word in words.split()
}
"""Word to tag; a word listed twice goes to the earlier tag."""

GO_AHEAD = frozenset(
    "continue go yes yeah yep ok okay sure proceed perfect great thanks thank resume agreed correct right no nope".split()
)
"""A short text that begins so only moves current work on."""

ASKING = frozenset("how why what where which who when is are does do did can could would".split())
"""A short text that begins so and ends in a question mark asks for an answer."""

OPENER_TAGS = {
    "start": "start",
    "command": "command",
    "notice": "notice",
    "shell": "shell",
}
"""Regions that are named by what opened them."""

CALL_TAGS = {
    "read": "explore",
    "search": "explore",
    "edit": "edit",
    "shell": "shell",
    "web": "research",
    "agent": "delegate",
    "plan": "plan",
    "ask": "ask",
    "mcp": "tool",
}
"""Tool category to the tag of a model call that says nothing and asks for such a tool."""
