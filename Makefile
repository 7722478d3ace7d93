# One command each. `make` alone lists them. CONTRIBUTING.md says how to work here.
PORT ?= 8000
WORKERS ?= auto
PYTHON_ENV := .venv/bin/python
MANAGE := $(PYTHON_ENV) manage.py
ADDRESS := http://127.0.0.1:$(PORT)
GUNICORN := $(PYTHON_ENV) -m gunicorn --config python:config.serving config.wsgi

# The demonstration is always its own: no setting of a real instance reaches it.
DEMO := env -u STP_DATABASE_URL -u STP_SECRET_KEY -u STP_HOSTS -u STP_MAIL_URL STP_MODE=demo STP_DATA_DIR=demo-data \
	STP_SITE_URL=$(ADDRESS) STP_BIND=127.0.0.1:$(PORT)
TRAINEES ?= 300
MEASURED_ON = $(if $(filter postgresql,$(DATABASE)),$(PYTHON_ENV) scripts/with_postgres.py --durable)
LOCAL := env STP_MODE=local STP_SITE_URL=$(ADDRESS) STP_BIND=127.0.0.1:$(PORT)
# What `make long` runs, and how much of it: LONG=tests/races RACES=2 for some.
LONG ?= tests/faults/test_kills.py tests/races tests/portfolio/test_tamper.py tests/portfolio/workflow/test_whole_life.py
KILLS ?= 50
RACES ?= 200
WRITTEN ?= 500
TAMPER_CHANGES ?= 1000
LIVES ?= 50
AT_LENGTH := env KILLS=$(KILLS) RACES=$(RACES) WRITTEN=$(WRITTEN) TAMPER_CHANGES=$(TAMPER_CHANGES) LIVES=$(LIVES)
TESTING := env DJANGO_SETTINGS_MODULE=tests.settings

.DEFAULT_GOAL := help
.PHONY: help demo reset-demo run test test-postgres long check bench load mutate format diagrams clean

help: ## List these commands
	@echo "STP Portfolio. Commands:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

demo: .venv/installed port ## Try it: fictional people and work, on 127.0.0.1:8000 (PORT=… for another)
	@$(DEMO) $(MANAGE) migrate --verbosity 0
	@$(DEMO) $(MANAGE) createcachetable --verbosity 0
	@$(DEMO) $(MANAGE) load_curriculum --new curriculum/data/*.yaml >/dev/null
	@$(DEMO) $(MANAGE) make_demo
	@echo; echo "Open $(ADDRESS)/ in a browser. Ctrl-C stops it; make demo starts it again with the same data."
	@$(DEMO) $(GUNICORN) --log-level warning

reset-demo: .venv/installed port ## Start the demonstration over: deletes demo-data, and only that
	rm -rf demo-data
	@$(MAKE) --no-print-directory demo

run: .venv/installed port ## Real use on this machine: the first time, asks who the administrator is. Data in data/
	@$(LOCAL) $(MANAGE) migrate --verbosity 0
	@$(LOCAL) $(MANAGE) createcachetable --verbosity 0
	@$(LOCAL) $(MANAGE) load_curriculum --new curriculum/data/*.yaml >/dev/null
	@$(LOCAL) $(MANAGE) setup $(SETUP)
	@echo; echo "Open $(ADDRESS)/ in a browser. Ctrl-C stops it."
	@$(LOCAL) $(GUNICORN) --log-level warning

test: .venv/installed-dev ## Run all tests, browser tests included where Debian's Chromium is
	$(PYTHON_ENV) -m pytest -n $(WORKERS) $(TESTS)

test-postgres: .venv/installed-dev ## Run them on a PostgreSQL that is started for them and removed again; in the browser whole jobs alone
	$(PYTHON_ENV) scripts/with_postgres.py $(PYTHON_ENV) -m pytest -n $(WORKERS) $(or $(TESTS),tests --ignore=tests/look -m "job or not browser")

long: .venv/installed-dev ## What the tests do a few times, many times over, on both databases: kills, races, changed bytes, lives
	status=0; \
	$(AT_LENGTH) $(PYTHON_ENV) -m pytest -n 0 -s $(LONG) || status=1; \
	$(AT_LENGTH) $(PYTHON_ENV) scripts/with_postgres.py $(PYTHON_ENV) -m pytest -n 0 -s $(LONG) || status=1; \
	exit $$status

check: .venv/installed-dev ## Lint, format, types, templates, missing migrations, pins, the settings of production
	$(PYTHON_ENV) -m ruff check .
	$(PYTHON_ENV) -m ruff format --check .
	STP_MODE=test STP_DATA_DIR=.mypy_cache/data $(PYTHON_ENV) -m mypy
	$(PYTHON_ENV) -m djlint --lint templates
	$(PYTHON_ENV) scripts/check_pins.py
	$(TESTING) $(PYTHON_ENV) scripts/check_templates.py
	$(TESTING) $(MANAGE) makemigrations --check --dry-run
	PATH="$(CURDIR)/.venv/bin:$$PATH" scripts/check_production.sh

bench: .venv/installed ## Measure page by page, for docs/performance.md; DATABASE=postgresql TRAINEES=10000 for others
	$(MEASURED_ON) $(PYTHON_ENV) -m bench --trainees $(TRAINEES) $(BENCH)

load: .venv/installed .venv-load/installed ## 250 people at once for five minutes, on PostgreSQL, for docs/performance.md
	$(PYTHON_ENV) scripts/with_postgres.py --durable $(PYTHON_ENV) -m bench.load --trainees $(TRAINEES) $(LOAD)

mutate: .venv/installed ## Take each check of access/ away, one at a time: does a test fail? Takes long
	@$(PYTHON_ENV) scripts/remove_checks.py

format: .venv/installed-dev ## Put the code into its one format, and mend what the linter can
	$(PYTHON_ENV) -m ruff format .
	$(PYTHON_ENV) -m ruff check --fix .

diagrams: .venv/installed ## Draw the states and steps into docs/states.md again, from the tables
	$(LOCAL) DJANGO_SETTINGS_MODULE=config.settings $(PYTHON_ENV) scripts/draw_states.py

clean: ## Remove what can be made again (not your data)
	rm -rf .venv .venv-load bench-data staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: port
port: .venv/installed
	@$(PYTHON_ENV) scripts/port_free.py $(PORT)

# The environment is made anew only when a requirements file is newer than its stamp.
.venv/installed: requirements.txt scripts/environment.sh
	@scripts/environment.sh requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt requirements.txt scripts/environment.sh
	@scripts/environment.sh requirements-dev.txt
	@touch $@ .venv/installed

# Who plays 250 people needs packages of its own; what the service and its tests run on is left alone.
.venv-load/installed: requirements-load.txt .venv/installed
	@$(PYTHON_ENV) -m venv .venv-load
	@echo "Installing requirements-load.txt"
	@.venv-load/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements-load.txt
	@touch $@
