# Marmalade. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_FLAGS := --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all:
HOME_DIR ?= var/run
# Each process that starts would compile all of the code anew where this is set; empty means it is not.
export PYTHONDONTWRITEBYTECODE :=
# Where sentences stand in code: sentences themselves, and the refusals that take one.
KEYWORDS := -k _ -k later -k say -k counted:1,2 -k ngettext:1,2 -k Refusal -k NotAllowed -k SignInNeeded -k Invalid:2 \
	-k Conflict -k JamNotOpen -k CharterIncomplete -k ForumClosed -k NameTaken -k TooMuch -k WrongKind -k Unreadable -k NoOutside -k SecondPlaceTrouble
CHECK ?=

.DEFAULT_GOAL := help
.PHONY: help install install-dev browser demo run test check bench bench-themes bench-replay kills worlds interop mutants fuzz messages migration pictures clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Marmalade needs Python 3.11 or newer (PYTHON=python3.12 make …)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); tools/debian python3-venv; $(PYTHON) -m venv $(VENV); }

$(VENV)/.installed: requirements.lock | $(VENV)/bin/python
	@echo "Installing Marmalade's dependencies…"
	@$(BIN)/python -m pip install $(PIP_FLAGS) -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what the tests need…"
	@$(BIN)/python -m pip install $(PIP_FLAGS) -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installed ## Make the environment

install-dev: $(VENV)/.installed-dev ## Make the environment with the tests' and checks' tools

browser: # Chromium for the browser tests
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || tools/debian chromium fonts-noto-core

demo: install ## Three organisations hold one jam on this machine (CHECK=1 plays it without a person)
	@$(BIN)/python -m server demo $(if $(CHECK),--check) $(ARGS)

run: install ## One empty organisation on this machine
	@$(BIN)/python -m server init --home $(HOME_DIR) --name "My organisation" --inside-url http://127.0.0.1:8001 --edge-url http://127.0.0.1:8000 --admin admin
	@$(BIN)/python -m server serve --home $(HOME_DIR)

test: install-dev browser ## Run all tests (pictures of journeys in artefacts/screens; PICTURES=1 keeps those of every page)
	@MARMALADE_TEST_PICTURES=$(PICTURES) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: install-dev ## Lint, types, import contracts, registers, migrations
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m server.database --check server.storage.rows server.storage.migrations
	@$(BIN)/python -m server.database --check federation.outside.rows federation.outside.migrations
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/architecture

bench: install-dev ## Measure, against floors in the same run
	@for file in tests/bench/bench_*.py; do echo "== $$file"; $(BIN)/python -m tests.bench.$$(basename $$file .py) || exit 1; done

FILES ?= $(wildcard ../shared/data/*/docs.jsonl.gz)
bench-themes: install-dev ## Measure the themes into docs/analytics.md (FILES="one.jsonl.gz two.jsonl.gz" ARGS="--limit 4000")
	@$(BIN)/python -m tests.bench.bench_themes $(FILES) --write docs/analytics.md $(ARGS)

bench-replay: install-dev browser ## Replay 20,000 real posts before a facilitator; pictures in artefacts/replay (DATA=../shared/data)
	@$(BIN)/python -m tests.bench.replay_20000 $(or $(DATA),../shared/data)/news20/docs.jsonl.gz $(or $(DATA),../shared/data)/polis/docs.jsonl.gz $(ARGS)

kills: install-dev ## Kill processes at random on a bad road, 50 rounds, and count what was lost, doubled or unlike
	@$(BIN)/python -m tests.bench.kill_rounds $(or $(ROUNDS),50)

worlds: install-dev ## Two worlds, one observer: no difference in TRIALS=1000 trials (SEED=1, or ONLY=number)
	@$(BIN)/python -m tests.two_worlds --trials $(or $(TRIALS),1000) --seed $(or $(SEED),1) $(if $(ONLY),--only $(ONLY))

interop: install-dev ## Play journeys against real servers of other software that are installed (ARGS="--peers snac")
	@$(BIN)/python -m tests.interop $(ARGS)

mutants: install-dev ## Take one check away at a time; the tests must notice each (ONLY=text narrows the list)
	@$(BIN)/python -m tests.mutants --only "$(ONLY)"

fuzz: install-dev ## Hostile input to the inbox and every parser, for longer than the tests do (EXAMPLES=5000)
	@MARMALADE_FUZZ=$(or $(EXAMPLES),5000) $(BIN)/python -m pytest -q tests/federation/test_fuzz.py

messages: install-dev ## Bring the catalogues of the pages' languages in line with the pages
	@mkdir -p var
	@$(BIN)/pybabel --quiet extract -F server/language/locale/babel.cfg $(KEYWORDS) --no-location --sort-output --omit-header -o var/messages.pot server/domain server/boundary server/services server/language federation/gate federation/edge web
	@for one in server/language/locale/*/LC_MESSAGES/messages.po; do $(BIN)/pybabel --quiet update --no-fuzzy-matching --omit-header --ignore-obsolete -i var/messages.pot -o $$one -l $$(basename $$(dirname $$(dirname $$one))); done

migration: install-dev ## Write the next migrations (NAME=what_changes)
	@$(BIN)/python -m server.database server.storage.rows server.storage.migrations $(NAME)
	@$(BIN)/python -m server.database federation.outside.rows federation.outside.migrations $(NAME)

pictures: install-dev browser ## Take the README's pictures from the running demo
	@$(BIN)/python -m tools.pictures

clean: ## Remove what can be made again (not var/)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache artefacts
