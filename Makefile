# A new machine needs Python 3.11 or newer, make, git and a C compiler. Everything else is fetched by these targets.

HOST ?= 127.0.0.1
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
PACKAGING := setup.cfg pyproject.toml constraints.txt
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard sharemeal/web/translations/*/LC_MESSAGES/*.po))
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help install install-test run test soak faults bench lint catalogue screenshots clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1 — /p' Makefile

install: $(VENV)/.runtime $(CATALOGUES)  ## set up what the program needs; quick when nothing changed

install-test: $(VENV)/.test $(CATALOGUES)  ## set up what the tests and lint need as well

run: install  ## set up, then serve on HOST (127.0.0.1) and PORT (8000); Ctrl-C stops all of it
	@$(BIN)/sharemeal db upgrade
	@$(BIN)/sharemeal demo load --if-empty
	@HOST=$(HOST) PORT=$(PORT) exec $(BIN)/sharemeal serve

test: install-test  ## every test: on SQLite, on PostgreSQL, in a browser
	@$(BIN)/python -m tests.stages test

soak: install-test  ## the long tests, whole
	@$(BIN)/python -m tests.stages soak

faults: install-test  ## kill senders 10,000 times per database: a table on screen, JSON in instance/faults.json; FAULTS='--kills 500 --seed 7 --database sqlite'
	@$(BIN)/python -m tests.faults.run $(FAULTS)

bench: install-test  ## every benchmark: a table on screen, JSON in instance/bench.json; QUICK=1 for samples
	@$(BIN)/python -m tests.benchmarks.run $(if $(QUICK),--quick)

lint: install-test  ## ruff, mypy strict, the floors of the house, the documents
	@$(BIN)/python -m tests.stages lint

catalogue: install-test  ## gather what pages say into the English catalogue; then translate what is empty there
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords Sentence --no-location --sort-output \
	    --output-file build/messages.pot .
	@$(BIN)/pybabel --quiet update --input-file build/messages.pot --output-dir sharemeal/web/translations \
	    --locale en --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 110

screenshots: install-test  ## every page on a phone-sized and a desktop-sized picture, in instance/screenshots
	@$(BIN)/python -m tests.screenshots

clean:  ## remove what the tools made, never what is in instance/
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info
	@find sharemeal tests -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        "$$candidate" -c 'import ensurepip, venv' 2>/dev/null || { \
	            echo "$$candidate comes without venv. On Debian and Ubuntu: apt-get install python3-venv." >&2; exit 1; }; \
	        echo "Making $(VENV) with $$("$$candidate" --version)."; \
	        exec "$$candidate" -m venv $(VENV); \
	    fi; \
	done; \
	echo "Python 3.11 or newer was not found. Install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1

$(VENV)/.runtime: $(PACKAGING) | $(VENV)/bin/python
	@echo "Installing what sharemeal needs into $(VENV) (about a minute the first time) …"
	@$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.runtime
	@echo "Installing the test tools into $(VENV) (about a minute the first time) …"
	@$(PIP_INSTALL) --editable '.[test]'
	@touch $@

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel --quiet compile -i $< -o $@
