# Everything runs in .venv; the clients whose pins disagree with ours get environments of their own.
PYTHON ?= python3
BIN := .venv/bin

help: ## show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

.venv/installed: pyproject.toml hatch_build.py
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

install: .venv/installed ## make .venv with everything in it

serve: .venv/installed ## set everything up and run the server; ARGS="--port 9000" passes options
	$(BIN)/fakeai generate
	$(BIN)/fakeai serve $(ARGS)

generate: .venv/installed ## write generated/ from specs/ and behaviors/
	$(BIN)/fakeai generate

check: .venv/installed ## formatting, lint, types, and that generated/ is up to date
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/fakeai generate --check

docs: .venv/installed ## write the reference pages and Grafana's dashboards from the source
	$(BIN)/python docs/write.py
	$(BIN)/python deploy/grafana/write.py

assets: .venv/installed ## fetch what the pages /docs, /redoc and /dashboard load, from npm
	$(BIN)/python docs/fetch_assets.py

test: check clients ## everything that must pass, with the real clients
	PYTHONHASHSEED=0 $(BIN)/pytest -n auto --dist loadfile --ignore tests/clients  # the same made-up requests on every run
	PYTHONHASHSEED=0 $(BIN)/pytest tests/clients  # by themselves: some measure how long answers take

clients: .venv/installed ## environments of the clients that the tests drive
	$(BIN)/python tests/clients/install.py

fuzz: .venv/installed ## fire many more made-up requests at every operation than the tests do
	$(BIN)/pytest tests/fuzz --hypothesis-profile deep

bench: .venv/installed ## measure against yardsticks in the same run
	$(BIN)/python benchmarks/http.py
	$(BIN)/python benchmarks/content.py
	$(BIN)/python benchmarks/streams.py
	$(BIN)/python benchmarks/watching.py
	$(BIN)/python benchmarks/guards.py
	$(BIN)/python benchmarks/sessions.py
	$(BIN)/python benchmarks/kv.py
	$(BIN)/python benchmarks/search.py
	$(BIN)/python benchmarks/store.py
	$(BIN)/python benchmarks/batches.py
	$(BIN)/python benchmarks/usage.py

.PHONY: help install serve generate check docs assets test fuzz clients bench
.DEFAULT_GOAL := help
