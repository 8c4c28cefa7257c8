# Samsyn: the few commands there are. `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
export DATA_DIR ?= $(CURDIR)/var
export PORT ?= 8000
WORKERS_FOR_TESTS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset serve test test-postgres check bench requirements clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Samsyn needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@command -v uv >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.txt pyproject.toml
	@echo "Installing the pinned packages ..."
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing the pinned packages for tests and checks ..."
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m config.catalogue compile >/dev/null
	@touch $@

demo: $(VENV)/.runtime ## Start the product with demo content (web server and worker)
	@SAMSYN_DEMO=1 $(BIN)/python manage.py serve

demo-reset: $(VENV)/.runtime ## Throw the demo data away and start over
	@SAMSYN_DEMO=1 $(BIN)/python manage.py serve --reset

serve: $(VENV)/.runtime ## Start the product without demo content
	@$(BIN)/python manage.py serve

test: $(VENV)/.dev ## Run the whole test suite
	@$(BIN)/python -m config.catalogue compile >/dev/null
	@$(BIN)/python -m pytest -n $(WORKERS_FOR_TESTS) -m "not migrations"
	@$(BIN)/python -m pytest -m migrations --migrations

test-postgres: $(VENV)/.dev ## Run the test suite on PostgreSQL and Redis
	@$(BIN)/python -m config.catalogue compile >/dev/null
	@$(BIN)/python -m tests.services $(BIN)/python -m pytest -n $(WORKERS_FOR_TESTS) -m "not browser and not migrations"

check: $(VENV)/.dev ## Style, types, import contracts, templates, migrations, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --check --lint --quiet forms workflows site
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python -m config.catalogue check
	$(BIN)/python -m config.requirements

bench: $(VENV)/.dev ## Measure speed, load and crash safety
	@$(BIN)/python -m tests.bench

requirements: $(VENV)/.dev ## Compile requirements*.txt anew from pyproject.toml
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group dev pyproject.toml -o requirements-dev.txt

clean: ## Remove the environment and caches (data in DATA_DIR stays)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
