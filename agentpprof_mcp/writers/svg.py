"""SVG: a static icicle graph, root at the top, that reads well without scripts and loads nothing.

A box is a frame, its width the view's first measure, its colour the frame's key. Siblings are sorted by
name, so that two graphs can be compared by eye. The widest `BUDGET` frames of at least `MIN_SHARE` are
drawn; grey boxes stand for what is left out, and the footer says how much that is.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from agentpprof_mcp import __version__
from agentpprof_mcp.model import Status
from agentpprof_mcp.profile import Label, Values
from agentpprof_mcp.writers.base import Report, noun, what_was_read

__all__ = ["COLOURS", "write"]

COLOURS = {
    "project": ("#d5dfeb", "#373e47"),
    "agent": ("#b6d1ff", "#3a4e7c"),
    "session": ("#dac4ff", "#574478"),
    "prompt": ("#fdbadf", "#703b5a"),
    "subagent": ("#ebc1ec", "#644265"),
    "kind": ("#eecb9a", "#674a1e"),
    "call": ("#ffc091", "#773f12"),
    "mcp": ("#ffbdb0", "#763d35"),
    "process": ("#8be3e2", "#005d5d"),
    "effect": ("#a1e4ae", "#215e32"),
    "path": ("#d5d789", "#535400"),
    "domain": ("#96dcfe", "#0d5773"),
    "model": ("#9ce2ce", "#185c4d"),
    "status": ("#d4e3d1", "#354133"),
    "failed": ("#ff8e86", "#942a29"),
    "other": ("#e2ddd5", "#403d37"),
}
"""Fill of each frame key in light and dark mode; `failed` is hatched too, `other` any other key."""
INK = ("#1f2328", "#f0f3f6")
QUIET = ("#59636e", "#9198a1")
PAPER = ("#ffffff", "#0d1117")
HATCH = ("#ffb3ab", "#6e1d1c")
PLAIN = ("#eceff2", "#21262d")
"""The root, and what is too small to draw."""

FAILED = {f"status:{status}" for status in Status if status.failed}

LEGEND = {key: key for key in COLOURS if key != "failed"} | {
    "failed": "status: error, denied, aborted",
    "hidden": "too small to draw",
}
"""The text of each chip, in order."""

BASE_STYLE = (
    ":root{color-scheme:light dark;height:auto}"
    "text{font:12px system-ui,-apple-system,'Segoe UI',sans-serif}"
    ".headline{font-size:22px;font-weight:600}.question{font-size:14px}"
    "#frames text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}"
    "#frames rect{stroke-width:.6}"
)

BUDGET = 5000
MIN_SHARE = 0.001

WIDTH = 1200
MARGIN = 16
PLOT = WIDTH - 2 * MARGIN
HEAD = 94
LEGEND_ROW = 22
ROW = 20
CHARACTER = 7.25
"""Width of a character of the frames' font at 12 px, the widest of the usual monospaced ones."""
WIDE_FROM = "\u1100"
"""From here on most characters (Hangul, CJK, emoji) take two columns."""
PADDING = 5

NONCHARACTERS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    f"\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e007f{NONCHARACTERS}]"
)
"""Controls, surrogates, zero-width and bidi characters: illegal in XML, or made to mislead."""
LAST_SECOND = 253402300799
"""The end of the last year that a date can show."""


class Node:
    """A frame below its ancestors; children in the order of their names."""

    __slots__ = ("children", "depth", "frame", "value")

    def __init__(self, frame: str, depth: int) -> None:
        self.frame = frame
        self.depth = depth
        self.value = 0
        self.children: dict[str, Node] = {}

    def rank(self) -> tuple[int, int]:
        """Place in the order of drawing, heaviest first; a frame comes after its parent."""
        return -self.value, self.depth


class Box(NamedTuple):
    """One rectangle. `start` and `value` are in units of the measure.

    With `more` it has no frame, but stands for that many siblings too small to be drawn.
    """

    frame: str
    depth: int
    start: int
    value: int
    more: int = 0


class Graph(NamedTuple):
    """What is drawn of `total`; `hidden` frames are not: the widest has `widest`, all `lost` together."""

    boxes: list[Box]
    total: int
    hidden: int
    widest: int
    lost: int

    def share(self, value: int) -> float:
        """Part of the whole width, in percent."""
        return 100 * value / max(1, self.total)


def write(report: Report) -> bytes:
    """Return the graph of the first measure as a standalone SVG document, UTF-8."""
    graph = _layout(report.profile.stacks())
    legend, legend_height = _legend(graph.boxes)
    top = HEAD + legend_height
    bottom = top + ROW * (1 + max(box.depth for box in graph.boxes))
    unit = noun(report.profile.measures[0])
    lines = [
        *_head(report, graph.total, unit, bottom + 40),
        *legend,
        f'<g id="frames" transform="translate({MARGIN} {top})">',
        *(_drawn(box, graph, unit) for box in graph.boxes),
        "</g>",
        *_foot(graph, bottom + 24),
        "</svg>",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _layout(stacks: Mapping[tuple[Label, ...], Values]) -> Graph:
    """Choose and place the boxes, row by row."""
    root, nodes = _tree(stacks)
    least = root.value * MIN_SHARE
    wide = sorted(node.rank() for node in nodes if node.value >= least)
    first_out = wide[BUDGET] if len(wide) > BUDGET else (-least, math.inf)
    boxes = [Box(root.frame, 0, 0, root.value)]
    hidden = [node.value for node in nodes if node.rank() >= first_out]
    lost = 0
    pending = [(root, 0)]
    while pending:
        node, start = pending.pop()
        small = []
        for child in node.children.values():
            if child.rank() >= first_out:
                small.append(child.value)
                continue
            boxes.append(Box(child.frame, child.depth, start, child.value))
            pending.append((child, start))
            start += child.value
        lost += sum(small)
        if small and sum(small) >= least:
            boxes.append(Box("", node.depth + 1, start, sum(small), more=len(small)))
    boxes.sort(key=lambda box: (box.depth, box.start))
    return Graph(boxes, root.value, len(hidden), max(hidden, default=0), lost)


def _tree(stacks: Mapping[tuple[Label, ...], Values]) -> tuple[Node, list[Node]]:
    """Join sorted stacks into a tree; return its root and all its nodes but the root."""
    root = Node("all", 0)
    nodes = []
    for stack, values in stacks.items():
        if not values[0]:
            continue
        node = root
        node.value += values[0]
        for depth, frame in enumerate(stack, 1):
            if frame not in node.children:
                node.children[frame] = Node(frame, depth)
                nodes.append(node.children[frame])
            node = node.children[frame]
            node.value += values[0]
    return root, nodes


def _escaped(text: str) -> str:
    """Text as it stands in XML, between tags and in quoted attributes."""
    return text.translate(ESCAPES)


def _safe(text: str) -> str:
    """Escape text for XML, without the characters that XML or its readers cannot bear."""
    return _escaped(UNSAFE.sub("", text))


def _day(milliseconds: int) -> str:
    return str(datetime.fromtimestamp(min(milliseconds // 1000, LAST_SECOND), UTC).date())


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _head(report: Report, total: int, unit: str, height: int) -> Iterator[str]:
    """The document's opening: its names, its styles, its headline."""
    profile = report.profile
    facts = f"{total:,} {unit}"
    if sessions := report.number:
        facts += f" in {sessions:,} session{'' if sessions == 1 else 's'}"
    if profile.started:
        facts += f", {_day(profile.started)} to {_day(profile.ended)} UTC"
    view, question = _safe(profile.view), _safe(report.question)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="100%" '
        'role="img" aria-labelledby="title desc">'
    )
    yield f'<title id="title">{view}: {_safe(facts)}</title>'
    yield (
        f'<desc id="desc">{question} Icicle graph, root at the top: the wider a frame, the more '
        f"{_safe(unit)}. History: {_safe(what_was_read(report.reconciliation))}.</desc>"
    )
    yield f"<style>{BASE_STYLE}{_colours(0)}@media (prefers-color-scheme:dark){{{_colours(1)}}}</style>"
    yield (
        '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="ground" width="5" height="5"/>'
        '<rect class="hatch" width="2" height="5"/></pattern>'
    )
    yield f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
    yield f'<text class="headline" x="{MARGIN}" y="36">{view}</text>'
    yield f'<text class="question" x="{MARGIN}" y="58">{question}</text>'
    yield f'<text class="quiet" x="{MARGIN}" y="78">{_safe(facts)}</text>'


def _colours(mode: int) -> str:
    """The colours of light (0) or dark (1) mode, as style rules."""
    fills = {
        "text": INK,
        ".quiet": QUIET,
        ".paper": PAPER,
        ".ground": COLOURS["failed"],
        ".hatch": HATCH,
        ".root>rect,.hidden>rect": PLAIN,
        **{f".{key}>rect": fill for key, fill in COLOURS.items()},
    }
    rules = [f"{selector}{{fill:{fill[mode]}}}" for selector, fill in fills.items()]
    return "".join(rules) + (
        f":root{{background:{PAPER[mode]}}}.failed>rect{{fill:url(#hatch)}}"
        f"#frames rect{{stroke:{PAPER[mode]}}}#frames g:hover>rect{{stroke:{INK[mode]}}}"
    )


def _key(box: Box) -> str:
    """The class of a box: what colours it, and what the legend lists."""
    if not box.depth:
        return "root"
    if box.more:
        return "hidden"
    if box.frame in FAILED:
        return "failed"
    key = box.frame.partition(":")[0]
    return key if key in COLOURS else "other"


def _legend(boxes: list[Box]) -> tuple[list[str], int]:
    """A chip for every key in use, wrapped into rows; return it and its height."""
    used = {_key(box) for box in boxes}
    lines = []
    x, y = 0, 0
    for key, text in LEGEND.items():
        if key not in used:
            continue
        width = 42 + 6 * len(text)
        if x + width > PLOT:
            x, y = 0, y + LEGEND_ROW
        lines.append(
            f'<g class="{key}" transform="translate({MARGIN + x} {HEAD + y})">'
            f'<rect width="14" height="14" rx="3"/><text x="20" y="11.5">{text}</text></g>'
        )
        x += width
    return lines, y + LEGEND_ROW + 8


def _drawn(box: Box, graph: Graph, unit: str) -> str:
    """One box with its tooltip, and as much text as it has room for."""
    scale = PLOT / max(1, graph.total)
    x, y, width = box.start * scale, box.depth * ROW, box.value * scale
    name = f"{box.more:,} more" if box.more else UNSAFE.sub("", box.frame)
    share = f"{graph.share(box.value):.1f} %"
    text = _fit(name, share, int((width - 2 * PADDING) / CHARACTER))
    parts = [
        f'<g class="{_key(box)}">',
        f"<title>{_escaped(name)}\n{box.value:,} {_safe(unit)}, {share}</title>",
        f'<rect x="{_number(x)}" y="{y}" width="{_number(width)}" height="{ROW}" rx="2"/>',
    ]
    if text:
        parts.append(f'<text x="{_number(x + PADDING)}" y="{y + 14}">{text}</text>')
    return "".join([*parts, "</g>"])


def _fit(name: str, share: str, columns: int) -> str:
    """The most that fits: name and share, the name, the name without its key, or the start of that."""
    short = name.partition(":")[2] or name
    for text in (f"{name}\u00a0\u00a0{share}", name, short):
        if sum(map(_columns, text)) <= columns:
            return _escaped(text)
    if columns < 4:
        return ""
    ends = itertools.accumulate(map(_columns, short))
    return _escaped(short[: sum(end < columns for end in ends)]) + "…"


def _columns(character: str) -> int:
    return 2 if character >= WIDE_FROM else 1


def _foot(graph: Graph, y: int) -> Iterator[str]:
    """What the drawing leaves out, and what made it."""
    if graph.hidden:
        yield (
            f'<text class="quiet" x="{MARGIN}" y="{y}">Not drawn: {graph.hidden:,} frames of at most '
            f"{graph.share(graph.widest):.2g} %, {graph.share(graph.lost):.1f} % of the width</text>"
        )
    yield (
        f'<text class="quiet" x="{WIDTH - MARGIN}" y="{y}" text-anchor="end">'
        f"agentpprof {__version__}, labels only, no prompt text</text>"
    )
