"""Reasons of drift: the differences between the manifest of the last run and the files of this one."""

from owscale import __version__
from owscale.output.expected import ExpectedFile, ExpectedFiles
from owscale.output.manifest import Manifest, ManifestEntry

NO_SPEC = "no spec for this deployment"


def reason_for_change(
    recorded: Manifest, expected: ExpectedFiles, entry: ManifestEntry | None, file: ExpectedFile
) -> str:
    """Return why a file differs from its manifest entry; empty if it does not."""
    if not recorded.version:
        return "the manifest is missing or unreadable"
    if entry and entry.digest == file.digest:
        return ""
    reasons = _spec_reasons(recorded, expected)
    if entry and entry.source != file.source:
        reasons.append(f"it comes from {file.source} now")
    elif entry and entry.source_digest != file.source_digest:
        reasons.append(f"{file.source} changed")
    elif not entry and not reasons:
        reasons.append(f"{file.source} is a new source")
    return " and ".join(reasons) or _version_reason(recorded.version)


def reason_for_orphan(recorded: Manifest, expected: ExpectedFiles, entry: ManifestEntry | None) -> str:
    """Return why a file is no longer generated."""
    if not expected.files:
        return NO_SPEC
    if not entry:
        return "not in the manifest"
    return "the spec changed" if recorded.spec_digest != expected.spec_digest else f"{entry.source} is gone"


def reason_for_manifest(recorded: Manifest, expected: ExpectedFiles) -> str:
    """Return why the manifest itself differs."""
    if reasons := _spec_reasons(recorded, expected):
        return " and ".join(reasons)
    return (
        "the entries of the manifest changed"
        if recorded.entries != expected.manifest.entries
        else "the text of the manifest differs"
    )


def _spec_reasons(recorded: Manifest, expected: ExpectedFiles) -> list[str]:
    renamed = [f"the spec is {expected.spec} now"] if recorded.spec != expected.spec else []
    return renamed + (["the spec changed"] if recorded.spec_digest != expected.spec_digest else [])


def _version_reason(version: str) -> str:
    return (
        f"owscale changed, from {version} to {__version__}"
        if version != __version__
        else "owscale itself or prices.json changed"
    )
