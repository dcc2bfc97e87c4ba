"""Find code in custom Terraform that runs a program, contacts a server or reads data in a plan or an apply.

It runs before Terraform. The check is an allow-list: it reports each block, provider and module that is not known to be
harmless, and each file that cannot be read as HCL.
https://developer.hashicorp.com/terraform/language
"""

import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from owscale.domain.terraform import LOCK_FILE
from owscale.errors import OwscaleError
from owscale.fs.untrusted import MIB
from owscale.terraform.config.parser import COMMENT, MAX_TOTAL_BYTES, labelled, mappings, parse_file, unquote

PROVIDERS = {"aws": "hashicorp/aws"}
"""The providers of the generated code, whose hashes its lock file has."""
MAX_BYTES = 256 * 1024
"""Limit of a file that is read as HCL; parsing takes about 20 seconds for each MiB."""

VARIABLES = {"aws_profile", "webui_secret_key"}
"""The variables of a generated root module."""

_CONFIGURATION = (".tf", ".tf.json", ".tofu", ".tofu.json")  # OpenTofu prefers the .tofu files
_TESTS = (".tftest.hcl", ".tftest.json", ".tofutest.hcl", ".tofutest.json")
_VARIABLE_FILES = {"terraform.tfvars", "terraform.tfvars.json"}
_AUTOMATIC_VARIABLE_FILES = (".auto.tfvars", ".auto.tfvars.json")
_BUILT_IN = "terraform"  # terraform_data, terraform_remote_state: a part of Terraform itself
_LABELS = {"data": 2, "resource": 2, "ephemeral": 2, "module": 1, "provider": 1, "check": 1, "variable": 1, "output": 1}
_HARMLESS = {"variable", "output", "locals", "moved", "removed", "import"}
_DATA_EFFECTS = {
    "external": "runs a program in every plan",
    "http": "sends a request in every plan",
    "aws_lambda_invocation": "runs a Lambda function in every plan",
    "terraform_remote_state": "reads the state of another configuration in every plan",
}
# A call of a function that reads files. A comment before the bracket is not read, so that no text takes long to match.
_FILE_CALL = re.compile(
    r"(?<![\w.])(?P<name>file(?:base64(?:sha(?:256|512))?|exists|md5|set|sha(?:1|256|512))?|templatefile)\s*+"
    r"(?:\((?P<argument>\s*+\"(?:\$\{path\.(?:module|root)\}/?)?[^\"$%\\]*+\")?"
    r"(?P<pattern>\s*+,\s*+\"[^\"$%\\]*+\"\s*+\))?|(?=/\*|\#|//))"
)
_NOT_EXAMINED = {"..", ".terraform"}  # parts of a path
_PATH_PREFIX = re.compile(r"\$\{path\.(?:module|root)\}/?")
# A comment after the word is not read either.
_PROVIDER_CALL = re.compile(r"(?<![\w.])provider\s*+(?:::\s*+(?P<name>[\w-]*+)|(?=/\*|\#|//))")
# A path out of the folder in a custom file of any kind, such as a program. The file at that path is not compared.
_LEADS_OUTSIDE = re.compile(rb"(?<![\w.])\.\.(?:[/\\\"'`\s)]|\Z)|\bdirname\b|\babspath\(|\bpath\.cwd\b")


class PlanCode(NamedTuple):
    """A construct of custom Terraform: its file and line (0: unknown), its name, and its effect in a plan.

    `digest` is the digest of its content: the same name with another program is another construct.
    """

    file: str
    line: int
    name: str
    effect: str
    digest: str

    def __str__(self) -> str:
        return f"{self.file}{f':{self.line}' if self.line else ''}: {self.name} {self.effect}"


def is_terraform(path: str) -> bool:
    """Return whether Terraform, or OpenTofu in its place, reads a file by itself."""
    return path.endswith((*_CONFIGURATION, *_TESTS)) or posixpath.basename(path) == LOCK_FILE or _has_variables(path)


def leads_outside(content: bytes) -> bool:
    """Return whether a file names a path outside its folder. The files there are not compared with the base."""
    return bool(_LEADS_OUTSIDE.search(content))


def _has_variables(path: str) -> bool:
    """Return whether a file sets variables of the root module.

    https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files
    """
    return "/" not in path and (path in _VARIABLE_FILES or path.endswith(_AUTOMATIC_VARIABLE_FILES))


def find_plan_code(files: Mapping[str, bytes | None]) -> list[PlanCode]:
    """Return the constructs in files by path, sorted; the content None is a link, which Terraform follows."""
    found: set[PlanCode] = set()
    left = MAX_TOTAL_BYTES
    for path, content in sorted(files.items()):
        left -= len(content or b"")
        found.update(_in_file(path, content, is_beyond_limit=left < 0))
    return sorted(found)


def _in_file(path: str, content: bytes | None, *, is_beyond_limit: bool) -> Iterator[PlanCode]:
    name = posixpath.basename(path)
    if content is None:
        yield PlanCode(path, 0, name, "is a symbolic link, which Terraform follows", "")
    elif name == LOCK_FILE:
        yield _construct(path, "", name, "selects the providers to download", content.hex())
    elif path.endswith(_TESTS):
        effect = "is a test, whose modules and providers `terraform init` downloads"
        yield PlanCode(path, 0, name, effect, hashlib.sha256(content).hexdigest())
    elif path.endswith(_CONFIGURATION) or _has_variables(path):
        try:
            text = content[: MAX_BYTES + 1].decode()
            is_too_large = is_beyond_limit or len(content) > MAX_BYTES
            blocks = None if is_too_large else parse_file(path, text)
            reason = f"it has more than {MAX_BYTES // 1024} KiB"
            if is_beyond_limit:
                reason = f"all files together have more than {MAX_TOTAL_BYTES // MIB} MiB"
        except (OwscaleError, UnicodeDecodeError) as error:
            blocks, reason = None, str(error).removeprefix(f"{path}: ").partition("\n")[0]
        if blocks is None:
            effect = f"cannot be examined ({reason}), so it may run any program"
            yield PlanCode(path, 0, name, effect, hashlib.sha256(content).hexdigest())
        elif _has_variables(path):
            for variable in sorted(VARIABLES & blocks.keys()):
                yield _construct(path, text, variable, "is set in place of the spec", blocks[variable])
        else:
            yield from _in_module(path, text, blocks)


def _in_module(path: str, text: str, body: Mapping[str, Any]) -> Iterator[PlanCode]:
    for kind, node in body.items():
        if kind == COMMENT:
            continue
        for labels, block in labelled(node, _LABELS.get(kind, 0)):
            yield from _in_block(path, text, kind, labels, block)
        yield from _in_expressions(path, text, kind, node)


def _in_block(path: str, text: str, kind: str, labels: tuple[str, ...], block: Any) -> Iterator[PlanCode]:
    name = " ".join((kind, *(f'"{label}"' for label in labels)))
    match kind:
        case "data" | "resource" | "ephemeral":
            yield from _in_resource(path, text, name, labels, block)
        case "module":
            source = unquote(str(block.get("source", "")))
            if not _is_inside(path, source):
                yield _construct(path, text, name, f"downloads code from {source or 'an unknown source'}", block)
        case "provider":
            yield _construct(path, text, name, "selects the servers and the credentials of requests", block)
        case "terraform":
            yield from _in_settings(path, text, block)
        case "removed":  # may have provisioners, which run when the resource is destroyed
            yield from _in_provisioners(path, text, name, block)
        case "check":
            yield from _in_module(path, text, {key: value for key, value in block.items() if key == "data"})
        case _ if kind not in _HARMLESS:
            yield _construct(path, text, name, "is an unknown block", block)


def _in_resource(path: str, text: str, name: str, labels: tuple[str, ...], block: Any) -> Iterator[PlanCode]:
    type_ = labels[0] if labels else ""
    provider = type_.partition("_")[0]
    if name.startswith("data") and type_ in _DATA_EFFECTS:
        yield _construct(path, text, name, _DATA_EFFECTS[type_], block)
    elif name.startswith("ephemeral"):
        yield _construct(path, text, name, "is opened in every plan", block)
    elif provider not in (*PROVIDERS, _BUILT_IN):
        effect = f"runs the unpinned provider {provider or 'of no name'}"
        yield _construct(path, text, name, effect, block)
    yield from _in_provisioners(path, text, name, block)


def _in_provisioners(path: str, text: str, name: str, block: Mapping[str, Any]) -> Iterator[PlanCode]:
    for (kind,), body in labelled(block.get("provisioner", []), 1):
        yield _construct(path, text, f'provisioner "{kind}" of {name}', "runs when it is applied", body)


def _in_settings(path: str, text: str, block: Mapping[str, Any]) -> Iterator[PlanCode]:
    """Yield the constructs of a `terraform` block: other providers, another state."""
    for key, node in block.items():
        if key == "required_providers":
            for body in mappings(node):
                yield from _in_required_providers(path, text, body)
        elif key not in ("required_version", COMMENT):
            effect = (
                "sets the place of the state" if key in ("backend", "cloud") else "is not a setting that owscale checks"
            )
            yield _construct(path, text, f"terraform {key}", effect, node)


def _in_required_providers(path: str, text: str, body: Mapping[str, Any]) -> Iterator[PlanCode]:
    for label, requirement in body.items():
        if label == COMMENT:
            continue
        provider = unquote(label)
        source = requirement.get("source", "") if isinstance(requirement, dict) else ""
        source = unquote(str(source)) or f"hashicorp/{provider}"
        if PROVIDERS.get(provider) != source:
            name = f"required_providers {provider}"
            yield _construct(path, text, name, f"downloads a provider from {source}", requirement)


def _in_expressions(path: str, text: str, name: str, node: Any) -> Iterator[PlanCode]:
    """Yield the calls of functions of providers, and of functions that read files elsewhere."""
    for expression in _expressions(node):
        for provider in {call["name"] or "" for call in _PROVIDER_CALL.finditer(expression)}:
            yield _construct(path, text, f"provider::{provider}", "runs code of a provider in every plan", expression)
        for function in {call["name"] for call in _FILE_CALL.finditer(expression) if not _reads_inside(call)}:
            effect = f"in {name} may read a file outside the folder"
            yield _construct(path, text, f"{function}()", effect, expression)


def _expressions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _expressions(key)
            yield from _expressions(value)
    elif isinstance(node, list):
        for item in node:
            yield from _expressions(item)
    elif isinstance(node, str) and ("${" in node or "%{" in node):
        yield node


def _reads_inside(call: re.Match[str]) -> bool:
    """Return whether a function reads a literal path in the folder, and nothing else.

    A template can call `file` itself, and the pattern of `fileset` can contain `..`.
    """
    if call["name"] == "templatefile" or call["argument"] is None:
        return False
    if call["name"] == "fileset" and (call["pattern"] is None or ".." in call["pattern"]):
        return False
    file = _PATH_PREFIX.sub("", call["argument"].strip()[1:-1], count=1)
    return not file.startswith(("/", "~")) and _NOT_EXAMINED.isdisjoint(file.split("/"))


def _is_inside(path: str, source: str) -> bool:
    """Return whether the source of a module is a literal path below the root module."""
    if not source.startswith("./") or re.search(r"[$%\\]", source):
        return False
    return _NOT_EXAMINED.isdisjoint(posixpath.normpath(posixpath.join(posixpath.dirname(path), source)).split("/"))


def _construct(path: str, text: str, name: str, effect: str, content: Any) -> PlanCode:
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    return PlanCode(path, _line(text, name), name, effect, digest)


def _line(text: str, name: str) -> int:
    """Return the line where a construct begins; 0 where its text has another form."""
    words = [re.escape(word.strip('"')) for word in name.removesuffix("()").split(" of ")[0].split()]
    pattern = r'[\s":{\[]+'.join(words) if words[0] != "required_providers" else rf'"?{words[-1]}"?\s*='
    match = re.search(rf"(?<![\w.]){pattern}", text)
    return text.count("\n", 0, match.start()) + 1 if match else 0
