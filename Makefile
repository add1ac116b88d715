# Two commands on a fresh machine with Python 3.11 or newer: `make profile` and `make test`.
# Everything is installed into .venv, pinned by hash; a second run finds it there.

# The Python to use. Without it, the first of these that is new enough and can make environments.
PYTHON ?=
CANDIDATES = $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 \
	"$$HOME"/.pyenv/versions/3.1[1-9]*/bin/python3 /usr/local/bin/python3 /usr/bin/python3)
USABLE = import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

BIN = .venv/bin
EXAMPLE = --claude-root docs/example/.claude --codex-root docs/example/.codex

# The history that `make bench` reads: the folder that holds .claude and .codex.
HISTORY ?= $(HOME)

# What an installation from this checkout needs beside the dependencies in pyproject.toml.
BUILD = hatchling editables
PIN = uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make requirements"

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help profile test test-llama test-clients endurance check format bench dist smoke requirements clean

help:
	@echo "make profile       profile this machine's own sessions: a table, and out/profile.svg"
	@echo "make test          run all tests"
	@echo "make test-llama    ask a real llama.cpp server (installs one and numpy, 60 MB)"
	@echo "make test-clients  let the real Claude Code and Codex call the server, offline"
	@echo "make endurance     ask one server ten thousand times, and see what that leaves behind"
	@echo "make check         format, lint, types and the quick tests, in about a minute"
	@echo "make format        format the code and fix what the linter can"
	@echo "make bench         measure speed and memory on HISTORY=DIR (default: your home)"
	@echo "make smoke         build the wheel and try it in an empty environment"
	@echo "make requirements  pin all dependencies anew (needs uv)"
	@echo "make clean         remove everything that these made"

profile: .venv/installed
	@mkdir -p out
	@$(BIN)/agentpprof --all-projects -o out/profile.pb.gz || { test $$? -eq 1 && \
		echo "Nothing of yours to profile: here are the bundled example sessions." && \
		$(BIN)/agentpprof --all-projects $(EXAMPLE) -o out/profile.pb.gz; }
	@$(BIN)/agentpprof merge out/profile.pb.gz -o out/profile.svg
	@echo
	@$(BIN)/agentpprof top out/profile.pb.gz
	@echo
	@echo "Flame graph, for a browser: out/profile.svg"
	@echo "The same for go tool pprof and speedscope: out/profile.pb.gz"

test: .venv/installed-dev
	$(BIN)/pytest -n auto

test-llama: .venv/installed-llama
	$(BIN)/pytest -m llama -rs

# The folder of the programs that run the real clients (run-claude, run-codex, install-clients).
CLIENT_TOOLS ?=

test-clients: .venv/installed-dev
	@test -x "$(CLIENT_TOOLS)/install-clients" || { echo "make test-clients CLIENT_TOOLS=DIR" >&2; exit 1; }
	$(CLIENT_TOOLS)/install-clients
	AGENTPPROF_CLIENT_TOOLS="$(abspath $(CLIENT_TOOLS))" $(BIN)/pytest -m clients

endurance: .venv/installed-dev
	AGENTPPROF_CALLS=10000 $(BIN)/pytest -s -m endurance

check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n auto -m "not real and not consumers and not llama and not clients"

format: .venv/installed-dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: .venv/installed
	$(BIN)/python benchmarks/run.py --home "$(HISTORY)"

dist: .venv/installed-dev
	rm -rf dist
	$(BIN)/python -m build --no-isolation

smoke: dist
	.ci/smoke $(BIN)/python dist/*.whl

requirements:
	printf '%s\n' $(BUILD) | $(PIN) pyproject.toml - -o requirements.txt
	printf '%s\n' $(BUILD) | $(PIN) --group dev -c requirements.txt pyproject.toml - \
		-o requirements-dev.txt
	$(PIN) --group llama -c requirements-dev.txt -o requirements-llama.txt

clean:
	rm -rf .venv dist out .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/made:
	@for python in $(CANDIDATES); do \
		if "$$python" -c '$(USABLE)' 2>/dev/null; then \
			echo "Setting up .venv with $$("$$python" --version)"; \
			"$$python" -m venv .venv && touch $@; exit; \
		fi; \
	done; \
	echo "No usable Python: 3.11 or newer is needed, with the modules venv and ensurepip." >&2; \
	echo "Debian and Ubuntu have them in the package python3-venv; or say where one is:" >&2; \
	echo "    make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; \
	exit 1

.venv/installed: .venv/made requirements.txt pyproject.toml
	@echo "Installing the pinned dependencies and agentpprof into .venv"
	@$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo "Installing the pinned development tools into .venv"
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

.venv/installed-llama: .venv/installed-dev requirements-llama.txt
	@echo "Installing a llama.cpp server into .venv"
	@$(BIN)/pip install --quiet --require-hashes -r requirements-llama.txt
	@touch $@
