"""S104 and S105: keys that stand twice, and YAML that a spec does not use."""

import pytest

from tests.source.reading import Read, document, doubted, refused


def test_duplicate_keys(read: Read) -> None:
    data, said = doubted(read, 'a: {b: 1, "b": {c: on}}\nd: 1\na: off\n')
    assert data == {"a": {"b": 1}, "d": 1}
    assert said == [
        "spec/spec.yaml:1:11: a.b: duplicate key: it stands on line 1 already [S104]",
        "spec/spec.yaml:1:20: a.b.c: on is easily misread: it may be text or true [S106]",
        "spec/spec.yaml:3:1: a: duplicate key: it stands on line 1 already [S104]",
        "spec/spec.yaml:3:4: a: off is easily misread: it may be text or false [S106]",
    ]


def test_the_places_of_a_duplicate_are_those_of_the_first(read: Read) -> None:
    result, _ = read("a: 1\na: {b: 2}\n")
    assert result is not None
    assert result.places.keys() == {(), ("a",)}
    assert result.places[("a",)].value[:2] == (1, 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1", "1:4: a: the anchor &x"),
        ("&x a: 1", "1:1: the anchor &x"),
        ("a: *x", "1:4: a: the alias *x"),
        ("*x : 1", "1:1: the alias *x"),
        ("a:\n  <<: {b: 1}", "2:3: a: the merge key <<"),
        ("a: [!x 1]", "1:5: a[0]: the tag !x"),
        ("a: !!str 1", "1:4: a: the tag !!str"),
        ("a: !!python/object/apply:os.system [x]", "1:4: a: the tag !!python/object/apply:os.system"),
        ("a: ! 1", "1:4: a: the tag !"),
        ("a: 1\n---\nb: 2\n---\nc: 3", "2:1: a second document"),
        ("a: 1\n...\n---\n", "3:1: a second document"),
        ("a: {? [b] : 1}", "1:7: a: a list or mapping as a key"),
        ("a:\n  ? b: 1\n  : 1", "2:5: a: a list or mapping as a key"),
        ("%YAML 1.1\n---\na: 1", "1:1: a directive (%)"),
        ("# c\n%FOO\n---\na: 1", "2:1: a directive (%)"),
    ],
)
def test_unused_yaml(read: Read, text: str, said: str) -> None:
    diagnostic = refused(read, text)
    expected = f"spec/spec.yaml:{said} is YAML that a spec does not use [S105]"
    assert str(diagnostic) == f"{expected}\n  hint: {diagnostic.hint}"
    assert diagnostic.hint


def test_a_quoted_merge_key_is_text(read: Read) -> None:
    assert document(read, '"<<": 1').data == {"<<": 1}


def test_a_bomb_of_aliases_ends_at_the_first(read: Read) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]" for i in range(30)]
    result, found = read("\n".join(lines))
    assert result is None
    assert [diagnostic.message.split(" is ")[0] for diagnostic in found] == [
        "the anchor &a0", "the anchor &a1", "the alias *a0",
    ]  # fmt: skip
