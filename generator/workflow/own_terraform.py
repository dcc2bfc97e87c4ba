"""Find code that runs in a plan in custom files, custom templates, and files beside the generated ones."""

import posixpath
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from owscale.fs import observed
from owscale.fs.files import io_errors
from owscale.fs.untrusted import MAX_EXTRA_BYTES, UnsafeFileError, read_untrusted
from owscale.fs.walk import walk
from owscale.output.expected import ExpectedFiles
from owscale.terraform.config.plan_code import MAX_BYTES, PlanCode, find_plan_code, is_terraform, leads_outside


def own_files(directory: str, expected: ExpectedFiles, unmanaged: Collection[str]) -> dict[str, bytes | None]:
    """Return the contents of files of a root module that owscale itself did not write, by path; None for a link.

    A file that a custom template generates counts, unless the shipped template gives the same content.
    """
    files: dict[str, bytes | None] = {
        path: file.content for path, file in expected.generated.items() if file.is_own and not file.is_as_shipped
    }
    return files | {
        path: _read(f"{directory}/{path}") for path in unmanaged if posixpath.basename(path) != ".terraform"
    }


class TerraformFiles(NamedTuple):
    """The texts of the `.tf` and `.tf.json` files of a root module by path; `own` has the paths of the user's files."""

    texts: dict[str, str]
    own: frozenset[str]


def terraform_files(directory: Path, expected: ExpectedFiles) -> TerraformFiles:
    """Return the Terraform files of a root module: the rendered ones, and those beside them in its directory."""
    with io_errors(directory):
        beside = {
            path
            for path, kind in walk(directory, not_entered=".terraform")
            if kind != observed.DIRECTORY and path.endswith((".tf", ".tf.json"))
        }
    own = own_files(str(directory), expected, sorted(beside - expected.generated.keys()))
    contents = {path: file.content for path, file in expected.files.items()} | own
    texts = {
        path: content.decode("utf-8", "replace")
        for path, content in contents.items()
        if content is not None and path.endswith((".tf", ".tf.json"))
    }
    return TerraformFiles(texts, frozenset(own))


def plan_code(directory: str, expected: ExpectedFiles, unmanaged: Collection[str]) -> list[PlanCode]:
    """Return the constructs of custom Terraform in a root module that run, contact or read something in a plan."""
    own = [path for path, file in expected.generated.items() if file.is_own and is_terraform(path)]
    beside = [path for path in unmanaged if is_terraform(path)]
    if not own and not beside:  # the usual case, in which nothing is parsed
        return []
    links = _links(directory, unmanaged)
    files = own_files(directory, expected, [path for path in beside if path not in links]) | dict.fromkeys(links)
    found = find_plan_code({path: content for path, content in files.items() if is_terraform(path) or content is None})
    # Code that the shipped template has too, in the place of a custom template or of a `keep:` file, is not own code.
    replaced = {path: expected.files[path] for path in {code.file for code in found} & expected.files.keys()}
    contents = {path: file.shipped if file.is_own else file.content for path, file in replaced.items()}
    known = find_plan_code({path: content for path, content in contents.items() if content is not None})
    shipped = {(code.file, code.name, code.digest) for code in known}
    return [code for code in found if (code.file, code.name, code.digest) not in shipped]


def unknown_code(
    found: list[PlanCode], own: Mapping[str, bytes | None], base: Mapping[str, bytes]
) -> dict[PlanCode, str]:
    """Return the constructs that the base revision does not have, each with the reason.

    A construct is known only if every own file is the same in the base: its program may be in any of them. It is not
    known if one of the files has a path to files elsewhere, since a pull request can change those.
    """
    names = {(code.file, code.name, code.digest) for code in find_plan_code(dict(base))}
    changed = sorted(path for path, content in own.items() if content is None or base.get(path) != content)
    outside = sorted(path for path, content in own.items() if content and leads_outside(content))
    reasons = {}
    for code in found:
        if (code.file, code.name, code.digest) not in names:
            reasons[code] = "is new"
        elif changed:
            reasons[code] = f"may use {changed[0]}, which is new or changed"
        elif outside:
            reasons[code] = f"may use files outside the folder, to which {outside[0]} has a path,"
    return reasons


def _links(directory: str, paths: Collection[str]) -> list[str]:
    """Return the paths below a directory that are links, which Terraform follows to read a file."""
    with io_errors(directory):
        kinds = {folder: dict(observed.scan(f"{directory}/{folder}")) for folder in map(posixpath.dirname, paths)}
    return [path for path in paths if kinds[posixpath.dirname(path)].get(posixpath.basename(path)) == observed.LINK]


def _read(path: str) -> bytes | None:
    limit = MAX_BYTES + 1 if is_terraform(path) else MAX_EXTRA_BYTES
    try:
        with io_errors(path):
            return read_untrusted(path, limit)
    except UnsafeFileError as error:
        return None if "link" in error.problem else b"\0"


def files_of(directory: Path) -> dict[str, bytes]:
    """Return the files below the directory of a git revision by path; none where it does not exist."""
    files = (path for path, kind in walk(directory) if kind == observed.FILE)
    return {path: (directory / path).read_bytes() for path in files}
