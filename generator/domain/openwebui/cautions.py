"""Cautions of upstream's changelog that concern an update from one release to another, in our words.

Each was read in CHANGELOG.md of open-webui. `make openwebui-releases` lists the sentences of a newer release that this
table lacks.
"""

from typing import Literal, NamedTuple

CHANGELOG = "https://github.com/open-webui/open-webui/blob/main/CHANGELOG.md"

CautionKind = Literal["mixed", "messages", "duration", "backup", "silent failure"]


class Caution(NamedTuple):
    """A caution about the update to a release from any earlier one.

    `mixed` and `messages` speak against tasks of both releases at the same time: because of the schema, or because they
    do not receive each other's messages. The other kinds do not.
    """

    release: str
    kind: CautionKind
    text: str

    @property
    def is_against_rolling(self) -> bool:
        """Whether it speaks against tasks of both releases at the same time."""
        return self.kind in ("mixed", "messages")

    @property
    def source(self) -> str:
        """The section of the changelog."""
        return f"{CHANGELOG}, {self.release}"


_MIXED = "no rolling update; stop every task of the earlier release first"

CAUTIONS = (
    Caution("0.8.0", "mixed", _MIXED),
    Caution(
        "0.8.0",
        "duration",
        "the migration copies the messages of all chats into a table of their own, which takes long with many chats; "
        "do not interrupt it",
    ),
    Caution("0.8.1", "mixed", _MIXED),
    Caution(
        "0.8.6",
        "silent failure",
        "earlier releases could skip their migration without a message, so the database may be older than their code",
    ),
    Caution("0.9.0", "mixed", _MIXED),
    Caution("0.9.3", "mixed", _MIXED),
    Caution("0.9.6", "mixed", _MIXED),
    Caution("0.10.0", "backup", "the earlier release cannot use the database afterwards: back it up first"),
    Caution("0.10.2", "mixed", _MIXED),
    Caution("0.11.0", "mixed", _MIXED),
    Caution("0.11.1", "mixed", _MIXED),
    Caution(
        "0.11.3",
        "silent failure",
        "earlier releases start although their migration failed, so the database may be older than their code",
    ),
    Caution("0.12.0", "mixed", _MIXED),
    Caution(
        "0.12.0",
        "messages",
        "tasks of earlier releases do not receive the live messages of this one, unless "
        "`app.environment.WEBSOCKET_REDIS_ROOM_CHANNELS` is `false`",
    ),
    Caution(
        "0.12.0",
        "duration",
        "with Milvus, the first start with ENABLE_DB_MIGRATIONS copies every collection, which can take hours",
    ),
    Caution("0.12.1", "mixed", _MIXED),
)
