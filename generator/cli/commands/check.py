"""`owscale check`: compare out/ with the files that the specs and templates generate."""

from typing import NamedTuple

from owscale.cli.commands._drift_report import DriftReport
from owscale.cli.exit_codes import FAILURE
from owscale.cli.messages import modified_hint, owscale_command
from owscale.cli.output import CommandResult, Output
from owscale.console.text import plural
from owscale.errors import SpecError, format_message
from owscale.output.drift import DriftKind
from owscale.output.journal import read_incomplete_run
from owscale.output.lock import lock_output
from owscale.result_cache.inputs import CacheInputs
from owscale.workflow.pipeline import compare_output, load_specs
from owscale.workflow.project import ProjectPaths


class Options(NamedTuple):
    """Options of `owscale check`."""

    paths: ProjectPaths
    strict: bool
    lock_timeout: float
    diff: bool


def run(options: Options, output: Output) -> CommandResult:
    """Compare every deployment; an error in one spec or one deployment hides nothing of the others."""
    paths = options.paths
    inputs = CacheInputs(paths)
    specs = load_specs(paths.spec)
    output.show_diagnostics(specs.report)
    inputs.add_deployments(specs.deployments)
    with (
        lock_output(paths.out, exclusive=False, timeout_seconds=options.lock_timeout, status=output.status),
        DriftReport(output, paths, len(specs.deployments)) as drift,
    ):
        incomplete = read_incomplete_run(paths.out)
        if incomplete:
            output.status(f"{paths.out}: {incomplete}")
        results = compare_output(specs.deployments, paths, incomplete, find_orphans=not specs.report.errors)
        for result in drift.count(results):
            inputs.add_directory(result)
            for difference in result.differences:
                drift.show(difference, diff=options.diff)
    is_unchanged = drift.unchanged and not drift.kinds
    text = drift.unmanaged + (f"{plural(drift.unchanged, 'file')} up to date\n" if is_unchanged else "")
    failure = [message for message in (_summarize(paths, drift), drift.failure) if message]
    try:
        specs.report.raise_on_errors(strict=options.strict)
    except SpecError as error:
        return CommandResult(FAILURE, text, failure="\n".join((*failure, str(error))))
    if failure:
        return CommandResult(FAILURE, text, failure="\n".join(filter(None, (*failure, specs.report.summary))))
    return CommandResult(text=text, cache_inputs=inputs)


def _summarize(paths: ProjectPaths, drift: DriftReport) -> str:
    """Return the number of differences with hints; empty where there is no difference."""
    number = drift.kinds.total()
    if not number:
        return ""
    total, verb = plural(number + drift.unchanged, "file"), "differs" if number == 1 else "differ"
    hints = []
    if not {DriftKind.MODIFIED, DriftKind.BLOCKED}.issuperset(drift.kinds):
        hints.append(f"run `{owscale_command(paths, 'generate')}` and commit the result")
    if DriftKind.MODIFIED in drift.kinds:
        hints.append(modified_hint(paths))
    return format_message(f"{number:,} of {total} in {paths.out}/ {verb} from the specs", *hints)
