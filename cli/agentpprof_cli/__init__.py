"""The command line of agentpprof: flags to queries, answers to files and tables."""

import gc
import os
import sys
from typing import NoReturn

__all__ = ["run"]

INTERRUPTED = 130


def run() -> NoReturn:
    """The console script: end at once, without taking apart what the run has built.

    Looking for cycles among it would take a tenth of the run, and find none.
    """
    gc.disable()
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
    code = INTERRUPTED
    try:
        from agentpprof_cli.main import main  # noqa: PLC0415  an interrupt may come during imports

        code = main()
        sys.stderr.flush()
    except KeyboardInterrupt:
        pass
    os._exit(code)
