"""Damage a text as an accident or an attacker would."""

import random
from collections.abc import Iterator

_PIECES = (
    *(
        b"\0",
        b"\0" * 4096,
        b"\xff\xfe",
        b"\x1b[2J",
        b"\r",
        b"\n",
        b"\n\n",
        b" ",
        b"../",
        b"../../../../etc/passwd",
        b"/",
        b"~",
    ),
    *(b"/etc/passwd", b"\\", b"C:", b".git/", b"::error::x", b"<!--", b"${", b"{{", b"{%", b"[" * 2000, b"{" * 2000),
    *(
        b"9" * 5000,
        b"1e999",
        b"NaN",
        b"-1",
        b"null",
        b"true",
        b'""',
        b"[]",
        b"{}",
        b"&a",
        b"*a",
        b"!!python/object:os.system",
    ),
    *(
        "\u202e\u2028é\U0001f600".encode(),
        b"\xed\xa0\x80",
        b"x" * 10_000,
        b"keep *\n",
        b"- a\n",
        b"? x\n",
        b": ",
        b"#",
        b",",
    ),
)


def mutations(content: bytes, number: int, seed: int) -> Iterator[bytes]:
    """Yield a number of damaged forms of a content, the same in each run."""
    random_ = random.Random(seed)  # noqa: S311 -- no secret depends on it
    lines = content.splitlines(keepends=True)
    for _ in range(number):
        damaged = content
        for _ in range(random_.randint(1, 4)):
            start = random_.randrange(len(damaged) + 1)
            match random_.randrange(6):
                case 0:
                    damaged = damaged[:start] + random_.choice(_PIECES) + damaged[start:]
                case 1:
                    damaged = damaged[:start] + damaged[start + random_.randint(1, 40) :]
                case 2:
                    damaged = damaged[:start] + bytes([random_.randrange(256)]) + damaged[start + 1 :]
                case 3:
                    damaged = damaged[:start]
                case 4:
                    damaged = damaged[:start] + random_.choice(lines) + damaged[start:]
                case 5:
                    line = random_.choice(lines)
                    damaged = damaged.replace(line.strip() or b"a", random_.choice(_PIECES), 1)
        yield damaged
