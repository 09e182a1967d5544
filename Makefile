# Everything runs in .venv, which is made from the lock files. A machine needs Python 3.11, pip and make;
# for the tests also a database server, a browser and the like, which .ci/packages installs.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= out/wu-bo
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help roster test lint docs bench wheel lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

roster: $(VENV)/.ready ## Mr Wu's twelve months, from his workbook to the printed pages in out/wu-bo
	@rm -rf $(OUT)
	$(BIN)/matcher demo -o $(OUT)

test: $(VENV)/.ready-dev ## all tests (the long forms: make test PYTEST_ARGS="-m slow")
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.ready-dev ## ruff, mypy --strict, and the floors
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.ready-dev ## rewrite what is generated: docs/schema, the tables of rules and sheets, Mr Wu's workbook
	$(BIN)/python docs/generate.py
	@rm -f scenarios/wu-bo/wu-bo.xlsx
	$(BIN)/matcher convert scenarios/wu-bo/scenario.json scenarios/wu-bo/wu-bo.xlsx --lang zh

bench: $(VENV)/.ready ## strategies and peers on the presets: benchmarks/results (other runs: BENCH_ARGS="…")
	$(PIP) install --no-build-isolation --editable '.[bench]'
	$(BIN)/matcher bench $(BENCH_ARGS)

wheel: $(VENV)/.ready-dev ## dist/*.whl
	@rm -rf dist
	$(BIN)/python -m build --no-isolation --wheel

lock: ## rewrite the lock files (needs uv)
	uv pip compile --quiet pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file requirements.lock
	uv pip compile --quiet pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --constraints requirements.lock \
	  --output-file requirements-dev.lock

clean: ## remove what make has made
	rm -rf $(VENV) dist build out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Stamps: a second run starts at once.
$(VENV)/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed; set PYTHON=/path/to/python3.11" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	.ci/packages
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
