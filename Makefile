# Each target does all its own set-up in .venv; nothing is needed beyond Python >= 3.11 with venv.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml README.md $(shell find src -type f -not -name '*.pyc')

.PHONY: demo test check sanitize docs clean

demo: $(VENV)/installed          ## run the main job on the examples and show it
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

test: $(VENV)/testing            ## pass the tests
	$(BIN)/python -m pytest

check: $(VENV)/testing           ## formatting, lint, types
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy

SECONDS ?= 600
sanitize: $(VENV)/testing        ## kernel tests and fuzzing under sanitisers (needs g++ and clang++)
	tests/fuzz/run.sh $(BIN)/python $(SECONDS)

docs: $(VENV)/installed          ## write docs/cli.md from --help, docs/python.md from docstrings
	$(BIN)/python docs/make_cli.py
	$(BIN)/python docs/make_python.py

clean:                           ## remove everything the other targets made
	rm -rf $(VENV) build demo.html

$(VENV)/python:
	@test -n "$(PYTHON)" || { echo "dedup needs Python 3.11 or newer with venv; install it or pass PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/python $(SOURCES)
	@echo "compiling the kernel and installing dedup in $(VENV): a minute or two" >&2
	$(BIN)/python -m pip install --quiet --disable-pip-version-check .
	@touch $@

$(VENV)/testing: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[test]"
	@touch $@
