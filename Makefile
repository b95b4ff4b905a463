# Everything a stranger needs: `make demo` and `make test` set up their own environment. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BENCH_VENV := .venv-bench
PIP_FLAGS := --disable-pip-version-check --progress-bar on -c constraints.txt

# A folder with model files beside the checkout serves as mirror, so that a site without internet needs no setting.
ifneq ($(wildcard ../shared/models),)
export TRACKSIDE_MODEL_MIRROR ?= $(abspath ../shared/models)
endif

.PHONY: help demo test test-slow bench lint format docs clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.runtime  ## find, pose, track and measure people in a real sports video
	$(VENV)/bin/trackside demo -o demo-results $(ARGS)

test: lint $(VENV)/.browser  ## lint, types, arrows between rooms, tests (under 15 minutes)
	OMP_NUM_THREADS=1 $(VENV)/bin/pytest -n 2 --dist loadfile -m "not slow" $(ARGS)

test-slow: $(VENV)/.dev  ## the tests that take longer
	$(VENV)/bin/pytest -m slow $(ARGS)

bench: $(BENCH_VENV)/.installed  ## measure one claim: make bench NAME=pipeline_overhead
	@test -n "$(NAME)" || { echo "name one: make bench NAME=x, with x of:"; ls benchmarks/*.py | xargs -n1 basename -s .py; exit 2; }
	$(BENCH_VENV)/bin/python -m benchmarks.$(NAME) $(ARGS)

lint: $(VENV)/.dev  ## ruff, mypy --strict, import-linter
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.dev  ## bring the code into shape
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

docs: $(VENV)/.dev  ## make the pages that come from the code
	$(VENV)/bin/python docs/generate.py

clean:  ## remove environments, caches and results
	rm -rf $(VENV) $(BENCH_VENV) demo-results .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Trackside needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@echo "--- making the virtual environment $(VENV)"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "--- installing trackside and what it needs (about 300 MB to fetch, once)"
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@echo "--- installing the tools of the tests (PyTorch among them: about 4 GB of disk, once)"
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) -e '.[dev]'
	@touch $@

# Pages are tested in a real browser, where there is one or this machine can get it.
$(VENV)/.browser: $(VENV)/.dev
	@command -v chromium > /dev/null || { test "$$(id -u)" = 0 && command -v apt-get > /dev/null && \
		echo "--- installing Chromium for the tests of pages" && apt-get update -qq && apt-get install -qq -y chromium > /dev/null; } || \
		echo "no Chromium: the tests of pages are skipped (install it by: apt-get install chromium)"
	@touch $@

$(BENCH_VENV)/.installed: pyproject.toml constraints.txt benchmarks/requirements.txt
	@echo "--- making the benchmarks' own environment $(BENCH_VENV), with the peers"
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install $(PIP_FLAGS) -e '.[fast]' -r benchmarks/requirements.txt
	@touch $@
