# What a person does with this repository, one command each. `make help` lists them.
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
DATA ?= memorybank.db

.DEFAULT_GOAL := help
.PHONY: help demo serve install test lint types infra routes diagram bench format lock package clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install ## watch the bank at work through Google's SDK, on a temporary database
	@$(BIN)/memorybank demo

serve: install ## serve the bank on this machine (PORT=8080 DATA=memorybank.db)
	@$(BIN)/memorybank serve --port $(PORT) --data $(DATA)

install: $(VENV)/installed ## make .venv and install the package with all extras

$(VENV)/installed: pyproject.toml requirements.lock
	@python=; for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then echo "Python 3.11 or newer is needed: install it and try again." >&2; exit 1; fi; \
	echo "Installing into $(VENV) with $$($$python --version) (a minute or so, once) ..."; \
	$$python -m venv $(VENV) || { echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

test: install ## run all tests, on all cores
	$(BIN)/pytest -q --numprocesses auto --dist worksteal

lint: install ## check style, formatting and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: install ## check types
	$(BIN)/mypy shared/memorybank functions infra tests

infra: ## check the Terraform: format, validation, tests
	@OFFLINE="$(CURDIR)/../shared/tools/tfcheck/run_checks.sh" infra/check.sh

routes: install ## write infra/routes.json anew from the route tables
	@$(BIN)/python infra/routes.py

diagram: ## draw infra/architecture.svg (needs Graphviz)
	dot -Tsvg -o infra/architecture.svg infra/architecture.dot

bench: install ## measure; prints a table of ratios
	$(BIN)/python tests/benchmarks/run.py

format: install ## mend style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
  --custom-compile-command "make lock"

lock: install ## pin all dependencies anew, with hashes
	$(BIN)/pip install --quiet uv
	$(COMPILE) --all-extras --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra deployed --constraint requirements.lock --output-file infra/requirements.lock pyproject.toml
	echo hatchling | $(COMPILE) --constraint requirements.lock --output-file infra/build-requirements.lock -

package: install ## stage each function alone for a deployment from source, in dist/functions
	$(BIN)/python infra/package.py --output dist/functions

clean: ## remove .venv and what tools leave behind
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
