# make rehearse     the wizard on the rehearsal cloud; SCENE=wrong-secret for another scene
# make test         the tests, in some minutes; ARGS="tests/test_journey.py -x" for some of them
# make test-system  the program in real terminals, in browsers and from an installed wheel, and long walks
# make lint         style, import contracts, types
# make soak         the longer batteries
# make guards       removes each guard of tests/guards, and shows that its tests then fail
# make bench        speed, compared with the least that could do the same
# make pictures     draws every screen into build/pictures, and the README's pictures
# Each target sets up .venv by itself. PYTHON=python3.12 chooses the interpreter.

PYTHON ?= python3
SCENE  ?=
ARGS   ?=
BIN    := .venv/bin
PYTEST := $(BIN)/pytest -n auto --dist loadgroup -rs --maxfail=25
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: help rehearse test test-system guards lint soak bench pictures clean

help:
	@sed -n 's/^# //p' Makefile

rehearse: .venv/with-rehearsal
	@$(BIN)/partner-wizard rehearse $(SCENE) || test $$? -eq 1  # 1: quit before everything was proven

test: .venv/with-dev
	@$(PYTEST) -m "not soak and not system" $(ARGS)

test-system: .venv/with-dev
	@$(PYTEST) -m "system and not soak" $(ARGS)

soak: .venv/with-dev
	@$(PYTEST) -m soak $(ARGS)

guards: .venv/with-dev
	@$(BIN)/python -m tests.guards $(ARGS)

lint: .venv/with-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy

bench: .venv/with-dev
	@$(BIN)/python -m tests.bench

pictures: .venv/with-dev
	@$(BIN)/python -m tests.pictures

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# A new environment whenever pyproject.toml has changed, so that nothing old is left in it.
.venv/made: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "partner-wizard needs Python 3.11 or later: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/with-rehearsal: .venv/made
	@echo "Installing what partner-wizard needs …"
	@$(PIP) --editable '.[rehearsal]'
	@touch $@

.venv/with-dev: .venv/made
	@echo "Installing what the tests need …"
	@$(PIP) --editable '.[dev]'
	@touch $@ .venv/with-rehearsal
