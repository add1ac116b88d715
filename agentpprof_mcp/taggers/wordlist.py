"""The words that a language model may answer with: the vocabulary of tags, and finer activities.

A word stands here because it names what is done in a piece of work, whatever the project: no
technology, no product, nothing that tells one user from another. Whoever writes the prompts can
therefore choose among these words, and say nothing with them.
"""

from agentpprof_mcp.taggers.vocabulary import FALLBACK, MEANINGS

__all__ = ["WORDS"]

_ACTIVITIES = """
    accounting adjust advice align analysis annotate answer api approve archive assess assist audit
    auth automate
    backend backup benchmark billing bisect bootstrap branch browse budget bump bundle
    caching check checkout cite clarify classify collect commit compare compile compliance compress
    concurrency connect convert coordinate copy correct count coverage create customize
    dashboard database decide decode decompile dedupe delegate demo dependency deprecate detect
    diagnose diagram diff discuss display download draft
    editor embed emulate enable encode encrypt enhance error estimate evaluate event execute
    experiment explain explore export extend extract
    feedback fetch filter fixture forecast fork format fuzz
    generate group guide
    handoff harden health help hook hotfix
    identify implement import improve incident index ingest init inspect install instrument
    integrate interview inventory investigate issue
    knowledge
    launch layout library license lint list load locale locate logging login
    maintain manage mapping measure memory merge message metadata metrics middleware migrate mirror
    mock model monitor move
    naming navigate negotiate network normalize note notebook notify
    observe onboard optimize orchestrate organize outline override
    package parse patch payment pentest permission pipeline polish port present preview prioritize
    privacy process profiling prompt proposal protocol prototype provision proxy prune publish purge
    quality query queue
    rank recover reduce remove rename render repair replace replay report repro request reset
    resolve restore restyle retry reuse revert rewrite roadmap rollback rollout routing run
    sample sandbox scaffold schedule schema scrape script search secret seed separate serve setup
    share simplify simulate sketch solve sort spec split sprint stabilize structure style submit
    summarize support survey sync syntax
    task teach telemetry template theme throttle tooling trace track train transform translate
    triage trim tune tutorial typing
    unify update upgrade upload usability
    validate vendor verify version visualize
    warning watch workflow wrap write
"""

WORDS = frozenset({*MEANINGS, FALLBACK, *_ACTIVITIES.split()})
"""All of them."""
