# Every target does all of its own set-up. `make demo` and `make test` are the two to know.
PYTHON ?= $(shell for v in python3.11 python3.12 python3.13 python3; do \
	$$v -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo $$v; break; }; done)
BIN := .venv/bin
WEB := service/web

.PHONY: setup setup-dev assets system demo serve test check thorough fuzz chaos bench calibrate openapi lock clean

setup: .venv/.runtime
setup-dev: .venv/.dev

.venv/.python:
	@[ -n "$(PYTHON)" ] || { echo 'Cordon needs Python 3.11, 3.12 or 3.13: install one, or name it: make PYTHON=/path/to/python3.11' >&2; exit 2; }
	@echo 'Setting up .venv ($(PYTHON)) ...'
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.runtime: .venv/.python requirements.lock pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The pages' styles and scripts come from npm; they are never committed.
assets: $(WEB)/node_modules/.installed
$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json
	@command -v npm >/dev/null || { echo 'The web pages need Node.js with npm (Debian: apt-get install nodejs npm)' >&2; exit 2; }
	@npm ci --loglevel=error --no-audit --no-fund --prefix $(WEB)
	@touch $@

# What only the system's own packages have, and only the tests need.
system:
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v pdftotext >/dev/null || missing="$$missing poppler-utils"; \
	command -v java >/dev/null || missing="$$missing openjdk-17-jre-headless"; \
	command -v mvn >/dev/null || missing="$$missing maven"; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing$$missing ..."; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
		else echo "The tests need$$missing. Install with: sudo apt-get install$$missing" >&2; exit 2; fi; \
	fi

# The main job on a simulated day, with an embedded database; the report is in out/.
demo: setup
	@$(BIN)/cordon demo --out out

# The same data in a browser at 127.0.0.1:8000.
serve: setup assets
	@$(BIN)/cordon serve

test: setup-dev assets system
	@$(BIN)/python -m tests

check: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# The laws under ten times as many examples as `make test` has time for.
thorough: setup-dev system
	@MORE_EXAMPLES=$${MORE_EXAMPLES:-10} $(BIN)/python -m pytest --timeout 3600 tests/geofence tests/ingest tests/alerts tests/service

# The interface under far more requests than `make test` sends it, each edge of each schema among them.
fuzz: setup-dev
	@CORDON_FUZZ_EXAMPLES=$${CORDON_FUZZ_EXAMPLES:-100} $(BIN)/python -m pytest tests/service/http/test_fuzzed.py

# 200 faults while a day is sent, then a day's backlog of 500 tags; CHAOS="--seed 7" does the same again.
chaos: setup-dev system
	@$(BIN)/python -m tests.chaos $(CHAOS)

# Figures, as ratios against a baseline of the same run; nothing is asserted.
bench: setup-dev assets
	@$(BIN)/python -m tests.benchmarks

# What the rules make of simulated truth: tables and a plot in out/calibration/, the same numbers each time.
calibrate: setup-dev
	@$(BIN)/python -m tests.calibration out/calibration

openapi: setup
	@$(BIN)/python -m service.http.openapi

# Pin every dependency anew, with hashes and without addresses.
lock: .venv/.python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command 'make lock' --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv .cache out build *.egg-info $(WEB)/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
