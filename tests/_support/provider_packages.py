"""Record schemas of the AWS provider from Python packages that are generated from it.

No package registry has the binary of provider 6. But the bindings of CDK Terrain (cdktn-provider-aws; before it
cdktf-cdktf-provider-aws) are generated from the schema of one release, and have the Terraform names of all arguments,
blocks and attributes. Those of Pulumi (pulumi-aws) have the deprecations. `make provider-schemas` calls this module
with the wheels; docs/facts.md has the steps. A test compares the result for 5.100.0 with the schema of its binary.
"""

import ast
import io
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests._support.provider_schema import FLAGS, Block, Schema, template_types, write_schema

_VERSION = re.compile(r"bindings for hashicorp/aws provider version (\d+\.\d+\.\d+)")
_PROPERTY = re.compile(r"#(\w+) [^}\n]*\}(?:(?!\*/).)*\*/\s*readonly \w+(\??): ([^;]+);", re.DOTALL)
_INTERFACE = re.compile(r"^export interface (\w+)[^{]*\{(.*?)^\}", re.MULTILINE | re.DOTALL)
_CLASS = re.compile(r"^class (\w+) extends \w+\.(\w+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)
_READ = re.compile(
    r"this\.get\w*Attribute\('(\w+)'\)|= new (?:\w+\.)?(\w+?)(List|Map|OutputReference)?\(this, \"(\w+)\""
)
_MAIN_CLASSES = ("TerraformResource", "TerraformDataSource", "TerraformEphemeralResource")
_FOLDER_PREFIX = {"resource": "", "data": "data-aws-", "ephemeral": "ephemeral-aws-"}

# The modules and classes of Pulumi, which names the types after the services of AWS.
_PULUMI_RESOURCES = {
    "aws_appautoscaling_policy": "appautoscaling/policy.py Policy",
    "aws_appautoscaling_target": "appautoscaling/target.py Target",
    "aws_cloudwatch_dashboard": "cloudwatch/dashboard.py Dashboard",
    "aws_cloudwatch_log_group": "cloudwatch/log_group.py LogGroup",
    "aws_cloudwatch_metric_alarm": "cloudwatch/metric_alarm.py MetricAlarm",
    "aws_ecs_service": "ecs/service.py Service",
    "aws_ecs_task_definition": "ecs/task_definition.py TaskDefinition",
    "aws_elasticache_parameter_group": "elasticache/parameter_group.py ParameterGroup",
    "aws_elasticache_replication_group": "elasticache/replication_group.py ReplicationGroup",
    "aws_elasticache_subnet_group": "elasticache/subnet_group.py SubnetGroup",
    "aws_iam_role": "iam/role.py Role",
    "aws_iam_role_policy": "iam/role_policy.py RolePolicy",
    "aws_iam_role_policy_attachment": "iam/role_policy_attachment.py RolePolicyAttachment",
    "aws_lb": "lb/load_balancer.py LoadBalancer",
    "aws_lb_listener": "lb/listener.py Listener",
    "aws_lb_target_group": "lb/target_group.py TargetGroup",
    "aws_s3_bucket": "s3/bucket_v2.py BucketV2",
    "aws_s3_bucket_lifecycle_configuration": "s3/bucket_lifecycle_configuration_v2.py BucketLifecycleConfigurationV2",
    "aws_s3_bucket_ownership_controls": "s3/bucket_ownership_controls.py BucketOwnershipControls",
    "aws_s3_bucket_policy": "s3/bucket_policy.py BucketPolicy",
    "aws_s3_bucket_public_access_block": "s3/bucket_public_access_block.py BucketPublicAccessBlock",
    "aws_s3_bucket_server_side_encryption_configuration": (
        "s3/bucket_server_side_encryption_configuration_v2.py BucketServerSideEncryptionConfigurationV2"
    ),
    "aws_secretsmanager_secret": "secretsmanager/secret.py Secret",
    "aws_secretsmanager_secret_version": "secretsmanager/secret_version.py SecretVersion",
    "aws_security_group": "ec2/security_group.py SecurityGroup",
    "aws_sns_topic": "sns/topic.py Topic",
    "aws_sns_topic_policy": "sns/topic_policy.py TopicPolicy",
    "aws_sns_topic_subscription": "sns/topic_subscription.py TopicSubscription",
    "aws_vpc_security_group_egress_rule": "vpc/security_group_egress_rule.py SecurityGroupEgressRule",
    "aws_vpc_security_group_ingress_rule": "vpc/security_group_ingress_rule.py SecurityGroupIngressRule",
}
_PULUMI_DATA_SOURCES = {
    "aws_caller_identity": "get_caller_identity.py GetCallerIdentityResult",
    "aws_db_instance": "rds/get_instance.py GetInstanceResult",
    "aws_ecs_cluster": "ecs/get_cluster.py GetClusterResult",
    "aws_ecs_service": "ecs/get_service.py GetServiceResult",
    "aws_efs_access_point": "efs/get_access_point.py GetAccessPointResult",
    "aws_efs_file_system": "efs/get_file_system.py GetFileSystemResult",
    "aws_iam_policy_document": "iam/get_policy_document.py GetPolicyDocumentResult",
    "aws_partition": "get_partition.py GetPartitionResult",
    "aws_rds_cluster": "rds/get_cluster.py GetClusterResult",
    "aws_region": "get_region.py GetRegionResult",
    "aws_secretsmanager_secret": "secretsmanager/get_secret.py GetSecretResult",
    "aws_secretsmanager_secret_version": "secretsmanager/get_secret_version.py GetSecretVersionResult",
    "aws_secretsmanager_secret_versions": "secretsmanager/get_secret_versions.py GetSecretVersionsResult",
    "aws_subnet": "ec2/get_subnet.py GetSubnetResult",
    "aws_vpc": "ec2/get_vpc.py GetVpcResult",
}


_NOT_COMPARED = ("tags_all",)
"""Pulumi deprecates these names in favour of its own way to set them."""

_ALSO_DEPRECATED = {
    "aws_iam_role": ("inline_policy", "managed_policy_arns"),
    "aws_s3_bucket_lifecycle_configuration": ("id",),
}
"""Deprecations that Pulumi's bindings leave out: the binary of 5.100.0 has them, and release 6 still does."""


def main(bindings: str, pulumi: str) -> None:
    """Record the schema of the provider from the wheels of its bindings and of Pulumi's."""
    packages = Bindings(Path(bindings))
    schema = packages.schema(template_types())
    _mark_deprecations(schema, PulumiPackage(Path(pulumi)))
    sources = [Path(wheel).name.partition("-py3")[0] for wheel in (bindings, pulumi)]
    write_schema(packages.version, sources, schema)


def _mark_deprecations(schema: Schema, deprecations: "PulumiPackage") -> None:
    for name, block in schema["resource"].items():
        deprecations.mark(block, _PULUMI_RESOURCES[name])
        for entry in _ALSO_DEPRECATED.get(name, ()):
            _deprecate(block, entry)
    for name, block in schema["data"].items():
        deprecations.mark(block, _PULUMI_DATA_SOURCES[name])


class Bindings:
    """The bindings of CDK Terrain: their JavaScript has the names, and their declarations the required arguments."""

    def __init__(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            [metadata] = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            match = _VERSION.search(archive.read(metadata).decode())
            if match is None:
                raise SystemExit(f"{wheel}: not the bindings of a release of the AWS provider")
            self.version = match[1]
            [bundle] = (name for name in archive.namelist() if name.endswith(".jsii.tgz"))
            self._bundle = archive.read(bundle)

    def schema(self, types: Mapping[str, list[str]]) -> Schema:
        """Return the schema of types. The bindings of release 5 have no ephemeral resources."""
        modules = self._modules({self._folder(mode, name) for mode, names in types.items() for name in names})
        return {
            mode: {name: modules[folder].block() for name in names if (folder := self._folder(mode, name)) in modules}
            for mode, names in types.items()
        }

    @staticmethod
    def _folder(mode: str, name: str) -> str:
        return _FOLDER_PREFIX[mode] + name.removeprefix("aws_").replace("_", "-")

    def _modules(self, folders: set[str]) -> "dict[str, _Module]":
        texts: dict[str, dict[str, str]] = {}
        with tarfile.open(fileobj=io.BytesIO(self._bundle)) as archive:
            for member in archive:
                _, _, path = member.name.partition("lib/")
                folder, _, file = path.partition("/")
                if (
                    folder in folders
                    and file in ("index.js", "index.d.ts")
                    and (content := archive.extractfile(member))
                ):
                    texts.setdefault(folder, {})[file] = content.read().decode()
        return {folder: _Module(files["index.js"], files["index.d.ts"]) for folder, files in texts.items()}


class _Class(NamedTuple):
    base: str
    body: str


class _Module:
    """The bindings of one type."""

    def __init__(self, code: str, declarations: str) -> None:
        self._interfaces = dict(_INTERFACE.findall(declarations))
        self._classes = {name: _Class(base, body) for name, base, body in _CLASS.findall(code)}

    def block(self) -> Block:
        [name] = (name for name, each in self._classes.items() if each.base in _MAIN_CLASSES)
        return self._entries(f"{name}Config", name)

    def _entries(self, interface: str, class_name: str) -> Block:
        """Return the entries of a block: what its interface sets, and what its class reads."""
        entries: Block = {}
        for name, optional, kind in _PROPERTY.findall(self._interfaces.get(interface, "")):
            flags = "optional" if optional else "required"
            nested = re.match(r"\w+", kind)
            if nested and nested[0] in self._interfaces:
                reads = f"{nested[0]}OutputReference"
                entries[name] = {FLAGS: flags, **self._entries(nested[0], reads)}
            else:
                # The provider names its write-only arguments so; older bindings do not mark them.
                entries[name] = f"{flags} write-only" if name.endswith("_wo") else flags
        body = self._classes[class_name].body if class_name in self._classes else ""
        for attribute, nested_class, _, block in _READ.findall(body):
            if attribute:
                entries.setdefault(attribute, "computed")
            elif block not in entries:
                fields = self._entries("", f"{nested_class}OutputReference")
                entries[block] = {FLAGS: "computed", **fields} if fields else "computed"
        return dict(sorted(entries.items()))


class PulumiPackage:
    """The bindings of Pulumi: each class has a property for each attribute, with its deprecation."""

    def __init__(self, wheel: Path) -> None:
        self._archive = zipfile.ZipFile(wheel)
        self._parsed: dict[str, dict[str, ast.ClassDef]] = {}

    def mark(self, block: Block, place: str) -> None:
        """Add `deprecated` to the entries of a type that are deprecated; `place` is its module and class."""
        file, _, class_name = place.partition(" ")
        self._mark(block, file, class_name)

    def _mark(self, block: Block, file: str, class_name: str) -> None:
        properties = _properties(self._classes(file)[class_name])
        for name, entry in block.items():
            spellings = _spellings(name) if isinstance(entry, str) else reversed([*_spellings(name)])
            found = next((properties[each] for each in spellings if each in properties), None)
            if name in (FLAGS, *_NOT_COMPARED) or found is None:
                continue
            if found.is_deprecated:
                _deprecate(block, name)
            nested_file = f"{file.rpartition('/')[0]}/outputs.py".lstrip("/")
            if isinstance(entry, dict) and found.nested in self._classes(nested_file):
                self._mark(entry, nested_file, found.nested)

    def _classes(self, file: str) -> dict[str, ast.ClassDef]:
        if file not in self._parsed:
            tree = ast.parse(self._archive.read(f"pulumi_aws/{file}"))
            self._parsed[file] = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        return self._parsed[file]


def _deprecate(block: Block, name: str) -> None:
    if isinstance(block[name], str):
        block[name] += " deprecated"
    else:
        block[name][FLAGS] += " deprecated"


class _Property(NamedTuple):
    is_deprecated: bool
    nested: str


def _properties(node: ast.ClassDef) -> dict[str, _Property]:
    return {
        each.name: _Property(
            any("deprecated" in ast.unparse(decorator) for decorator in each.decorator_list),
            _nested_class(ast.unparse(each.returns) if each.returns else ""),
        )
        for each in node.body
        if isinstance(each, ast.FunctionDef) and any("getter" in ast.unparse(item) for item in each.decorator_list)
    }


def _nested_class(annotation: str) -> str:
    match = re.search(r"outputs\.(\w+)|'(\w+)'", annotation)
    return (match[1] or match[2]) if match else ""


def _spellings(name: str) -> Iterator[str]:
    """Yield the names that Pulumi may give to a name of Terraform: lists are in the plural."""
    yield from (name, f"{name}s", f"{name}es")
    if name.endswith("y"):
        yield f"{name[:-1]}ies"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("two wheels are needed, of the bindings and of pulumi-aws: docs/facts.md has the commands")
    main(*sys.argv[1:])
