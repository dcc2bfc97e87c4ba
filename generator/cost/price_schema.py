"""The schema of a price file. It needs the types of pydantic-core, which take long to import."""

import functools
from collections.abc import Mapping
from decimal import Decimal

from pydantic_core import SchemaValidator, core_schema

_MAX_NODE_TYPES = 2000
_MAX_REGIONS = 100
_MAX_USD = 1_000_000


@functools.cache
def price_validator() -> SchemaValidator:
    """Return the validator of the content of a price file."""
    text = core_schema.str_schema(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
    usd = core_schema.decimal_schema(strict=True, ge=Decimal(0), le=Decimal(_MAX_USD), allow_inf_nan=False)
    origin = {
        "as_of": core_schema.str_schema(strict=True, pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}$"),
        "source": text,
    }
    price = _mapping_of({"usd": usd, "unit": text, **origin})
    node_type = core_schema.str_schema(pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$", max_length=50)
    nodes = core_schema.dict_schema(node_type, usd, max_length=_MAX_NODE_TYPES)
    node_lists = core_schema.list_schema(_mapping_of({"usd_per_node_hour": nodes, **origin}), max_length=20)
    items = core_schema.dict_schema(text, price, max_length=100)
    elasticache = core_schema.typed_dict_schema(
        {
            "redis_node_hour": core_schema.typed_dict_field(node_lists, required=False),
            "valkey_node_hour": core_schema.typed_dict_field(node_lists, required=False),
        },
        extras_schema=price,
        extra_behavior="allow",
    )
    sections = core_schema.typed_dict_schema(
        {"elasticache": core_schema.typed_dict_field(elasticache, required=False)},
        extras_schema=items,
        extra_behavior="allow",
    )
    region = core_schema.str_schema(pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", max_length=30)
    regions = core_schema.dict_schema(region, sections, max_length=_MAX_REGIONS)
    return SchemaValidator(
        core_schema.typed_dict_schema(
            {"regions": core_schema.typed_dict_field(regions, required=True)}, extra_behavior="allow"
        )
    )


def _mapping_of(fields: Mapping[str, core_schema.CoreSchema]) -> core_schema.CoreSchema:
    return core_schema.typed_dict_schema(
        {name: core_schema.typed_dict_field(schema, required=True) for name, schema in fields.items()},
        extra_behavior="forbid",
    )
