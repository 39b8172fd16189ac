# Standing commands. A bare machine needs python3, make and git; the rest is installed on the way.
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help dev demo demo-reset demo-check test check bench faults format messages lock
help: ## List these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/	/' | expand -t 14

demo: ## Start the demo: web, worker and a simulated meter fleet, until Ctrl-C
	@sh deploy/bootstrap.sh demo
	@$(MANAGE) translations --compile --quiet
	@DEMO=1 $(MANAGE) demo

demo-reset: ## Forget the demo's data; the next `make demo` starts over
	@sh deploy/bootstrap.sh demo
	@DEMO=1 $(MANAGE) demo --reset-only

demo-check: ## Walk the whole cycle without a person and print each step's numbers
	@sh deploy/bootstrap.sh demo
	@$(MANAGE) translations --compile --quiet
	@DEMO=1 $(MANAGE) demo_check

dev:
	@sh deploy/bootstrap.sh dev
	@$(MANAGE) translations --compile --quiet

test: dev ## All tests on PostgreSQL with Redis, then money, jobs and readings on SQLite
	@sh deploy/test.sh

# Beside `make test`, which runs them too, the laws of the house are left to it.
LAWS = $(PYTHON) -m pytest tests/house -m "not postgres and not django_db"
check: dev ## Format, lint, types, import map, foreign-key direction, missing migrations
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports --no-cache
	$(MANAGE) makemigrations --check --dry-run
	.venv/bin/mypy . & typed=$$!; $(if $(filter test,$(MAKECMDGOALS)),:,$(LAWS)) && wait $$typed

bench: ## Measure against floors taken in the same run (SCALE=small or full)
	@sh deploy/bootstrap.sh dev
	@$(PYTHON) deploy/with_servers.py --install $(MANAGE) bench --scale $(or $(SCALE),small)

faults: ## Kill, stop and flood what runs, and see that nothing is lost
	@sh deploy/bootstrap.sh dev
	@$(PYTHON) deploy/with_servers.py --install $(PYTHON) -m pytest tests/faults -m faults -s

screenshots: ## Take the README's pictures anew from a fresh demonstration
	@sh deploy/bootstrap.sh dev
	@$(PYTHON) deploy/with_servers.py --install $(PYTHON) deploy/screenshots.py

format: ## Write the code in the house's form
	@sh deploy/bootstrap.sh dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

messages: ## Bring the catalogues of all languages up to date with the sources
	@sh deploy/bootstrap.sh dev
	@$(MANAGE) translations --extract

lock: ## Pin all libraries anew, with hashes and without addresses (needs uv)
	@sh deploy/lock.sh
