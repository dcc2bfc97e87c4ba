"""Memory, threads and listening addresses of processes, from /proc (Linux)."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from tests.openwebui.stack import Process


@dataclass(frozen=True)
class Usage:
    """What a process with its children takes: resident and anonymous memory in MB, threads, and processes.

    Anonymous memory is what no other process shares and no disk can give back. The resident memory also has the pages
    of files, such as libraries.
    """

    resident_mb: int
    anonymous_mb: int
    threads: int
    processes: int


def usage(process: Process) -> Usage:
    """Return what a process of Open WebUI and its workers take now. Children without memory of note do not count."""
    parts = [_usage_of(number) for number in with_children(process.program.process.pid)]
    large = [part for part in parts if part.anonymous_mb > 100]
    return Usage(
        sum(part.resident_mb for part in large),
        sum(part.anonymous_mb for part in large),
        sum(part.threads for part in large),
        len(large),
    )


def cpu_seconds(process: Process) -> float:
    """Return the processor time that a process of Open WebUI and its workers have used."""
    ticks = 0
    for number in with_children(process.program.process.pid):
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime, proc(5)
    return ticks / os.sysconf("SC_CLK_TCK")


def with_children(number: int) -> list[int]:
    """Return a process and all that it started, directly or not."""
    children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    return [number, *(descendant for child in children for descendant in with_children(int(child)))]


def running(processes: set[int]) -> set[int]:
    """Return the processes that have not ended; their programs write over their command lines."""
    return {number for number in processes if Path(f"/proc/{number}/fd").exists() and not _is_zombie(number)}


def _is_zombie(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def listening_addresses(processes: set[int]) -> set[str]:
    """Return the addresses, in the hexadecimal form of /proc/net/tcp, at which processes listen."""
    sockets = set()
    for number in processes:
        for link in Path(f"/proc/{number}/fd").glob("*"):
            try:
                sockets.add(os.readlink(link))
            except OSError:
                continue
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                addresses.add(fields[1].partition(":")[0])
    return addresses


def _usage_of(number: int) -> Usage:
    memory = dict(re.findall(r"(\w+): +(\d+) kB", Path(f"/proc/{number}/smaps_rollup").read_text()))
    threads = re.search(r"Threads:\s+(\d+)", Path(f"/proc/{number}/status").read_text())
    return Usage(int(memory["Rss"]) // 1024, int(memory["Anonymous"]) // 1024, int(threads[1]) if threads else 0, 1)
