"""Git trees that no `git add` writes: entries named `..`, with slashes, twice, in every kind."""

import hashlib
import random
import subprocess
import zlib
from pathlib import Path

HOSTILE_NAMES = (
    *(b"..", b".", b"", b".git", b".GIT", b"git~1", b".git. ", b"/", b"/etc/passwd", b"../escaped", b"../../escaped"),
    *(b"a/../../../escaped", b"a//b", b"a/b", b"..\\escaped", b"C:\\escaped", b"C:escaped", b"a\nb", b"a\x1b[2Jb"),
    *(b"\xff\xfe", b"\xed\xa0\x80", "e\u0301.yaml".encode(), "é.yaml".encode(), b"Main.tf", b"main.tf", b"MAIN.TF"),
    *(b"x" * 255, b"x" * 256, b"x" * 5000, b"-", b"--output=x", b"~", b"$HOME", b"con", b"a.yaml", b"A.yaml", b"..."),
)
MODES = (b"100644", b"100755", b"120000", b"160000", b"40000", b"100600")


class ObjectStore:
    """Writes loose objects into a repository, as they are: git itself refuses hostile names."""

    def __init__(self, repository: Path) -> None:
        self._objects = repository / ".git/objects"

    def add(self, kind: str, content: bytes) -> str:
        """Write an object, and return its name."""
        data = f"{kind} {len(content)}\0".encode() + content
        name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        path = self._objects / name[:2] / name[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(data, 1))
        return name

    def blob(self, content: bytes) -> str:
        return self.add("blob", content)

    def tree(self, entries: list[tuple[bytes, bytes, str]]) -> str:
        """Write a tree of entries with mode, name and object."""
        return self.add("tree", b"".join(b"%s %s\0" % (mode, name) + bytes.fromhex(id_) for mode, name, id_ in entries))

    def commit(self, tree: str) -> str:
        who = "tester <tester@example.com> 0 +0000"
        return self.add("commit", f"tree {tree}\nauthor {who}\ncommitter {who}\n\nhostile\n".encode())


def hostile_folder(store: ObjectStore, random_: random.Random, depth: int = 3) -> str:
    """Write a tree of up to six entries, most of them hostile."""
    entries = []
    for _ in range(random_.randint(1, 6)):
        mode, name = random_.choice(MODES), random_.choice(HOSTILE_NAMES)
        if mode == b"40000" and depth:
            object_ = hostile_folder(store, random_, depth - 1)
        elif mode == b"120000":
            object_ = store.blob(random_.choice((b"/etc/passwd", b"../../..", b"/dev/zero", b"spec.yaml")))
        elif mode == b"160000":
            object_ = "1" * 40
        else:
            mode, object_ = b"100644" if mode == b"40000" else mode, store.blob(b"locals {}\n")
        entries.append((mode, name, object_))
    return store.tree(entries)


def nested_tree_bomb(store: ObjectStore, levels: int = 12) -> str:
    """Write a tree of a few hundred bytes that lists 10^levels files."""
    tree = store.tree([(b"100644", b"f%d" % n, store.blob(b"")) for n in range(10)])
    for _ in range(levels):
        tree = store.tree([(b"40000", b"d%d" % n, tree) for n in range(10)])
    return tree


def git_init(directory: Path) -> ObjectStore:
    directory.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(directory)], check=True)  # noqa: S603, S607 -- git of the machine, without text from outside
    return ObjectStore(directory)
