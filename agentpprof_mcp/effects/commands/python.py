"""Python: package managers, and tools that are written in it or for it."""

from agentpprof_mcp.effects.programs import FILES, PLAIN, Paths, Program, each
from agentpprof_mcp.model import EffectKind

__all__ = ["MODULES", "PYTHON"]

READ, WRITE, TEST = EffectKind.READ, EffectKind.WRITE, EffectKind.TEST
BUILD, CHECK, PACKAGE, RUN = EffectKind.BUILD, EffectKind.CHECK, EffectKind.PACKAGE, EffectKind.RUN
ALL = Paths.ALL

PYPI = "pypi"
INSTALL = Program(
    PACKAGE,
    registry=PYPI,
    files="-r --requirement -e --editable -c --constraint -t --target",
    values="--python --extra --group -p --prefix -i --index-url --extra-index-url",
)
PIP = each(
    {
        "install download wheel index search sync compile": INSTALL,
        "uninstall cache": PLAIN[PACKAGE],
        "list show freeze check inspect tree": PLAIN[READ],
    }
)
MANAGER = Program(
    RUN,
    values="--python -p --group --extra --package",
    folder="--directory --project -C",
    tasks=True,
    subcommands=each(
        {
            "install sync add lock update upgrade self publish": INSTALL,
            "remove uninstall tool env python": PLAIN[PACKAGE],
            "build": PLAIN[BUILD],
            "test": FILES[TEST],
            "check fmt": FILES[CHECK],
            "tree show list version export": PLAIN[READ],
            "venv new init": FILES[WRITE],
            "pip": Program(PACKAGE, subcommands=PIP),
        }
    ),
)

PYTHON = each(
    {
        "python python3 py pypy pypy3 ipython": Program(RUN, Paths.FIRST, values="-c -W -X -m"),
        "pytest py.test nose2 behave robot": Program(
            TEST,
            ALL,
            values="-k -m -n -p -o -c -W --maxfail --tb --cov --cov-report --durations --ignore -r --timeout "
            "--dist --rootdir --basetemp --junitxml --log-level",
        ),
        "tox nox": Program(TEST, values="-e -f -s -k -p"),
        "coverage": Program(READ, subcommands={"run": PLAIN[TEST]}),
        "ruff": Program(
            CHECK,
            subcommands=each({"check format": Program(CHECK, ALL, values="--select --ignore --config")}),
        ),
        "mypy dmypy pyright basedpyright ty pyre pytype flake8 pylint black isort autopep8 yapf bandit "
        "vulture codespell yamllint shellcheck shfmt hadolint actionlint djlint sqlfluff pydocstyle vale "
        "typos taplo semgrep gitleaks trivy trufflehog markdown-link-check pre-commit prek": Program(
            CHECK, ALL, values="--config -c --config-file --select --ignore --format -p -m -S"
        ),
        "pip pip3": Program(PACKAGE, subcommands=PIP),
        "pipx twine": Program(PACKAGE, registry=PYPI),
        "uv poetry pdm pipenv hatch rye": MANAGER,
        "conda mamba micromamba": Program(PACKAGE, registry="conda"),
        "maturin": PLAIN[BUILD],
        "virtualenv": FILES[WRITE],
        "sphinx-build mkdocs": PLAIN[BUILD],
        "uvicorn gunicorn flask streamlit jupyter django-admin alembic celery": PLAIN[RUN],
    }
)  # fmt: skip

MODULES = each(
    {
        "unittest doctest": PLAIN[TEST],
        "build": PLAIN[BUILD],
        "py_compile compileall ast tabnanny": FILES[CHECK],
        "json.tool": FILES[READ],
        "venv zipapp": FILES[WRITE],
        "ensurepip": PLAIN[PACKAGE],
    }
)
"""Modules that `python -m` runs and that are no programs of their own."""
