# Copyright (c) 2026, pyfleet contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The test hosts. Included by the Makefile, whose dev environment and collections it uses.
#
# IMAGES    auto (a registry where one answers, else built), registry or built
# PLATFORM  the platforms, with commas between them; default: all that there are images for
# SCENARIO  one of extensions/molecule; default: all
# STEPS     with a SCENARIO: only these of its steps, on hosts that stay, made and prepared where they are not there
IMAGES ?= auto
PLATFORM ?=
SCENARIO ?=
STEPS ?=

# Root enters the namespaces of containers itself, at a tenth of what `podman exec` costs for each task.
TESTBED_CONNECTION := $(shell test "$$(id -u)" = 0 && command -v nsenter >/dev/null && echo container_namespaces)

# Molecule's record of what it created, removed as `molecule reset` would, which takes 2 s to start.
MOLECULE_EPHEMERAL_DIRECTORY := $(CURDIR)/$(BUILD)/molecule/state

export SCENARIO TESTBED_CONNECTION MOLECULE_EPHEMERAL_DIRECTORY

TESTBED := PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 $(DEV_BIN)/python -m testbed
MOLECULE_SCENARIOS = $(if $(SCENARIO),--scenario-name $(SCENARIO),--all)

.PHONY: images images-quick images-clean molecule molecule-quick molecule-full wheelhouse
wheelhouse: dev  ## the wheels that test hosts install from, fetched once
	@$(TESTBED) wheelhouse >/dev/null

images: dev wheelhouse  ## the images of the test hosts [IMAGES=registry|built PLATFORM=debian-13,…]
	@sh tests/testbed/prepare_host.sh
	@$(TESTBED) images --images "$(IMAGES)" $(PLATFORM) >/dev/null

images-quick: dev wheelhouse
	@$(MAKE) images PLATFORM="$$(sh dev/molecule.sh platforms quick)"

molecule-quick: dev $(COLLECTIONS)/.stamp wheelhouse  ## each role on one platform, every family among them
	@sh dev/molecule.sh quick

molecule-full: dev $(COLLECTIONS)/.stamp wheelhouse  ## each scenario on the platforms that differ for it
	@sh dev/molecule.sh full

images-clean: dev  ## remove the images and containers of the test hosts
	@$(TESTBED) clean

molecule: dev $(COLLECTIONS)/.stamp wheelhouse  ## scenarios on the test hosts [SCENARIO=audit PLATFORM=debian-13 STEPS="converge verify" IMAGES=built]
	@sh tests/testbed/prepare_host.sh
	@platforms=$$($(TESTBED) images --images "$(IMAGES)" $(PLATFORM)) || exit 1; \
		test -n "$$platforms" || { echo "No test host could be had: see above." >&2; exit 1; }; \
		export PLATFORM="$$platforms" $(WITH_DEV); \
		if test -z "$(STEPS)"; then \
			rm -rf "$$MOLECULE_EPHEMERAL_DIRECTORY"; \
			molecule test $(MOLECULE_SCENARIOS); \
		else \
			test -n "$(SCENARIO)" || { echo "STEPS are of one scenario: give SCENARIO too." >&2; exit 1; }; \
			for platform in $$(echo "$$platforms" | tr , ' '); do \
				podman container exists "pyfleet-$(SCENARIO)-$$platform" || \
					{ rm -rf "$$MOLECULE_EPHEMERAL_DIRECTORY"; break; }; \
			done; \
			for step in $(STEPS); do molecule "$$step" --scenario-name "$(SCENARIO)" || exit 1; done; \
		fi
