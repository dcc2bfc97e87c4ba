# The ways to work on this repository: make lists them. They need Python 3.11 or newer and git; Terraform too for the
# tests. Everything that they install goes into .venv, which make sets up by itself and again whenever the pins change.

PYTHON ?= python3
BENCH := owscale edited
PEERS := kapitan cdktn
NPM_INSTALL := npm install --silent --no-package-lock --ignore-scripts
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

.PHONY: help generate check validate plan apply output status destroy tf-plan tf-apply tf-output tf-status tf-destroy \
	tf-validate tf-prove verify golden plans docs test lint checkov bench lock clean
.NOTPARALLEL: # under make -j too, one pip at a time and no check of a tree that is being written

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "ARGS=… is handed on, as in make generate ARGS=--dry-run; PYTHON=… is the Python that a new .venv is made with."

generate: .venv/.bytecode ## write out/ from spec/
	@.venv/bin/owscale generate $(ARGS)

check: .venv/.bytecode ## tell whether out/ is what spec/ says, and change nothing
	@.venv/bin/owscale check $(ARGS)

validate: .venv/.bytecode ## find the mistakes in spec/, and change nothing
	@.venv/bin/owscale validate $(ARGS)

plan: .venv/.bytecode ## make a plan, prove it, save it: make plan ARGS="--env production"
	@.venv/bin/owscale tf plan $(ARGS)

apply: .venv/.bytecode ## apply the saved plan
	@.venv/bin/owscale tf apply $(ARGS)

output: .venv/.bytecode ## print what a deployment tells of itself, such as the load balancer's name
	@.venv/bin/owscale tf output $(ARGS)

status: .venv/.aws .venv/.bytecode ## tell what is applied, which plan waits, and who holds the lock
	@.venv/bin/owscale tf status $(ARGS)

destroy: .venv/.bytecode ## destroy what a deployment made, and nothing that was there before
	@.venv/bin/owscale tf destroy $(ARGS)

tf-plan tf-apply tf-output tf-status tf-destroy: tf-%: %

tf-validate: .venv/.bytecode ## ask Terraform and the AWS provider about out/, without AWS
	@.venv/bin/owscale tf validate $(ARGS)

tf-prove: .venv/.bytecode ## judge a plan: make tf-prove ARGS="plan.json --env production"
	@.venv/bin/owscale tf prove $(ARGS)

verify: .venv/.aws .venv/.bytecode ## see whether what was applied works, as in make verify ARGS="--env production"
	@.venv/bin/owscale verify $(ARGS)

golden: .venv/.bytecode ## write the golden trees of the tests from their specs, and list new resource addresses
	@for spec in tests/golden/*/spec.yaml; do \
		.venv/bin/owscale generate --spec $$spec --out $$(dirname $$spec)/out || exit; \
	done
	@.venv/bin/python -m tests.golden_addresses

plans: .venv/.test ## make tests/plans/ again, with Terraform and an emulated AWS; some minutes
	.venv/bin/python -m tests.emulator.plans

docs: .venv/.bytecode ## write docs/spec.md, docs/diagnostics.md and their data from the code
	@.venv/bin/owscale reference $(ARGS)

# Tests that share a folder or a costly fixture belong to one worker: mark them pytest.mark.xdist_group("name"). Four
# workers suit two cores, because those that apply Terraform mostly wait.
test: .venv/.test .venv/.bytecode .venv/checkov/.ready ## run the tests
	.venv/bin/pytest --numprocesses 4 --dist loadgroup $(ARGS)

lint: .venv/.lint ## check the Python code's style, format and types
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

checkov: .venv/checkov/.ready ## scan out/ for insecure settings
	.venv/checkov/bin/python -m checkov.main --directory out --framework terraform --compact --quiet --skip-download $(ARGS)

bench: .venv/.bench $(patsubst %,.venv/bench/%/.ready,$(BENCH) $(PEERS) cdktn-npm) ## measure owscale beside its peers
	@.venv/bin/python -m benchmarks $(ARGS)

lock: ## pin the newest releases, in .ci/*.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Pins must suit every Python from 3.11 on,\
	 so make them with the oldest: make PYTHON=python3.11 lock")'
	$(PYTHON) -m venv --clear .venv/lock
	.venv/lock/bin/python $(PIP_INSTALL) '.[test,lint,bench]'
	.venv/lock/bin/python -m pip freeze --exclude owscale > .ci/constraints.txt
	$(PYTHON) -m venv --clear .venv/lock
	.venv/lock/bin/python $(PIP_INSTALL) checkov
	.venv/lock/bin/python -m pip freeze > .ci/checkov.txt
	$(PYTHON) -m venv --clear .venv/lock
	.venv/lock/bin/python $(PIP_INSTALL) kapitan
	.venv/lock/bin/python -m pip freeze > .ci/kapitan.txt
	$(PYTHON) -m venv --clear .venv/lock
	.venv/lock/bin/python $(PIP_INSTALL) cdktn cdktn-provider-aws
	.venv/lock/bin/python -m pip freeze > .ci/cdktn.txt
	$(NPM_INSTALL) --prefix .venv/lock cdktn @cdktn/provider-aws constructs
	npm ls --prefix .venv/lock --parseable --long | sed -n 's/.*:\(.*@[0-9].*\)/\1/p' > .ci/cdktn-npm.txt
	rm -rf .venv/lock

clean: ## remove .venv and the caches; out/ stays
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find generator tests -name __pycache__ -prune -exec rm -rf {} +

# The set-up, in steps that each need the one before. An empty file, written last, says that a step is done. While pip
# is at work .made is out of the way, so that after a step that was broken off .venv starts over: pip would take a
# package that is half there for a whole one.

.venv/.made:
	@command -v $(PYTHON) >/dev/null || { echo "owscale needs Python 3.11 or newer, and there is no $(PYTHON) here:\
	 make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "owscale needs Python 3.11 or newer, and\
	 $(PYTHON) is Python %d.%d.%d: make PYTHON=python3.12 $(MAKECMDGOALS)" % v[:3])'
	@echo "Setting up .venv, which takes a moment the first time." >&2
	@$(PYTHON) -m venv --clear .venv
	@touch $@

define install
	@mv .venv/.made .venv/.busy
	@.venv/bin/python $(PIP_INSTALL) -c .ci/constraints.txt -e $(1)
	@mv .venv/.busy .venv/.made
	@touch $@
endef

.venv/.run: .venv/.made pyproject.toml .ci/constraints.txt
	$(call install,.)

# An environment may tell Python to keep no bytecode, as containers do, and then every run would compile all of owscale.
.venv/.bytecode: .venv/.run $(shell find generator -name '*.py')
	@.venv/bin/python -m compileall -q generator
	@touch $@

.venv/.aws: .venv/.run
	$(call install,'.[aws]')

.venv/.test: .venv/.run
	$(call install,'.[test]')

.venv/.lint: .venv/.test
	$(call install,'.[lint]')

# checkov pins libraries of its own, some of them old, so it lives apart.
.venv/checkov/.ready: .venv/.made .ci/checkov.txt
	@echo "Setting up checkov, about half a minute." >&2
	@.venv/bin/python -m venv --clear .venv/checkov
	@.venv/checkov/bin/python $(PIP_INSTALL) -r .ci/checkov.txt
	@touch $@

# The benchmarks measure owscale as its users install it, not the editable one: with compiled bytecode, and without the
# libraries of the tests beside it. The second copy is the one whose templates they change.
.venv/.bench: .venv/.run
	$(call install,'.[bench]')

$(BENCH:%=.venv/bench/%/.ready): .venv/bench/%/.ready: .venv/.made pyproject.toml .ci/constraints.txt $(shell find \
		generator templates -type f -not -name '*.pyc')
	@echo "Setting up .venv/bench/$*, about half a minute." >&2
	@.venv/bin/python -m venv --clear .venv/bench/$*
	@.venv/bench/$*/bin/python $(PIP_INSTALL) -c .ci/constraints.txt .
	@touch $@

# A peer that cannot be installed here is left out of the table, and tried again the next time.
$(PEERS:%=.venv/bench/%/.ready): .venv/bench/%/.ready: .venv/.made .ci/%.txt
	@echo "Setting up .venv/bench/$*, about a minute." >&2
	@.venv/bin/python -m venv --clear .venv/bench/$*
	@if .venv/bench/$*/bin/python $(PIP_INSTALL) -r .ci/$*.txt; then touch $@; else echo "$*: is left out" >&2; fi

.venv/bench/cdktn-npm/.ready: .venv/.made .ci/cdktn-npm.txt
	@echo "Setting up .venv/bench/cdktn-npm, about half a minute." >&2
	@mkdir -p .venv/bench/cdktn-npm
	@if $(NPM_INSTALL) --prefix .venv/bench/cdktn-npm $$(cat .ci/cdktn-npm.txt); then touch $@; \
	 else echo "cdktn: is left out" >&2; fi
