"""The only place that opens a connection: questions to one llama.cpp server, and an end to each of them.

The server is trusted with nothing. Below httpx's client there is no redirect, no proxy, no cookie, no
decompression and no setting of the environment; an answer is read up to a limit and within a time.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing

import anyio
import httpx

from agentpprof_mcp.query import Llama
from agentpprof_mcp.taggers.reasons import Reason, Trouble
from agentpprof_mcp.taggers.request import Wording

__all__ = ["Inquiry"]

AT_ONCE = 4
"""Questions under way; as many as a llama.cpp server answers at once when nobody tells it otherwise."""

ATTEMPTS = 2
BREAKER = 3
"""Texts in a row that the server failed at, after which it is left alone."""

CONNECT = 3.0
"""Seconds to be connected."""

LARGEST = 64 << 10
"""Bytes of an answer."""

HEADERS = {"accept-encoding": "identity", "content-type": "application/json"}
TIMEOUTS = {"timeout": {"connect": CONNECT}}


class Inquiry:
    """Asks about texts. `answers` has what came of it so far, also after an interrupt."""

    def __init__(self, llama: Llama, wording: Wording) -> None:
        self.answers: dict[str, str] = {}
        self.troubles: dict[str, Reason] = {}
        self._llama = llama
        self._wording = wording
        self._failures = 0

    def run(self, texts: Sequence[str], progress: Callable[[int, int], None]) -> None:
        """Ask about each of the distinct texts; then each has an answer or a trouble."""

        def told() -> None:
            progress(len(self.answers) + len(self.troubles), len(texts))

        told()
        anyio.run(self._all, iter(texts), told)
        rest = Reason.STOPPED if self._failures >= BREAKER else Reason.DEADLINE
        for text in texts:
            if text not in self.answers:
                self.troubles.setdefault(text, rest)
        told()

    async def _all(self, texts: Iterator[str], told: Callable[[], None]) -> None:
        """Share the texts among a few tasks, until there are no more, or the time is over."""
        with anyio.move_on_after(self._llama.deadline):
            async with (
                httpx.AsyncHTTPTransport(trust_env=False) as server,
                anyio.create_task_group() as group,
            ):
                for _ in range(AT_ONCE):
                    group.start_soon(self._some, server, texts, told, group.cancel_scope.cancel)

    async def _some(
        self,
        server: httpx.AsyncBaseTransport,
        texts: Iterator[str],
        told: Callable[[], None],
        stop: Callable[[], None],
    ) -> None:
        """One task: the next text, until there are no more, or the server has failed too often."""
        for text in texts:
            for attempt in range(ATTEMPTS):
                try:
                    self.answers[text] = await self._answer(server, text, attempt)
                except Trouble as trouble:
                    self.troubles[text] = trouble.reason
                else:
                    self.troubles.pop(text, None)
                    break
            failed = self.troubles.get(text, Reason.WORD) is not Reason.WORD
            self._failures = self._failures + 1 if failed else 0
            told()
            if self._failures >= BREAKER:
                stop()
                return

    async def _answer(self, server: httpx.AsyncBaseTransport, text: str, attempt: int) -> str:
        """The tag of a text. Raises `Trouble`."""
        body = self._wording.body(text, self._llama.model, attempt)
        try:
            request = httpx.Request(
                "POST", self._llama.url, headers=HEADERS, content=body, extensions=TIMEOUTS
            )
            with anyio.fail_after(self._llama.timeout):
                data = await _answered(server, request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise Trouble(Reason.UNREACHABLE) from None
        except TimeoutError:
            raise Trouble(Reason.SILENT) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            raise Trouble(Reason.BROKEN) from None
        return self._wording.word_in(data, text)


async def _answered(server: httpx.AsyncBaseTransport, request: httpx.Request) -> bytes:
    """The body of the answer to a request, as it was sent. Raises `Trouble` and what httpx raises."""
    async with aclosing(await server.handle_async_request(request)) as response:
        if response.status_code != httpx.codes.OK:
            raise Trouble(_of_status(response.status_code))
        data = bytearray()
        async for chunk in response.aiter_raw():
            data += chunk
            if len(data) > LARGEST:
                raise Trouble(Reason.ODD)
        return bytes(data)


def _of_status(status: int) -> Reason:
    if status in {401, 403}:
        return Reason.LOCKED
    by_class = {3: Reason.MOVED, 4: Reason.REFUSED}
    return Reason.FAILING if status == 429 else by_class.get(status // 100, Reason.FAILING)
