# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two commands to know: `make audit` and `make test`. `make help` lists the rest.
# Works with GNU make 3.81 (macOS). All that is made lies in .venv and .build; the system is never touched.

SHELL := /bin/sh
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# ---- what may be set on the command line ---------------------------------------------------------------------------
# AUDIT_ARGS  options of the audit module, e.g. AUDIT_ARGS='users=alice,bob threshold=medium'
# PYTHONS     the versions for `make unit`, e.g. PYTHONS='3.8 3.13'; default: all that are found
# TESTS       files or folders for `make unit`, e.g. TESTS=tests/unit/dev; default: all
# ARGS        options for pytest, e.g. ARGS='-k pyvenv -x'
# CORE        another ansible-core for new environments of `make unit`, e.g. CORE=2.20, or a pre-release: CORE=2.22.0rc1
# WORKERS     processes of pytest; default: one for each core; 0 for a debugger
# SCOPE       of `make test`: quick or full
# CI          when set, a Python of REQUIRED_PYTHONS that is missing is an error (see .ci/run)
AUDIT_ARGS ?=
PYTHONS ?=
TESTS ?=
ARGS ?=
CORE ?=
WORKERS ?= auto
SCOPE ?= quick
export AUDIT_ARGS PYTHONS TESTS ARGS CORE WORKERS
# Where this is set, as in many images, each start of Ansible compiles all that it imports: 1.0 s instead of 0.4 s.
unexport PYTHONDONTWRITEBYTECODE

# ---- tools: one virtual environment for each purpose, remade when its requirements change ---------------------------
BUILD := .build
ENVS := $(BUILD)/envs
COLLECTIONS := $(BUILD)/collections
COLLECTION_ROOT := $(COLLECTIONS)/ansible_collections/pyfleet/python
REQUIREMENTS := dev/requirements
MAKE_ENV := sh dev/make_env.sh
# Of ansible-core 2.20 and newer; the tools of the repository also run on 3.11, with ansible-core 2.19.
CONTROLLER_PYTHONS := 3.13 3.12 3.14

DEV := $(ENVS)/dev
DEV_BIN := $(DEV)/bin
# Prefix of a recipe line that uses the tools and must find this collection under its full name. The absolute path is
# left to the shell, as make's own functions split at spaces.
WITH_DEV := PATH="$$PWD/$(DEV_BIN):$$PATH" ANSIBLE_COLLECTIONS_PATH="$$PWD/$(COLLECTIONS)" \
	ANSIBLE_HOME="$$PWD/$(BUILD)/ansible" ANSIBLE_CONFIG="$$PWD/dev/ansible.cfg"

$(DEV)/.stamp: $(REQUIREMENTS)/dev.txt $(REQUIREMENTS)/constraints.txt
	@$(MAKE_ENV) $(DEV) "$(CONTROLLER_PYTHONS) 3.11" -r $(REQUIREMENTS)/dev.txt

$(ENVS)/importer/.stamp: $(REQUIREMENTS)/importer.txt
	@$(MAKE_ENV) $(ENVS)/importer "$(CONTROLLER_PYTHONS)" -r $(REQUIREMENTS)/importer.txt

$(ENVS)/sanity-2.19/.stamp: $(REQUIREMENTS)/sanity-2.19.txt
	@$(MAKE_ENV) $(ENVS)/sanity-2.19 "3.11 3.12 3.13" -r $(REQUIREMENTS)/sanity-2.19.txt

$(ENVS)/sanity-2.20/.stamp $(ENVS)/sanity-2.21/.stamp: $(ENVS)/%/.stamp: $(REQUIREMENTS)/%.txt
	@$(MAKE_ENV) $(@D) "$(CONTROLLER_PYTHONS)" -r $<

$(ENVS)/sanity-2.22/.stamp: $(REQUIREMENTS)/pre-release.txt
	@$(MAKE_ENV) $(@D) "3.13 3.14" -r $<

# Controllers get a whole ansible-core; older Pythons only its module_utils, which is what a target sees.
$(ENVS)/unit-3.8/.stamp $(ENVS)/unit-3.9/.stamp $(ENVS)/unit-3.10/.stamp: $(ENVS)/unit-3.%/.stamp: $(REQUIREMENTS)/unit.txt $(REQUIREMENTS)/target.txt
	@$(MAKE_ENV) $(@D) 3.$* -r $(REQUIREMENTS)/unit.txt
	@rm $@ && $(@D)/bin/python -m pip install --quiet --no-deps --ignore-requires-python -r $(REQUIREMENTS)/target.txt
	@touch $@

# pip takes a pre-release only where it is named.
CORE_REQUIREMENT = ansible-core$(if $(findstring rc,$(CORE)),==$(CORE),~=$(CORE).0)
$(ENVS)/unit-3.%/.stamp: $(REQUIREMENTS)/unit.txt $(REQUIREMENTS)/ansible-core.txt
	@$(MAKE_ENV) $(@D) 3.$* -r $(REQUIREMENTS)/unit.txt \
		$(if $(CORE),"$(CORE_REQUIREMENT)",-r $(REQUIREMENTS)/ansible-core.txt)

$(ENVS)/conda/.stamp: $(REQUIREMENTS)/conda.txt $(REQUIREMENTS)/ansible-core.txt
	@$(MAKE_ENV) $(@D) "$(CONTROLLER_PYTHONS)" -r $(REQUIREMENTS)/conda.txt -r $(REQUIREMENTS)/ansible-core.txt

# Make takes the stamps of pattern rules for passing things, and would remove them.
.PRECIOUS: $(ENVS)/unit-3.%/.stamp

# Ansible finds a collection by the folders it lies in; a relative link gives this checkout that place.
.PHONY: collection
collection:
	@test -e $(COLLECTION_ROOT)/galaxy.yml || { \
		mkdir -p $(COLLECTIONS)/ansible_collections/pyfleet && ln -sfn ../../../.. $(COLLECTION_ROOT); }

# Collections that scenarios use, never the product: out of the PyPI package `ansible`, so that no Galaxy server is needed.
$(COLLECTIONS)/.stamp: $(REQUIREMENTS)/collections.txt dev/fetch_collections.py $(DEV)/.stamp
	@$(DEV_BIN)/python dev/fetch_collections.py $(REQUIREMENTS)/collections.txt $(COLLECTIONS)
	@touch $@

.PHONY: dev
dev: $(DEV)/.stamp collection  ## the tools of the repository, in .build/envs/dev

# ---- the two commands ----------------------------------------------------------------------------------------------
.PHONY: audit
audit:  ## find every Python on this machine, and what is wrong; changes nothing
	@sh dev/audit.sh

# The quick scope answers in minutes. What it leaves to the full one: the Pythons between the oldest and the newest, pylint,
# convergence, deployment, and each role on the other platforms. With PLATFORM set, all scenarios run on these platforms.
.PHONY: test
test: dev $(COLLECTIONS)/.stamp wheelhouse  ## the tests of this repository; everything with SCOPE=full
	@case "$(SCOPE)" in \
		quick) if [ -n "$(PLATFORM)" ]; then containers="images molecule"; else containers="images-quick molecule-quick"; fi; \
			sh dev/test.sh "lint unit-ends sanity-quick conformance-here" "$$containers" ;; \
		full) sh dev/test.sh "lint convergence conda unit sanity conformance importer" "images molecule-full deployment" ;; \
		*) echo "SCOPE is quick or full, not '$(SCOPE)'." >&2; exit 2 ;; \
	esac

# ---- lint ----------------------------------------------------------------------------------------------------------
LINTS := lint-ruff lint-words lint-conditionals lint-complexity lint-types lint-yaml lint-shell lint-ansible lint-docs lint-source lint-licences lint-changelog
.PHONY: lint $(LINTS)
lint: $(LINTS)  ## all linters (each also alone: make lint-ruff, ...)

lint-words: dev
	$(DEV_BIN)/python dev/lint_words.py

lint-conditionals: dev
	$(DEV_BIN)/python dev/lint_nested_conditionals.py

lint-complexity: dev
	$(DEV_BIN)/python dev/lint_complexity.py

lint-ruff: dev
	$(DEV_BIN)/ruff check --quiet .
	$(DEV_BIN)/ruff format --quiet --check .

.PHONY: format
format: dev  ## let ruff format the code and sort the imports
	$(DEV_BIN)/ruff check --quiet --select I --fix .
	$(DEV_BIN)/ruff format .

TYPED_ROOMS := _host _scan _process _install _venv _pipx _pip_config _pip_removal _marker _distro_package _uv _pyenv _conda _zipapp
TYPED_SUBJECTS := fleet_report source_audit
lint-types: dev
	$(DEV_BIN)/mypy $(TYPED_ROOMS:%=--package ansible_collections.pyfleet.python.plugins.module_utils.%) \
		$(TYPED_SUBJECTS:%=--package ansible_collections.pyfleet.python.plugins.plugin_utils.%)

lint-yaml: dev
	$(DEV_BIN)/yamllint --strict .

lint-shell: dev
	$(DEV_BIN)/python dev/shell_scripts.py -z | xargs -0 $(DEV_BIN)/shellcheck

lint-ansible: dev $(COLLECTIONS)/.stamp
	$(WITH_DEV) ansible-lint --offline --strict

lint-docs: dev
	$(WITH_DEV) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self \
		--disallow-unknown-collection-refs --skip-rstcheck .
	@# Pages made from tables say what the tables say.
	@for script in dev/docs_*.py; do \
		test -e "$$script" || continue; echo "$$script --check"; $(DEV_BIN)/python "$$script" --check || exit 1; done

.PHONY: docs
docs: dev collection  ## build the site of the documentation, in .build/docs/html; a warning is an error
	@rm -rf $(BUILD)/docs && mkdir -p $(BUILD)/docs/source/collection
	@cp -R docs/*.md docs/situations docs/migration dev/site/conf.py dev/site/index.md $(BUILD)/docs/source
	$(WITH_DEV) antsibull-docs collection --use-current --squash-hierarchy --fail-on-error \
		--dest-dir $(BUILD)/docs/source/collection pyfleet.python
	$(DEV_BIN)/sphinx-build -q -W --keep-going -b html $(BUILD)/docs/source $(BUILD)/docs/html

.PHONY: lint-links
lint-links: dev  ## links of the documents to other sites; needs the network, and is not part of `make lint`
	$(DEV_BIN)/python dev/lint_links.py

lint-source: dev collection  ## source_audit over this repository, and its rule in ansible-lint
	$(WITH_DEV) python dev/lint_source.py

lint-licences: dev
	$(DEV_BIN)/reuse lint --quiet || { $(DEV_BIN)/reuse lint; exit 1; }

lint-changelog: dev
	$(WITH_DEV) antsibull-changelog lint

# ---- tests ---------------------------------------------------------------------------------------------------------
.PHONY: unit
unit: collection  ## unit tests on every Python 3.8 to 3.14 that is here
	@sh dev/unit.sh

.PHONY: unit-ends
unit-ends: collection  ## unit tests on the oldest and the newest Python that is here
	@sh dev/unit.sh ends

# make unit-3.12: on one Python.
unit-3.%: $(ENVS)/unit-3.%/.stamp collection
	@sh dev/unit.sh 3.$*

.PHONY: sanity sanity-newest sanity-quick sanity-2.19 sanity-2.20 sanity-2.21 sanity-2.22
sanity: sanity-2.19 sanity-2.21  ## ansible-test sanity with the oldest and the newest core
sanity-2.19 sanity-2.20 sanity-2.21 sanity-2.22: sanity-%: $(ENVS)/sanity-%/.stamp
	@sh dev/sanity.sh $*

sanity-newest:  ## with the newest core that a Python of this machine runs
	@core=2.21; sh dev/pythons.sh get $(CONTROLLER_PYTHONS) >/dev/null || { core=2.19; \
		echo "==> No Python 3.12 or newer is here: sanity with ansible-core 2.19 instead of 2.21"; }; \
		$(MAKE) sanity-$$core

sanity-quick:  ## the same without pylint, which takes as long as all the others
	@$(MAKE) sanity-newest ARGS="--skip-test pylint"

.PHONY: tarball importer
tarball: dev  ## build the collection
	@rm -rf $(BUILD)/dist
	$(WITH_DEV) ansible-galaxy collection build --force --output-path $(BUILD)/dist

importer: tarball $(ENVS)/importer/.stamp  ## Galaxy's own import check on the built collection
	@sh dev/importer.sh

# Files of tests side by side: while one waits for a lock, a server or a time limit, another uses the processor.
SIDE_BY_SIDE := -n $(WORKERS) --dist loadfile

# Containers are for Linux; elsewhere: make conformance-here
.PHONY: conformance
conformance: dev $(if $(filter Linux,$(shell uname)),images)  ## each static answer against the interpreter's own
	$(WITH_DEV) python -m pytest --junitxml=$(BUILD)/reports/conformance.xml $(SIDE_BY_SIDE) tests/conformance $(ARGS)

.PHONY: conformance-here
conformance-here: dev  ## the part of it that needs no containers
	$(WITH_DEV) python -m pytest --junitxml=$(BUILD)/reports/conformance-here.xml -m "not containers" \
		$(SIDE_BY_SIDE) tests/conformance $(ARGS)

.PHONY: convergence conda deployment crash
convergence: dev $(COLLECTIONS)/.stamp wheelhouse  ## `venv` for real: check mode, crashes, concurrency, other users, credentials
	$(WITH_DEV) python -m pytest --junitxml=$(BUILD)/reports/convergence.xml $(SIDE_BY_SIDE) tests/convergence $(ARGS)

conda: $(ENVS)/conda/.stamp collection  ## `conda_env` with a real solver and a channel made here
	$(ENVS)/conda/bin/python -m pytest --junitxml=$(BUILD)/reports/conda.xml tests/conda_prefixes $(ARGS)

deployment: dev $(COLLECTIONS)/.stamp wheelhouse $(if $(filter Linux,$(shell uname)),images)  ## documented images, wheelhouses, unattended rebuilds, in containers
	$(WITH_DEV) python -m pytest --junitxml=$(BUILD)/reports/deployment.xml $(SIDE_BY_SIDE) tests/deployment $(ARGS)

crash: dev $(COLLECTIONS)/.stamp wheelhouse  ## 200 kills at seeded moments; not part of `make test`
	$(WITH_DEV) python -m pytest tests/convergence -k crash --kills 200 $(ARGS)

.PHONY: bench bench-environments bench-applications bench-fleet bench-separate-pythons bench-summary
bench-environments: dev $(COLLECTIONS)/.stamp wheelhouse  ## speed of `venv` beside its peers; not part of `make test`
	@sh tests/testbed/prepare_host.sh
	$(WITH_DEV) PYTHONPATH="$$PWD/$(COLLECTIONS):$$PWD/tests" python bench/environments.py $(ARGS)

bench-applications: dev $(COLLECTIONS)/.stamp wheelhouse  ## speed of `pipx_app` beside its peer; not part of `make test`
	@sh tests/testbed/prepare_host.sh
	$(WITH_DEV) PYTHONPATH="$$PWD/$(COLLECTIONS):$$PWD/tests" python bench/applications.py $(ARGS)

bench-separate-pythons: dev $(COLLECTIONS)/.stamp wheelhouse  ## speed of `pyenv_python`, `uv_python` and `conda_env` beside peers; not part of `make test`
	@sh tests/testbed/prepare_host.sh
	$(WITH_DEV) PYTHONPATH="$$PWD/$(COLLECTIONS):$$PWD/tests" python bench/separate_pythons.py $(ARGS)

bench-fleet: dev $(COLLECTIONS)/.stamp wheelhouse  ## speed of the role `app_venv` on 20 hosts; not part of `make test`
	@sh tests/testbed/prepare_host.sh
	$(WITH_DEV) PYTHONPATH="$$PWD/$(COLLECTIONS):$$PWD/tests" python bench/fleet.py $(ARGS)

bench: dev  ## speed, as ratios; not part of `make test`
	$(WITH_DEV) PYTHONPATH="$$PWD/$(COLLECTIONS):$$PWD/tests" python bench/run.py $(ARGS)

bench-summary: dev $(ENVS)/unit-3.13/.stamp $(COLLECTIONS)/.stamp wheelhouse  ## all measurements in a few rounds, and docs/benchmarks.md from them
	@sh tests/testbed/prepare_host.sh reports
	$(WITH_DEV) PYTHONPATH="$$PWD/$(COLLECTIONS):$$PWD/tests" python bench/summary.py $(ARGS)

# Targets `images` and `molecule`.
-include dev/testbed.mk

.PHONY: release
release: dev  ## turn changelog fragments into CHANGELOG.rst, for the version in galaxy.yml
	$(WITH_DEV) antsibull-changelog release $(ARGS)

# ---- the rest ------------------------------------------------------------------------------------------------------
.PHONY: clean
clean:  ## remove .build and .venv
	rm -rf $(BUILD) .venv

.PHONY: help
help:
	@echo "make audit      every Python on this machine, and what is wrong with it"
	@echo "make test       every test of this repository"
	@echo
	@echo "Parts:"
	@cat $(MAKEFILE_LIST) | sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/\1	\2/p' | sort -u | awk -F'	' '{printf "  %-12s  %s\n", $$1, $$2}'
