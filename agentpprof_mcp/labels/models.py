"""The public part of a model's name: family, version, date. Anything private after it is cut."""

import re
from functools import lru_cache

from agentpprof_mcp.labels.shape import CACHE

__all__ = ["model_name"]

UNKNOWN, CUSTOM = "unknown", "custom"
MAX_NAME = 48

VENDOR = re.compile(
    r"(?:(?:models/|openrouter/|bedrock/|vertex_ai/|azure/|[a-z]{2,4}\.)*"
    r"(?:anthropic|openai|google|meta|meta-llama|mistralai|mistral|qwen|deepseek|deepseek-ai|x-ai|xai"
    r"|zai|z-ai|zai-org|moonshotai|moonshot|minimax|amazon|cohere|microsoft|nvidia)[./]"
    r"|models/|openrouter/|bedrock/|vertex_ai/|azure/)"
)
FAMILY = re.compile(
    r"claude(?:-[a-z]{3,9}(?=-\d{1,2}(?!\d)))?|gpt|chatgpt|codex|o(?=\d)|gemini|gemma|llama|codellama"
    r"|mistral|mixtral|ministral|magistral|devstral|codestral|pixtral|qwen|qwq|qvq|deepseek|grok|glm"
    r"|kimi|minimax|phi|command|nova|nemotron|granite|yi|ernie|hunyuan|doubao|jamba|solar|falcon"
    r"|starcoder|composer|palmyra|sonar"
)
"""A Claude generation is named by a word, and new words come: one is let through before a number."""
_WORDS = (
    "air alpha base beta chat code coder codex deep distill exp experimental fast flash flashx free "
    "haiku high instant instruct it k large latest lite low m max maverick medium micro mini moe nano "
    "next omni opus oss plus premier preview pro r reasoner reasoning research scout small sonnet spark "
    "super text thinking tiny turbo ultra v vision vl xhigh"
)
WORDS = frozenset(_WORDS.split())
PART = re.compile(
    r"[-_.:@]?(?:"
    r"[12]\d{3}(?:0[1-9]|1[0-2])[0-3]\d"  # 20251101
    r"|[ekmoqrv]?(?:\d{1,2}x)?\d{1,4}(?:\.\d{1,2}){0,2}[abkmot]?"  # 5, 4.1, 4o, v3.2, r1, 8x7b
    r"|([a-z]+)"  # one of WORDS
    r")(?![a-z0-9])"
)
CONTEXT = re.compile(r"\[\d{1,4}[km]\]$")


@lru_cache(CACHE)
def model_name(raw: str) -> str:
    """The value of a `model:` frame: the longest public start of the name, else `custom`."""
    name = CONTEXT.sub("", raw.strip().lower())
    if not name:
        return UNKNOWN
    vendor = VENDOR.match(name)
    family = FAMILY.match(name, vendor.end() if vendor else 0)
    if family is None:
        return CUSTOM
    end = family.end()
    while (part := PART.match(name, end)) and (part[1] is None or part[1] in WORDS):
        end = part.end()
    if name[end : end + 1].isalnum():
        return CUSTOM
    return name[family.start() : end].replace("@", "-")[:MAX_NAME]
