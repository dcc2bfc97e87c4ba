"""Reading AWS's price list, on samples in its documented format: tests/prices/ has a file for each service."""

import functools
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.cli import main
from generator.commands.prices import FILE
from generator.offers import OFFERS, PATH
from tests.cases import PROJECT

SAMPLES = PROJECT / "tests/prices"
DATED = {"as_of": "2026-11-03", "source": "AWS Price List"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the data file, and a copy of the samples beside it."""
    (tmp_path / FILE).parent.mkdir(parents=True)
    shutil.copy(PROJECT / FILE, tmp_path / FILE)
    shutil.copytree(SAMPLES, tmp_path / "list")
    return tmp_path


def sample(project: Path, service: str) -> Path:
    return project / "list" / PATH.format(service=service, region="us-east-1")


def refresh(project: Path, source: object = None) -> int:
    return main(["prices", "--root", str(project), "--from", str(source or project / "list"), "--region", "us-east-1"])


def read(project: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((project / FILE).read_text())
    return data


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it
        pass


@pytest.fixture
def address() -> Iterator[str]:
    """The samples behind a web server of this machine."""
    handler = functools.partial(_Quiet, directory=str(SAMPLES))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_every_service_has_a_sample() -> None:
    assert {path.parts[-4] for path in SAMPLES.rglob("index.csv")} == set(OFFERS)


def test_prices_are_read_from_a_server(project: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = read(project)
    assert refresh(project, f"{address}/") == 0
    after = read(project)
    region = after["regions"]["us-east-1"]
    assert region["fargate"]["linux_x86_vcpu_hour"] == {"usd": 0.04049, "unit": "vCPU-hour", **DATED}
    assert region["fargate"]["linux_arm64_gb_hour"]["usd"] == 0.00357
    # The load balancer's is the Application kind's in the region itself, not on Outposts or in a Local Zone.
    assert region["alb"] == {
        "hour": {"usd": 0.0226, "unit": "hour", **DATED},
        "lcu_hour": {"usd": 0.0081, "unit": "LCU-hour", **DATED},
    }
    # A reserved node, one that a reservation covers, Memcached and extended support are no prices of a Redis node.
    nodes = {"cache.m7g.large": 0.159, "cache.t3.micro": 0.018}
    assert region["elasticache"]["redis_node_hour"] == [{**DATED, "usd_per_node_hour": nodes}]
    nodes = {"cache.m7g.large": 0.1272, "cache.t3.micro": 0.0144}
    assert region["elasticache"]["valkey_node_hour"] == [{**DATED, "usd_per_node_hour": nodes}]
    # The first tier that costs something; requests are sold by the 10,000.
    assert region["cloudwatch"]["alarm_standard_month"]["usd"] == 0.11
    assert region["kms"]["requests_10k"] == {"usd": 0.031, "unit": "10,000 requests", **DATED}
    assert region["secrets_manager"]["api_10k"]["usd"] == 0.051
    # What the list does not have stays, with its date; so does every other region.
    assert region["cloudwatch"]["dashboard_month"] == before["regions"]["us-east-1"]["cloudwatch"]["dashboard_month"]
    assert region["nat"] == before["regions"]["us-east-1"]["nat"]
    for name in before["regions"].keys() - {"us-east-1"}:
        assert after["regions"][name] == before["regions"][name]
    assert {key: after[key] for key in ("about", "unknown")} == {key: before[key] for key in ("about", "unknown")}
    assert capsys.readouterr().out == (
        "us-east-1: cloudwatch.dashboard_month: not in the price list; left as it was\n"
        f"{project / FILE}: the prices of us-east-1\n"
    )


def test_a_second_run_changes_nothing(project: Path) -> None:
    assert refresh(project) == 0
    once = (project / FILE).read_bytes()
    assert refresh(project) == 0
    assert (project / FILE).read_bytes() == once
    assert sorted(path.name for path in (project / FILE).parent.iterdir()) == ["prices.json"]


def test_the_data_file_is_written_as_it_is_kept() -> None:
    kept = (PROJECT / FILE).read_text()
    assert json.dumps(json.loads(kept), indent=1, ensure_ascii=False) == kept


def without(line: str) -> Any:
    return lambda text: "".join(one for one in text.splitlines(keepends=True) if line not in one)


BROKEN = {
    "a price is missing": (
        "AmazonECS",
        without("USE1-Fargate-GB-Hours"),
        "no price of fargate.linux_x86_gb_hour in it (usage type Fargate-GB-Hours)",
    ),
    "no node": ("AmazonElastiCache", without('"Valkey"'), "no price of elasticache.valkey_node_hour in it"),
    "two prices": (
        "AWSELB",
        lambda text: text.replace("LoadBalancing:Network", "LoadBalancing:Application"),
        "alb.hour has several prices in it: 0.0226000000, 0.0300000000",
    ),
    "no date": ("awskms", without("Publication Date"), "is not as documented"),
    "another date": ("awskms", lambda text: text.replace("2026-11-03T", "yesterday"), "line 5 is not as documented"),
    "a column is missing": (
        "awskms",
        lambda text: text.replace('"PricePerUnit"', '"Price"'),
        "no column PricePerUnit in it",
    ),
    "no number": ("awskms", lambda text: text.replace('"1.0100000000"', '"one"'), "line 7 is not as documented"),
    "cut off": ("awskms", lambda text: text[:-60], "line 10 is not as documented"),
    "empty": ("awskms", lambda _: "", "line 0 is not as documented"),
    "a web page": ("awskms", lambda _: "<html><body>Access denied</body></html>", "line 1 is not as documented"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_changes_nothing(what: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service, breaking, message = BROKEN[what]
    path = sample(project, service)
    text = path.read_text()
    path.write_text(breaking(text))
    assert path.read_text() != text
    assert refresh(project) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{path}: ")
    assert message in said.err
    assert said.err.endswith(f". {FILE} was not changed.\n")
    assert (project / FILE).read_bytes() == (PROJECT / FILE).read_bytes()


def test_a_file_that_is_no_text(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample(project, "awskms").write_bytes(b"\x1f\x8b\xff\xfe")
    assert refresh(project) == 1
    assert "line 0 is not as documented" in capsys.readouterr().err
    assert (project / FILE).read_bytes() == (PROJECT / FILE).read_bytes()


def test_no_server(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Quiet) as server:
        address = f"http://127.0.0.1:{server.server_port}"
    assert refresh(project, address) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{address}/offers/v1.0/aws/AmazonECS/current/us-east-1/index.csv: cannot be read: ")
    assert "refused" in said
    assert (project / FILE).read_bytes() == (PROJECT / FILE).read_bytes()


def test_a_region_that_the_server_does_not_have(
    project: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prices", "--root", str(project), "--from", address, "--region", "us-moon-1"]) == 1
    assert "us-moon-1/index.csv: cannot be read: HTTP Error 404" in capsys.readouterr().err
    assert "us-moon-1" not in read(project)["regions"]


def test_not_in_the_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refresh(tmp_path) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path / FILE}: not the list of prices\n  hint: --root names the project's folder\n"
    )
