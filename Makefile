# make demo | test | lint | bench, each sets up what it needs in .venv
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test lint bench clean

demo: $(VENV)/installed
	@$(BIN)/openbanking demo

test: $(VENV)/developing
	$(BIN)/python -m pytest -n 2 $(ARGS)

lint: $(VENV)/developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests/typing/api.py

bench: $(BENCH)/measuring
	$(BENCH)/bin/python -m benchmarks $(ARGS)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "setting up $(VENV), once"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade "pip>=25.1"  # the first that knows dependency groups

$(VENV)/installed: pyproject.toml | $(BIN)/python
	@$(PIP) install --editable .
	@touch $@

$(VENV)/developing: pyproject.toml | $(BIN)/python
	@$(PIP) install --editable . --group dev
	@touch $@ $(VENV)/installed

$(BENCH)/measuring: pyproject.toml | $(BIN)/python
	@$(PYTHON) -m venv $(BENCH)  # of its own: schemathesis is a pytest plugin, too
	@$(BENCH)/bin/python -m pip --disable-pip-version-check --quiet install --upgrade "pip>=25.1"
	@$(BENCH)/bin/python -m pip --disable-pip-version-check --quiet install --editable . --group bench
	@touch $@

clean:
	rm -rf $(VENV) $(BENCH) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
