"""Prices read from samples of the price list of AWS, one for each service in tests/prices."""

import functools
import http.server
import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from owscale.cli.commands import prices
from owscale.cli.main import main
from owscale.cost.price_file import read_price_data
from owscale.cost.price_list import ITEMS_BY_SERVICE, PATH, UNITS
from owscale.domain.aws.prices import SECTIONS_BY_HAND
from tests._support.cases import GOLDEN, PROJECT

MINIMAL = (GOLDEN / "minimal/spec.yaml").read_text()
SAMPLES = PROJECT / "tests/prices"
FILE = Path("generator/domain/aws/prices.json")
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
    arguments = ("--file", project / FILE, "--from", source or project / "list", "--region", "us-east-1")
    return main(["prices", *map(str, arguments)])


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
        f"{project / FILE}: prices of us-east-1, published 2026-11-03\n"
        "us-east-1: cloudwatch.dashboard_month: not in the price list\n"
    )


def test_second_update_changes_nothing(project: Path) -> None:
    assert _update(project) == 0
    content = (project / FILE).read_bytes()
    assert _update(project) == 0
    assert (project / FILE).read_bytes() == content
    assert sorted(path.name for path in (project / FILE).parent.iterdir()) == ["prices.json"]


def test_committed_file_has_the_format_of_an_update() -> None:
    assert read_price_data(PROJECT / FILE).to_json() == (PROJECT / FILE).read_bytes()


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
    outcome = (
        f"; {project / FILE} was not changed\n  hint: download the file again; if it fails again, report it to the "
    )
    assert outcome in printed.err
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
    location = f"{url}/offers/v1.0/aws/AmazonECS/current/us-east-1/index.csv"
    assert stderr.startswith(f"{location}: cannot be read: Connection refused; ")
    assert (project / FILE).read_bytes() == (PROJECT / FILE).read_bytes()


def test_unknown_region_is_an_error(project: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "--file", str(project / FILE), "--from", url, "--region", "us-moon-1"]) == 1
    assert "us-moon-1/index.csv: cannot be read: HTTP Error 404" in capsys.readouterr().err
    assert "us-moon-1" not in _prices(project)["regions"]


# --- a project ----------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project in a region without shipped prices, with the samples as the price list of that region."""
    for sample in SAMPLES.rglob("index.csv"):
        copy = tmp_path / "list" / sample.relative_to(SAMPLES).parent.parent / "me-south-1/index.csv"
        copy.parent.mkdir(parents=True)
        copy.write_text(sample.read_text().replace("us-east-1", "me-south-1").replace("USE1-", "MES1-"))
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec/spec.yaml").write_text(
        MINIMAL.replace("eu-west-1", "me-south-1").replace("cache.t4g.small", "cache.t3.micro")
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _cost(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(["cost", *arguments]) == 0
    return capsys.readouterr().out


def test_prices_of_a_project_are_beside_its_spec(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "No price in me-south-1 for Fargate vCPU" in _cost(capsys)
    assert main(["prices", "--from", "list"]) == 0
    assert capsys.readouterr().out == (
        "spec/prices.json: prices of me-south-1, published 2026-11-03\n"
        "me-south-1: cloudwatch.dashboard_month: not in the price list\n"
        "Run `owscale generate` for the cost in each README.md, and commit spec/prices.json with the result\n"
    )
    text = _cost(capsys)
    assert "No price" not in text
    assert re.search(r"Load balancer .* 0\.0226 per hour +2026-11-03\n", text)
    assert "Dashboard: unknown without its price in me-south-1.\n" in text  # `owscale prices` cannot get it
    assert _cost(capsys, "--spec", "spec/spec.yaml") == text
    monitored = (repository / "spec/prices.json").read_bytes()
    assert main(["prices", "--from", "list"]) == 0
    assert (repository / "spec/prices.json").read_bytes() == monitored
    assert "spec/prices.json: up to date for me-south-1" in capsys.readouterr().out


def test_generated_files_follow_the_prices(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate"]) == 0
    assert main(["check"]) == 0  # stored in the result cache
    assert main(["prices", "--from", "list"]) == 0
    assert main(["check"]) == 1
    assert "README.md: changed: owscale itself or prices.json changed\n" in capsys.readouterr().err
    assert main(["generate"]) == 0
    assert main(["check"]) == 0
    (repository / "spec/prices.json").unlink()
    assert main(["check"]) == 1
    assert main(["check", "--spec", "spec/spec.yaml"]) == 1


def test_prices_of_other_regions_stay(repository: Path) -> None:
    assert main(["prices", "--from", "list"]) == 0
    first = read_price_data(repository / "spec/prices.json")
    assert main(["prices", "--from", str(SAMPLES), "--region", "us-east-1"]) == 0
    second = read_price_data(repository / "spec/prices.json")
    assert second.regions.keys() == {"me-south-1", "us-east-1"}
    assert second.regions["me-south-1"] == first.regions["me-south-1"]


@pytest.mark.parametrize("region", ["../x", "", "us-east-1/..", "EU-WEST-1", "eu-west-1a"])
def test_argument_that_is_not_a_region_is_a_usage_error(
    region: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prices", "--from", "list", "--region", region]) == 2
    assert capsys.readouterr().err.startswith(f"--region {region}: not a region\n  hint: ")
    assert not (repository / "spec/prices.json").exists()


PRICE = {"usd": 1, "unit": "hour", "as_of": "2026-11-03", "source": "AWS Price List"}
INVALID_PRICE_FILES = {
    "not JSON": ("{", "spec/prices.json:1:2: not JSON"),
    "merge conflict": ("<<<<<<< ours\n{}", "spec/prices.json:1:1: not JSON"),
    "no regions": ("{}", "spec/prices.json: regions is not as"),
    "a list": ("[]", "spec/prices.json: the file is not as"),
    "not a number": ({"alb": {"hour": {**PRICE, "usd": "1"}}}, ".alb.hour.usd is not as"),
    "a boolean": ({"alb": {"hour": {**PRICE, "usd": True}}}, ".alb.hour.usd is not as"),
    "below zero": ({"alb": {"hour": {**PRICE, "usd": -1}}}, ".alb.hour.usd is not as"),
    "too large": ({"alb": {"hour": {**PRICE, "usd": 1e300}}}, ".alb.hour.usd is not as"),
    "infinite": ({"alb": {"hour": {**PRICE, "usd": float("inf")}}}, "not JSON in UTF-8 with finite numbers"),
    "another unit": ({"alb": {"hour": {**PRICE, "unit": "month"}}}, ".alb.hour: the unit is month, not hour"),
    "no date": ({"alb": {"hour": {**PRICE, "as_of": "today"}}}, ".alb.hour.as_of is not as"),
    "line break": ({"alb": {"hour": {**PRICE, "source": "a\nb"}}}, ".alb.hour.source is not as"),
    "another key": ({"alb": {"hour": {**PRICE, "x": 1}}}, ".alb.hour.x is not as"),
    "node type": (
        {"elasticache": {"redis_node_hour": [{"as_of": "2026", "source": "x", "usd_per_node_hour": {"x": 1}}]}},
        ".x is not as",
    ),
    "too deep": ("[" * 100_000, "not JSON in UTF-8 with finite numbers"),
}


@pytest.mark.parametrize("name", INVALID_PRICE_FILES)
@pytest.mark.parametrize("command", ["cost", "generate", "prices"])
def test_invalid_price_file_is_an_error(
    command: str, name: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, message = INVALID_PRICE_FILES[name]
    text = content if isinstance(content, str) else json.dumps({"regions": {"me-south-1": content}})
    (repository / "spec/prices.json").write_text(text)
    assert main([command, *(("--from", "list") if command == "prices" else ())]) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert "hint: restore it with git, or remove it and run `owscale prices`" in printed
    assert (repository / "spec/prices.json").read_text() == text
    assert not list(repository.glob("out/*/*/main.tf"))


def test_large_price_file_is_an_error(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "spec/prices.json").write_text(" " * (9 << 20))
    assert main(["cost"]) == 1
    assert "more than the limit of 8 MiB" in capsys.readouterr().err


def test_pipe_instead_of_the_price_file_is_an_error(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(repository / "spec/prices.json")
    for words in (["cost"], ["prices", "--from", "list"]):
        assert main(words) == 1
        assert "spec/prices.json: is not a regular file" in capsys.readouterr().err


def test_endless_line_is_an_error(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = repository / "list" / PATH.format(service="AmazonECS", region="me-south-1")
    path.write_text("x" * (1 << 17))
    assert main(["prices", "--from", "list"]) == 1
    assert f"{path.relative_to(repository)}: has a line of more than 64 KB" in capsys.readouterr().err


def test_slow_server_is_an_error(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It sends one character after the other, so that no timeout of the socket ends the line."""
    monkeypatch.setattr(prices, "_MAX_SECONDS", 0.3)
    stopped = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            while not stopped.wait(0.02):
                self.wfile.write(b"x")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        code = main(["prices", "--from", f"http://127.0.0.1:{server.server_port}"])
        stopped.set()
        server.shutdown()
        thread.join()
    assert code == 1
    assert "index.csv: cannot be read: no end within 0.3 s; " in capsys.readouterr().err
    assert not (repository / "spec/prices.json").exists()


def test_every_section_is_updated_or_named() -> None:
    sections = {section for section, _ in UNITS} | SECTIONS_BY_HAND
    assert {section for region in read_price_data(PROJECT / FILE).regions.values() for section in region} == sections
