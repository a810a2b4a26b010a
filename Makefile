# Everything one does with the portal. A fresh Debian or Ubuntu with Python 3.11+ needs no other preparation.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-fast check format pictures prove contract bench lock clean-demo clean

HOST ?= 127.0.0.1
PORT ?= 8080
PORTAL_DATA_DIR ?= .data
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
PY := .venv/bin/python

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  PORT, HOST and PORTAL_DATA_DIR change where the portal listens ($(HOST):$(PORT)) and keeps its data ($(PORTAL_DATA_DIR))."

run clean-demo: export HOST := $(HOST)
run clean-demo: export PORT := $(PORT)
run clean-demo: export PORTAL_DATA_DIR := $(PORTAL_DATA_DIR)

run: ## install what is missing, then start the portal with demonstration data
	@deploy/setup/prepare run
	@exec .venv/bin/portal serve --demo

test: ## install what is missing, a browser too, then run every test
	@deploy/setup/prepare test
	@$(PY) -m pytest -n $(WORKERS) -m "not prove" $(ARGS)

test-fast: ## the tests that need no browser
	@deploy/setup/prepare check
	@$(PY) -m pytest -n $(WORKERS) -m "not browser and not prove" $(ARGS)

check: ## style, types, import contracts, translations, house rules
	@deploy/setup/prepare check
	@deploy/setup/check

format: ## put the code in the house's form
	@deploy/setup/prepare check
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

pictures: ## take the README's pictures anew, by the journeys that show those screens
	@deploy/setup/prepare test
	@PORTAL_PICTURES=docs/pictures $(PY) -m pytest -m pictures $(ARGS)

prove: ## the long proofs: many crashes, many random cases
	@deploy/setup/prepare prove
	@$(PY) -m pytest -m prove -o timeout=3600 $(ARGS)

contract: ## the dialect's tests against the FHIR server at BASE, signed in by CONTRACT_AUTHORIZATION; the embedded one without
	@deploy/setup/prepare check
	@CONTRACT_BASE=$(BASE) $(PY) -m pytest tests/contract --force-enable-socket $(ARGS)

bench: ## the figures that the README states, as one JSON
	@deploy/setup/prepare test
	@$(PY) -m bench.run $(ARGS)

lock: ## choose and pin the packages anew, with hashes
	@deploy/setup/lock

clean-demo: ## empty the demonstration data
	@deploy/setup/prepare run
	@.venv/bin/portal clean-demo

clean: ## remove the installed packages and the caches; the data stay
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis
