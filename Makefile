# Every way in. People and CI use the same targets.
#   HEARD_PORT  where `make run` listens on 127.0.0.1 (default 8000)
#   HEARD_LINE_PORT  where `make run` lets the phone line listen (default one more than HEARD_PORT)
#   HEARD_DATA  the one folder that `make run`, `make read`, `make station` and `make line-code` use (default ./demonstration)
#   HEARD_BROWSER  the browser that `make station` starts (default: the Chromium that is installed)
#   HEARD_PYTHON  the Python to use, when the first of 3.11 or newer on the PATH is not the one wanted

HEARD_PORT ?= 8000
HEARD_LINE_PORT ?=
HEARD_DATA ?= demonstration

PYTHON := .venv/bin/python
LOCKS := deploy/locks
# Releases younger than this are not locked; `make lock COOLING="0 days"` when a fix cannot wait.
COOLING := 7 days
UPGRADE :=
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --exclude-newer "$(COOLING)" $(UPGRADE)

# The locked Node and npm come first; nginx and its like live where only root looks.
ALL_PATHS = HOME="$${HOME:-$(CURDIR)/.venv/home}" PATH="$(CURDIR)/.venv/bin:$$PATH:/usr/sbin:/sbin"
# Two processes at most: browsers and databases have processes of their own beside them. What measures time runs alone.
TOGETHER := -n auto --maxprocesses 2 --dist worksteal
AND_NOT_ALL = and not all

.DEFAULT_GOAL := help
.PHONY: help run read station line-code test test-all bench sheet browser catalogue unread reading-age build install lock clean environment tools

help: ## show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run read station line-code: export HEARD_PORT := $(HEARD_PORT)
run read station line-code: export HEARD_LINE_PORT := $(HEARD_LINE_PORT)
run read station line-code: export HEARD_DATA := $(HEARD_DATA)

run: ## set up what is needed and start the demonstration: the survivors' site on 127.0.0.1:8000, the phone line on 8001
	@sh deploy/setup/environment.sh run
	@exec $(PYTHON) -m deploy.demonstration run

read: ## in a second shell: carry what was submitted to the demonstration's station and print it
	@sh deploy/setup/environment.sh run
	@$(PYTHON) -m deploy.demonstration read

station: ## in a second shell, as a user who is not root: open the demonstration's station in its own browser
	@sh deploy/setup/environment.sh run
	@exec $(PYTHON) -m deploy.demonstration station

line-code: ## the codes with which the demonstration's invented workers sign in at the phone line
	@sh deploy/setup/environment.sh run
	@$(PYTHON) -m deploy.demonstration code

test: environment tools ## everything: style, types, import contracts, every test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(ALL_PATHS) $(PYTHON) -m pytest $(TOGETHER) -m "not alone $(AND_NOT_ALL)"
	$(ALL_PATHS) $(PYTHON) -m pytest -m "alone $(AND_NOT_ALL)"

test-all: export HYPOTHESIS_PROFILE = long
# Seconds for one test: thousands of cases take minutes each.
test-all: export PYTEST_TIMEOUT = 3600
test-all: AND_NOT_ALL =
test-all: test ## the same with the larger matrix and many more random cases for each property

bench: environment tools ## measure, beside a floor of our own in the same run, and write docs/measured.md
	$(ALL_PATHS) $(PYTHON) -m tests.bench --to docs/measured.md

sheet: environment tools ## photograph the main pages, small and large, light, dark and from right to left, into build/sheet
	$(ALL_PATHS) $(PYTHON) -m tests.access.sheet --to build/sheet

browser: environment ## rebuild the scripts and styles that are committed in intake/static
	$(ALL_PATHS) npm --prefix browser run build

catalogue: environment ## collect every visible string again, and bring the translations' files up to date with it
	$(PYTHON) -m deploy.catalogue

unread: environment ## list the translations that a human translator must still read
	@$(PYTHON) -m deploy.catalogue --to-read

reading-age: environment ## measure how hard the English pages are to read, and write docs/reading-age.md
	$(PYTHON) -m tests.reading_age --to docs/reading-age.md

build: ## write the two wheels, heard_intake and heard_reviewer, to dist/
	@sh deploy/setup/environment.sh run
	$(PYTHON) -m deploy.wheels.build --to dist

install: ## as root, after `make build`: put the online side on this machine, or upgrade it
	@sh deploy/setup/install.sh

lock: environment ## make the lock files again; UPGRADE=--upgrade to take newer releases
	$(LOCK) pyproject.toml --extra intake --extra reviewer --extra dev -o $(LOCKS)/dev.txt
	$(LOCK) pyproject.toml --extra intake -c $(LOCKS)/dev.txt -o $(LOCKS)/intake.txt
	$(LOCK) pyproject.toml --extra reviewer -c $(LOCKS)/dev.txt -o $(LOCKS)/reviewer.txt
	$(PYTHON) -m deploy.wheels.requires | $(LOCK) - -c $(LOCKS)/dev.txt -o $(LOCKS)/build.txt

clean: ## remove what the other targets made, except the demonstration's data
	rm -rf .venv dist browser/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@sh deploy/setup/environment.sh dev
	@sh deploy/setup/browser.sh

tools:
	@sh deploy/setup/tools.sh
