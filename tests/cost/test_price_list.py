"""Prices read from samples of the price list of AWS, one for each service in tests/prices."""

import functools
import http.server
import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from owscale.cli.commands import prices
from owscale.cli.commands.prices import FILE
from owscale.cli.main import main
from owscale.cost.price_list import ITEMS_BY_SERVICE, PATH
from owscale.errors import OwscaleError
from tests._support.cases import PROJECT

SAMPLES = PROJECT / "tests/prices"
ORIGIN = {"as_of": "2026-11-03", "source": "AWS Price List"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a directory with prices.json, and a copy of the samples in `list`."""
    (tmp_path / FILE).parent.mkdir(parents=True)
    shutil.copy(PROJECT / FILE, tmp_path / FILE)
    shutil.copytree(SAMPLES, tmp_path / "list")
    return tmp_path


def _sample(project: Path, service: str) -> Path:
    return project / "list" / PATH.format(service=service, region="us-east-1")


def _update(project: Path, source: object = None) -> int:
    return main(["prices", "--root", str(project), "--from", str(source or project / "list"), "--region", "us-east-1"])


def _prices(project: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((project / FILE).read_text())
    return data


class _Server(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the base class
        """Print nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """Serve the samples over HTTP, and yield the URL."""
    handler = functools.partial(_Server, directory=str(SAMPLES))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_every_service_has_a_sample() -> None:
    assert {path.parts[-4] for path in SAMPLES.rglob("index.csv")} == set(ITEMS_BY_SERVICE)


def test_prices_are_read_from_a_server(project: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = _prices(project)
    assert _update(project, f"{url}/") == 0
    after = _prices(project)
    region = after["regions"]["us-east-1"]
    assert region["fargate"]["linux_x86_vcpu_hour"] == {"usd": 0.04049, "unit": "vCPU-hour", **ORIGIN}
    assert region["fargate"]["linux_arm64_gb_hour"]["usd"] == 0.00357
    # Not the prices of a Network Load Balancer, of Outposts or of a Local Zone.
    assert region["alb"] == {
        "hour": {"usd": 0.0226, "unit": "hour", **ORIGIN},
        "lcu_hour": {"usd": 0.0081, "unit": "LCU-hour", **ORIGIN},
    }
    # Not the prices of reserved nodes, of hours that a reservation covers, of Memcached or of extended support.
    redis_nodes = {"cache.m7g.large": 0.159, "cache.t3.micro": 0.018}
    assert region["elasticache"]["redis_node_hour"] == [{**ORIGIN, "usd_per_node_hour": redis_nodes}]
    valkey_nodes = {"cache.m7g.large": 0.1272, "cache.t3.micro": 0.0144}
    assert region["elasticache"]["valkey_node_hour"] == [{**ORIGIN, "usd_per_node_hour": valkey_nodes}]
    # The first tier above 0 USD, and the price of 10,000 requests.
    assert region["cloudwatch"]["alarm_standard_month"]["usd"] == 0.11
    assert region["kms"]["requests_10k"] == {"usd": 0.031, "unit": "10,000 requests", **ORIGIN}
    assert region["secrets_manager"]["api_10k"]["usd"] == 0.051
    # A price that the list lacks stays as it was, and so do all other regions.
    assert region["cloudwatch"]["dashboard_month"] == before["regions"]["us-east-1"]["cloudwatch"]["dashboard_month"]
    assert region["nat"] == before["regions"]["us-east-1"]["nat"]
    for name in before["regions"].keys() - {"us-east-1"}:
        assert after["regions"][name] == before["regions"][name]
    assert {key: after[key] for key in ("about", "unknown")} == {key: before[key] for key in ("about", "unknown")}
    assert capsys.readouterr().out == (
        "us-east-1: cloudwatch.dashboard_month: not in the price list; kept as it was\n"
        f"{project / FILE}: updated the prices of us-east-1\n"
    )


def test_second_update_changes_nothing(project: Path) -> None:
    assert _update(project) == 0
    content = (project / FILE).read_bytes()
    assert _update(project) == 0
    assert (project / FILE).read_bytes() == content
    assert sorted(path.name for path in (project / FILE).parent.iterdir()) == ["prices.json"]


def test_committed_file_has_the_format_of_an_update() -> None:
    text = (PROJECT / FILE).read_text()
    assert json.dumps(json.loads(text), indent=1, ensure_ascii=False) == text


def _without_lines(part: str) -> Callable[[str], str]:
    """Return a function that removes the lines with a text."""
    return lambda text: "".join(line for line in text.splitlines(keepends=True) if part not in line)


INVALID_FILES: dict[str, tuple[str, Callable[[str], str], str]] = {
    "a price is missing": (
        "AmazonECS",
        _without_lines("USE1-Fargate-GB-Hours"),
        "no price of fargate.linux_x86_gb_hour (usage type Fargate-GB-Hours)",
    ),
    "no node": ("AmazonElastiCache", _without_lines('"Valkey"'), "no price of elasticache.valkey_node_hour"),
    "two prices": (
        "AWSELB",
        lambda text: text.replace("LoadBalancing:Network", "LoadBalancing:Application"),
        "several prices of alb.hour: 0.0226000000, 0.0300000000",
    ),
    "no date": ("awskms", _without_lines("Publication Date"), ": not in the documented format"),
    "malformed date": (
        "awskms",
        lambda text: text.replace("2026-11-03T", "yesterday"),
        "line 5: not in the documented format",
    ),
    "a column is missing": (
        "awskms",
        lambda text: text.replace('"PricePerUnit"', '"Price"'),
        "missing column: PricePerUnit",
    ),
    "malformed number": (
        "awskms",
        lambda text: text.replace('"1.0100000000"', '"one"'),
        "line 7: not in the documented format",
    ),
    "truncated": ("awskms", lambda text: text[:-60], "line 10: not in the documented format"),
    "empty": ("awskms", lambda _: "", "line 0: not in the documented format"),
    "a web page": (
        "awskms",
        lambda _: "<html><body>Access denied</body></html>",
        "line 1: not in the documented format",
    ),
}


@pytest.mark.parametrize("name", INVALID_FILES)
def test_invalid_file_changes_nothing(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service, invalidate, message = INVALID_FILES[name]
    path = _sample(project, service)
    text = path.read_text()
    path.write_text(invalidate(text))
    assert path.read_text() != text
    assert _update(project) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{path}: ")
    assert message in printed.err
    assert printed.err.endswith(f"; {FILE} was not changed\n")
    assert (project / FILE).read_bytes() == (PROJECT / FILE).read_bytes()


def test_binary_file_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _sample(project, "awskms").write_bytes(b"\x1f\x8b\xff\xfe")
    assert _update(project) == 1
    assert "line 0: not in the documented format" in capsys.readouterr().err
    assert (project / FILE).read_bytes() == (PROJECT / FILE).read_bytes()


def test_refused_connection_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        url = f"http://127.0.0.1:{server.server_port}"
    assert _update(project, url) == 1
    stderr = capsys.readouterr().err
    assert stderr.startswith(f"{url}/offers/v1.0/aws/AmazonECS/current/us-east-1/index.csv: cannot be read: ")
    assert "refused" in stderr
    assert (project / FILE).read_bytes() == (PROJECT / FILE).read_bytes()


def test_unknown_region_is_an_error(project: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "--root", str(project), "--from", url, "--region", "us-moon-1"]) == 1
    assert "us-moon-1/index.csv: cannot be read: HTTP Error 404" in capsys.readouterr().err
    assert "us-moon-1" not in _prices(project)["regions"]


def test_directory_without_the_price_file_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _update(tmp_path) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path / FILE}: not a price file\n  hint: name the root of the repository with --root\n"
    )


@pytest.mark.parametrize("text", ["x" * 70_000, "x\n" * 40])
def test_endless_price_file_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices, "MAX_PRICES_BYTES", 70)
    with pytest.raises(OwscaleError, match="more than"):
        list(prices._limited(io.TextIOWrapper(io.BytesIO(text.encode()))))
