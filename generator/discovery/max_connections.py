"""`max_connections` of a PostgreSQL database on RDS, from its parameter group or from its instance class."""

from __future__ import annotations

import re
from typing import Any

from owscale.discovery.aws_reader import AwsReader
from owscale.discovery.plain_data import at, number, text
from owscale.discovery.running_service import Found

_KEY = "existing.database.max_connections"
_DEFAULT = "LEAST({DBInstanceClassMemory/9531392},5000)"
_FORMULA = re.compile(r"LEAST\(\{DBInstanceClassMemory/(\d{1,12})\},(\d{1,7})\)|\{DBInstanceClassMemory/(\d{1,12})\}")
_BYTES_PER_GIB = 1_000_000_000
"""The arithmetic of the example at the source: (15.25 * 1000000000) / 9531392 = 1600 for the 15.25 GiB of db.r4.large.
The class of an instance has less memory for PostgreSQL than the machine: RDS itself needs some."""
_MIB_PER_GIB = 1024
_ACU_GIB = 2
_LOW_ACU, _LOW_ACU_LIMIT = 0.5, 2000
"""Aurora Serverless with a minimum of 0 or 0.5 ACU has at most 2,000 connections:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html"""
_CONFIRM = "run `SHOW max_connections` in the database"


def find(reader: AwsReader, instance: dict[str, Any], cluster: dict[str, Any]) -> Found[int] | None:
    """Return the number of a database instance; `cluster` is the Aurora cluster that it belongs to, or {}."""
    group = next((text(each.get("DBParameterGroupName")) for each in instance.get("DBParameterGroups") or ()), "")
    formula, is_default = _parameter(reader, group)
    if formula.isdecimal():
        return Found(int(formula), f"the parameter group {group}")
    instance_class = text(instance.get("DBInstanceClass"))
    memory, low = _memory_gb(reader, instance_class, cluster)
    divided = _FORMULA.fullmatch(formula.replace(" ", ""))
    if memory is None or divided is None:
        return None
    connections = int(memory * _BYTES_PER_GIB / int(divided[1] or divided[3]))
    connections = min(connections, int(divided[2] or connections), _LOW_ACU_LIMIT if low else connections)
    source = "the default of RDS" if is_default else f"the parameter group {group}"
    return Found(connections, f"{formula} ({source}) with {memory:g} GiB of {instance_class}", _CONFIRM)


def _parameter(reader: AwsReader, group: str) -> tuple[str, bool]:
    """Return the value of the parameter, and whether that is the default because the group has none."""
    parameters = (
        reader.items(_KEY, "rds:DescribeDBParameters", "Parameters", DBParameterGroupName=group) if group else ()
    )
    for parameter in parameters:
        if parameter.get("ParameterName") == "max_connections" and (value := text(parameter.get("ParameterValue"))):
            return value, False
    return _DEFAULT, True


def _memory_gb(reader: AwsReader, instance_class: str, cluster: dict[str, Any]) -> tuple[float | None, bool]:
    """Return the memory of an instance class, and whether Aurora Serverless limits the connections for it."""
    if instance_class == "db.serverless":
        capacity = cluster.get("ServerlessV2ScalingConfiguration")
        highest, lowest = number(at(capacity, "MaxCapacity")), number(at(capacity, "MinCapacity"))
        return (highest * _ACU_GIB if highest else None), (lowest or 0) <= _LOW_ACU
    machine = instance_class.removeprefix("db.")
    types = reader.items(_KEY, "ec2:DescribeInstanceTypes", "InstanceTypes", InstanceTypes=[machine])
    memory = next((number(at(each, "MemoryInfo", "SizeInMiB")) for each in types), None)
    return (memory / _MIB_PER_GIB if memory else None), False
