# One command sets a fresh machine up and does the job. Needs Python 3.11 to 3.13, make and a package index.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.lock-installed

.PHONY: setup sample test lint soak bench bench-dedupe lock clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "make setup: Python %d.%d found, 3.11 to 3.13 needed: name one with make PYTHON=python3.12" % v)'
	$(PYTHON) -m venv --clear $(VENV)
	@# uv installs in seconds and compiles to bytecode; pip does the same slowly where uv cannot be had
	@if command -v uv >/dev/null 2>&1; then UV=uv; \
	elif $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9; then UV=$(BIN)/uv; \
	else UV=; fi; \
	if [ -n "$$UV" ]; then \
	  "$$UV" pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null; \
	fi
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

sample: setup
	$(BIN)/labs backfill --from-week 2026-W40 --to-week 2026-W42 --replay crawlers/sample/archive --warehouse data

test: setup lint
	$(BIN)/python -m pytest -m "not soak and not bench" -n 2 --dist loadgroup

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

soak: setup
	$(BIN)/python -m pytest -m soak

bench: setup
	$(BIN)/python -m pytest tests/benchmarks -m bench -s

# Beside Splink and others, in a virtual environment of their own below build/.
bench-dedupe: setup
	$(BIN)/python -m tests.benchmarks.dedupe.run --shared ../shared --peers build/peers

# uv.lock embeds the names of index hosts, so the lock is a requirements file (ADR 0001).
lock:
	uv pip compile pyproject.toml --extra test --generate-hashes --universal --no-header --no-emit-index-url --no-annotate --upgrade -q -o requirements.lock

clean:
	rm -rf $(VENV) data build
