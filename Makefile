# make rehearse     the wizard on the rehearsal cloud; SCENE=wrong-secret for another scene
# make test         the tests, in some minutes; ARGS="tests/test_journey.py -x" for some of them
# make test-system  the program in real terminals, in browsers and from an installed wheel, and long walks
# make lint         style, import contracts, types, advisories of what is installed
# make soak         every property, how often it was tried and held, within an hour; SEED=7 repeats a run
# make soak-full    the same with every case that there is, for hours; it goes on where it was ended
# make guards       removes each guard of tests/guards, and shows that its tests then fail
# make bench        speed, compared with the least that could do the same
# make pictures     draws every screen into build/pictures, and the README's pictures
# make lock         newest releases that pyproject.toml allows, with their hashes, into locks/; the bill of materials
# make dist         the wheel and its bill of materials, into dist/
# Each target sets up .venv by itself, from the locks. PYTHON=python3.12 chooses the interpreter, LOCKED=no the newest
# releases that pyproject.toml allows.

PYTHON ?= python3
SCENE  ?=
ARGS   ?=
LOCKED ?= yes
SEED   ?=
BIN    := .venv/bin
PYTEST := $(BIN)/pytest -n auto --dist loadgroup -rs --maxfail=25
PIP    := -m pip --disable-pip-version-check --quiet install
EXACT  := --require-hashes --no-deps --requirement
TOOLS  := build/tools
UV     := UV_SYSTEM_CERTS=true $(TOOLS)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
          --custom-compile-command "make lock"

.PHONY: help rehearse test test-system guards lint audit soak soak-full bench pictures lock dist clean

help:
	@sed -n 's/^# //p' Makefile

rehearse: .venv/with-rehearsal
	@$(BIN)/partner-wizard rehearse $(SCENE) || test $$? -eq 1  # 1: quit before everything was proven

test: .venv/with-dev
	@$(PYTEST) -m "not soak and not system" $(ARGS)

test-system: .venv/with-dev
	@$(PYTEST) -m "system and not soak" $(ARGS)

soak: .venv/with-dev
	@SEED="$(SEED)" $(BIN)/python -m tests.soak $(ARGS)

soak-full: .venv/with-dev
	@SEED="$(SEED)" $(BIN)/python -m tests.soak --full $(ARGS)

guards: .venv/with-dev
	@$(BIN)/python -m tests.guards $(ARGS)

lint: .venv/with-dev audit
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy

# Where no advisory source is reached, it says so within seconds, and installs nothing.
audit: .venv/with-dev
	@$(BIN)/python -m tests.packaging.advisories; case $$? in \
	  0) $(MAKE) --no-print-directory $(TOOLS)/made && \
	     $(TOOLS)/bin/pip-audit --vulnerability-service osv --disable-pip --require-hashes --progress-spinner off \
	       --requirement locks/dev.txt --requirement locks/tools.txt ;; \
	  3) ;; \
	  *) exit 1 ;; \
	esac

bench: .venv/with-dev
	@$(BIN)/python -m tests.bench

pictures: .venv/with-dev
	@$(BIN)/python -m tests.pictures

# dev.txt first: the others hold the same versions. `uv` asks the index that its own variables name, not pip's.
lock: $(TOOLS)/made
	@mkdir -p locks
	@$(UV) --upgrade pyproject.toml --all-extras --group build --output-file locks/dev.txt
	@$(UV) pyproject.toml --constraint locks/dev.txt --output-file locks/product.txt
	@$(UV) pyproject.toml --extra alerts --constraint locks/dev.txt --output-file locks/alerts.txt
	@$(UV) pyproject.toml --extra rehearsal --group build --constraint locks/dev.txt --output-file locks/rehearsal.txt
	@$(UV) --group build --constraint locks/dev.txt --output-file locks/build.txt
	@$(UV) --upgrade --group tools --output-file locks/tools.txt
	@$(PYTHON) -m venv --clear --without-pip build/product
	@$(TOOLS)/bin/python -m pip --disable-pip-version-check --quiet --python build/product/bin/python install \
	  $(EXACT) locks/product.txt
	@$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --short-PURLs \
	  build/product/bin/python | $(PYTHON) tests/packaging/bill_of_materials.py >build/sbom.cdx.json
	@mv build/sbom.cdx.json locks/sbom.cdx.json

# The same commit gives the same bytes: hatchling takes the time from SOURCE_DATE_EPOCH.
dist: .venv/with-dev
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	@cp locks/sbom.cdx.json dist/
	@cd dist && sha256sum *.whl sbom.cdx.json

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# A new environment whenever pyproject.toml or a lock has changed, so that nothing old is left in it.
.venv/made: pyproject.toml locks/rehearsal.txt locks/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "partner-wizard needs Python 3.11 or later: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/with-rehearsal: .venv/made
	@echo "Installing what partner-wizard needs …"
	@$(call install,rehearsal)
	@touch $@

.venv/with-dev: .venv/made
	@echo "Installing what the tests need …"
	@$(call install,dev)
	@touch $@ .venv/with-rehearsal

$(TOOLS)/made: locks/tools.txt
	@echo "Installing uv, cyclonedx-bom and pip-audit …"
	@$(PYTHON) -m venv --clear $(TOOLS)
	@$(TOOLS)/bin/python $(PIP) $(EXACT) locks/tools.txt
	@touch $@

# Exactly what the lock names, each file compared with its hash; then this folder, built by the locked hatchling.
ifeq ($(LOCKED),no)
install = $(BIN)/python $(PIP) --editable '.[$(1)]'
else
install = $(BIN)/python $(PIP) $(EXACT) locks/$(1).txt && \
  $(BIN)/python $(PIP) --no-deps --no-build-isolation --editable . || { echo \
  "locks/$(1).txt could not be installed. LOCKED=no takes the newest releases that pyproject.toml allows." >&2; exit 1; }
endif
