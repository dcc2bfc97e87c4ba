"""The models as plain data."""

import json

from owscale.spec.models import Spec
from owscale.spec.models.base import Section
from owscale.spec.schema_export import export_models, nested_section


def all_sections() -> list[type[Section]]:
    sections: list[type[Section]] = []
    remaining: list[type[Section]] = [Spec]
    while remaining:
        section = remaining.pop()
        sections.append(section)
        fields = section.model_fields.values()
        remaining += [nested for field in fields if (nested := nested_section(field.annotation))]
    return sections


def test_no_two_sections_have_the_same_name() -> None:
    """The exported schema refers to a class by its name alone."""
    sections = set(all_sections())
    assert len({section.__name__ for section in sections}) == len(sections)


def test_export_is_plain_data() -> None:
    exported = export_models()
    assert json.loads(json.dumps(exported)) == exported


def test_export_has_every_key_of_every_section() -> None:
    sections = export_models()["sections"]
    for section in all_sections():
        assert list(sections[section.__name__]) == list(section.model_fields)


def test_exported_key_has_its_documentation() -> None:
    sections = export_models()["sections"]
    assert sections["Redis"]["node_type"] == {
        "description": "Size of a node.",
        "example": "cache.t3.micro",
        "required": True,
        "section": "",
        "has_entries": False,
    }
    peers = sections["Existing"]["peers"]
    assert (peers["section"], peers["has_entries"], peers["required"]) == ("Peer", True, False)
    database = sections["Existing"]["database"]
    assert (database["section"], database["has_entries"], database["required"]) == ("Database", False, True)
