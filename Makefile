# Everything a newcomer or CI needs; each target sets up what it needs first.
#   make film    build storyboards/the-yarn.yaml and print where the film is
#   make test    format, lint, types, import contracts, all tests, coverage
#   make soak    every storm, kill and history, of which `make test` takes a sample (minutes)
# Needs Python 3.11, 3.12 or 3.13 and make. PYTHON=… chooses an interpreter.

SHELL := /bin/sh
VENV  := .venv
BIN   := $(VENV)/bin
PIP   := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
SUITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: film sheet test lint types contracts tests soak check golden stills docs bench lock clean

film: $(VENV)/.ready
	@$(BIN)/storyboard animatic storyboards/the-yarn.yaml

sheet: $(VENV)/.ready
	@$(BIN)/storyboard sheet storyboards/the-yarn.yaml

test: lint types contracts tests

check: lint types contracts

lint: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.ready-dev
	$(BIN)/mypy

contracts: $(VENV)/.ready-dev
	$(BIN)/lint-imports

tests: $(VENV)/.ready-dev
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n 2
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --skip-covered

soak: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n 2 --soak tests/fault/test_storms.py tests/fault/test_kill.py \
	    tests/fault/test_histories.py

golden: $(VENV)/.ready-dev
	$(BIN)/python -m pytest tests/golden --update-golden -q

stills: $(VENV)/.ready-dev
	$(BIN)/python scripts/draw_stills.py

docs: $(VENV)/.ready-dev
	$(BIN)/python scripts/generate_docs.py

bench: $(VENV)/.ready-dev
	$(BIN)/python bench/start.py
	$(BIN)/python bench/diff.py
	$(BIN)/python bench/animatic.py
	$(BIN)/python bench/buying.py
	$(BIN)/python bench/cut.py

# The locks hold exact versions for development; pyproject.toml holds ranges for users.
lock: $(VENV)/.ready-dev
	$(PIP) install uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --generate-hashes \
	    --upgrade --custom-compile-command 'make lock' --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --generate-hashes \
	    --upgrade --custom-compile-command 'make lock' --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

$(VENV)/bin/python:
	@python=; for each in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    if $$each -c '$(SUITS)' >/dev/null 2>&1; then python=$$each; break; fi; done; \
	if [ -z "$$python" ]; then echo "make: needs Python 3.11, 3.12 or 3.13 with venv" >&2; exit 1; fi; \
	$$python -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "setting up $(VENV) (once) …" >&2
	@$(PIP) install -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@echo "setting up the tools for tests (once) …" >&2
	@$(PIP) install -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
