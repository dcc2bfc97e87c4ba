"""Why a file is not what was generated: what differs between then, which the sums know, and now."""

from generator import __version__
from generator.output.generated import File, Generated
from generator.output.sums import Origin, Sums

NO_SPEC = "no spec describes this deployment any more"


def of_change(known: Sums, generated: Generated, origin: Origin | None, file: File) -> str:
    """Why a file should be another than at the last run, whose record is `origin`; empty where it should not."""
    if not known.version:
        return "no record of an earlier run stands beside it"
    if origin and origin.digest == file.digest:
        return ""
    causes = _of_spec(known, generated)
    if origin and origin.source != file.source:
        causes.append(f"it comes from {file.source} now")
    elif origin and origin.source_digest != file.source_digest:
        causes.append(f"{file.source} changed")
    elif not origin and not causes:
        causes.append(f"{file.source} is new")
    return " and ".join(causes) or _program(known.version)


def of_end(known: Sums, generated: Generated, origin: Origin | None) -> str:
    """Why a file is no longer generated."""
    if not generated.files:
        return NO_SPEC
    if not origin:
        return "no record of an earlier run names it"
    return "the spec changed" if known.spec_digest != generated.spec_digest else f"{origin.source} is gone"


def of_sums(known: Sums, generated: Generated) -> str:
    """Why the manifest itself should be another."""
    if causes := _of_spec(known, generated):
        return " and ".join(causes)
    return "it goes with the others" if known.origins != generated.sums.origins else "it is not what generate writes"


def _of_spec(known: Sums, generated: Generated) -> list[str]:
    moved = [f"the spec is {generated.spec} now"] if known.spec != generated.spec else []
    return moved + (["the spec changed"] if known.spec_digest != generated.spec_digest else [])


def _program(version: str) -> str:
    return f"owscale changed, from {version} to {__version__}" if version != __version__ else "owscale itself changed"
