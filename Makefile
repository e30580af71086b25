# Keepsake's set-up and daily commands; `make help` lists them.
# Each set-up step leaves a stamp in .setup/ and runs again only when what it was made from changes.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test install check audit bench chaos eval migration lock ready node chromium begin_again

BIN := .venv/bin
WEB_SOURCES := $(shell find web \( -name node_modules -o -name dist \) -prune -o -type f -print 2>/dev/null)

# The virtual environment is made anew when it is missing, was moved here from another folder, or
# an interrupted installation left it half-filled.
VENV_HOME := $(shell test -x $(BIN)/python && test ! -e .setup/unfinished && cat .setup/venv 2>/dev/null)
ifneq ($(VENV_HOME),$(CURDIR))
.setup/venv: begin_again
endif
ifeq ($(wildcard web/dist/index.html),)
.setup/page: begin_again
endif

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: .setup/runtime ## Set up what is missing, then serve on port 5000
	@if ! $(MAKE) -q .setup/page >/dev/null 2>&1 && sh deploy/setup/node.sh "The page is not built; the API starts without it."; \
	then $(MAKE) --no-print-directory .setup/page; fi
	@exec $(BIN)/keepsake serve $(ARGS)

test: ready ## Set up what is missing, then run every test
	cd web && npm test
	CHROMIUM_PATH=$$(sh deploy/setup/chromium.sh) $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

install: node .setup/runtime .setup/page ## The set-up alone

check: node .setup/dev .setup/web_packages ## Format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --num-workers=2
	$(BIN)/lint-imports
	cd web && npm run typecheck

audit: .setup/dev ## Look up known vulnerabilities of what the lock files pin
	@$(BIN)/python deploy/audit.py

bench: .setup/runtime ## Measure turns and recall; writes JSON and a table
	@$(BIN)/keepsake bench $(ARGS)

chaos: .setup/dev ## Break everything around 500 turns and check that nothing is lost; ARGS="--seed 7 --turns 100"
	@nice $(BIN)/python -W ignore -m tests.chaos $(ARGS)

fuzz: .setup/dev ## Send the API and the sockets what nobody would, for FUZZ_SECONDS=900 each (other runs: FUZZ_SEED=2)
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),900) nice $(BIN)/pytest tests/e2e/test_fuzz_rest.py tests/e2e/test_fuzz_sockets.py $(ARGS)

eval: .setup/runtime ## Score memory quality on the evaluation sets
	@$(BIN)/keepsake eval $(or $(ARGS),scenarios)

migration: .setup/dev ## Draft a database migration: make migration m="what changes"
	@test -n '$(m)' || { echo 'Say what changes: make migration m="add a column"' >&2; exit 1; }
	@$(BIN)/python -m migrations.draft '$(m)'

lock: .setup/dev ## Pin the dependencies of pyproject.toml again (ARGS=--upgrade for newer ones)
	@sh deploy/setup/lock.sh $(ARGS)

# --- the steps of the set-up ---------------------------------------------------------------------

# Installing the Python packages takes longest, so nothing else may keep it from beginning.
ready: node
	@$(MAKE) --no-print-directory --jobs=4 chromium .setup/dev .setup/page .setup/asyncapi_parser

node:
	@sh deploy/setup/node.sh "The web page can't be built and tested."

chromium:
	@sh deploy/setup/chromium.sh >/dev/null

.setup/venv:
	@mkdir -p .setup
	@sh deploy/setup/venv.sh
	@echo '$(CURDIR)' >$@

.setup/runtime: .setup/venv requirements.lock pyproject.toml
	@sh deploy/setup/packages.sh requirements.lock
	@touch $@

# The development lock holds every runtime pin too.
.setup/dev: .setup/venv requirements-dev.lock pyproject.toml
	@sh deploy/setup/packages.sh requirements-dev.lock
	@touch .setup/runtime $@

.setup/web_packages: web/package.json web/package-lock.json
	@mkdir -p .setup
	@echo "Installing the web page's packages ..."
	@cd web && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

# Without install scripts: one of its packages would report the installation to its makers.
.setup/asyncapi_parser: tests/asyncapi/package.json tests/asyncapi/package-lock.json
	@mkdir -p .setup
	@echo "Installing AsyncAPI's parser for the tests ..."
	@cd tests/asyncapi && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

.setup/page: .setup/web_packages $(WEB_SOURCES)
	@echo "Building the web page ..."
	@cd web && npm run --silent build
	@touch $@
