"""What a model response says and asks for, collected until its tokens are reported.

The items of a response come first, its token report later, in some versions after the answers of the
tools it called. A thread without any report (generations 1 and 2, some providers) gets one estimated
call per response instead: items up to the first answer or user message.
"""

import msgspec

__all__ = ["Response", "Responses"]

SAYS = 600
DOES = 64


class Response(msgspec.Struct):
    """Items of one response: when and in which region it began, its text, the tools it called."""

    at: int
    prompt: int
    size: int = 0
    """UTF-8 bytes of its visible text."""
    says: str = ""
    does: list[str] = msgspec.field(default_factory=list)

    def add(self, text: str, tools: list[str]) -> None:
        """Add more of the response, or a part of it that was kept apart."""
        if text and len(self.says) < SAYS:
            self.says = f"{self.says}\n{text}"[:SAYS] if self.says else text[:SAYS]
        self.does += tools[: DOES - len(self.does)]


class Responses:
    """Responses of one thread; `waiting` are those that no token report has claimed."""

    def __init__(self) -> None:
        """Start with none."""
        self.waiting: list[Response] = []
        self.ended = True

    def say(self, text: str, at: int, prompt: int) -> None:
        """The model writes to the user."""
        response = self._current(at, prompt)
        response.size += len(text.encode("utf-8", "replace"))
        response.add(text, [])

    def ask(self, tool: str, at: int, prompt: int) -> None:
        """The model calls a tool."""
        self._current(at, prompt).add("", [tool])

    def end(self) -> None:
        """Something else than the model acts."""
        self.ended = True

    def claim(self, at: int, prompt: int) -> Response:
        """The response that a token report at `at` is about; an empty one when nothing was written.

        What an interrupted turn left in an earlier region is nobody's and goes.
        """
        waiting, self.waiting = self.waiting, []
        self.ended = True
        if not waiting:
            return Response(at, prompt)
        same = [response for response in waiting if response.prompt == waiting[-1].prompt]
        for response in same[1:]:
            same[0].add(response.says, response.does)
        return same[0]

    def _current(self, at: int, prompt: int) -> Response:
        if self.ended:
            self.waiting.append(Response(at, prompt))
            self.ended = False
        return self.waiting[-1]
