"""Run the revisions of Alembic one after the other, and print what each locks and fills.

`python record_migrations.py URL FOLDER FIRST` runs in an environment with alembic and psycopg2, without owscale. FOLDER
has the package `open_webui`, of which only the revisions are run. FIRST is the revision from which on to record; when
it has run, and after each later one, every empty table gets rows.

Each revision is a transaction here, so that its locks can be told from those of the revision before. They are read from
pg_locks, and the changed rows from pg_stat_xact_user_tables, at the end of the transaction: what PostgreSQL did, and
not what the code of the revision seems to do.
"""

import json
import sys
import types
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

ROWS = 2
_LOCKS = """
    SELECT l.relation, l.mode FROM pg_locks l
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted
      AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
_ROWS = """
    SELECT relid, relname, n_tup_ins + n_tup_upd + n_tup_del AS changed FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
_TABLES = "SELECT oid, relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_MODES = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
_MESSAGE = {"id": "m", "role": "user", "content": "text", "parentId": None, "timestamp": 1_750_000_000}
_VALUES: dict[tuple[str, str], list[Any]] = {
    # What the revisions look for in the rows; other columns get a value of their type.
    ("auth", "id"): ["0", "of another user"],
    ("chat", "chat"): [{"history": {"messages": {"m": _MESSAGE}, "currentId": "m"}, "messages": [_MESSAGE]}] * ROWS,
    ("chat", "user_id"): ["0", "shared-0"],
    ("chat", "share_id"): ["1", None],
    ("config", "data"): [{"ui": {"enable_signup": True}}] * ROWS,
    ("user", "email"): ["a@example.com", "b@example.com"],
    ("user", "oauth"): [json.dumps({"oidc": {"sub": "s"}})] * ROWS,
}
_ROWS_OF_NEW_COLUMNS = {"e1f2a3b4c5d6": "UPDATE note SET is_pinned = true"}
"""What fills a column that a revision adds, and that a later one looks for."""


class JSONField(sa.types.TypeDecorator[Any]):  # type: ignore[misc]  # mypy does not see SQLAlchemy
    """The type of open_webui.internal.db that revisions use: JSON in a column of text."""

    impl = sa.Text
    cache_ok = True


def _stand_in(name: str, **content: Any) -> None:
    """Import a module of Open WebUI without its code, which would connect to the database."""
    module = types.ModuleType(name)
    vars(module).update(content)
    sys.modules[name] = module


def _fill_empty_tables(connection: sa.Connection) -> None:
    """Write rows into each empty table, those first that others refer to."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if table.name == "alembic_version" or connection.execute(sa.select(table).limit(1)).first():
            continue
        for number in range(ROWS):
            values = {column.name: _value(column, number) for column in table.columns}
            connection.execute(
                table.insert().values({name: value for name, value in values.items() if value is not ...})
            )


def _value(column: sa.Column[Any], number: int) -> Any:
    """Return a value for a row."""
    given = _VALUES.get((column.table.name, column.name))
    if column.name == "access_control":
        return None  # public, which a revision writes as rows
    if given:
        value = given[number]
        is_text = isinstance(column.type, sa.Text | sa.String)
        return json.dumps(value) if is_text and isinstance(value, dict) else value
    match column.type:
        case sa.Boolean():
            return False
        case sa.Integer() | sa.BigInteger() | sa.Numeric():
            return number
        case sa.JSON():
            return {}
        case sa.DateTime() | sa.Date():
            return sa.func.now()
        case sa.LargeBinary():
            return b""
        case _:
            is_json = column.name in {"meta", "data", "params", "valves", "info", "settings", "permissions", "tags"}
            return "{}" if is_json else str(number)


def _record(url: str, folder: Path, first: str) -> dict[str, Any]:
    package = types.ModuleType("open_webui")
    package.__path__ = [str(folder / "open_webui")]
    sys.modules["open_webui"] = package
    internal = types.ModuleType("open_webui.internal")
    internal.__path__ = []
    sys.modules["open_webui.internal"] = internal
    _stand_in("open_webui.internal.db", JSONField=JSONField, Base=None)
    config = Config()
    config.set_main_option("script_location", str(folder / "open_webui/migrations"))
    script = ScriptDirectory.from_config(config)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    chain = [each.revision for each in reversed(list(script.walk_revisions()))]
    revisions = chain[chain.index(first) :]
    recorded: dict[str, Any] = {}
    for revision in revisions:
        # A connection of its own: until PostgreSQL flushes them, pg_stat_xact_user_tables has the rows of earlier
        # transactions too.
        with engine.begin() as connection:
            recorded[revision] = _run(connection, config, script, revision)
        with engine.begin() as connection:
            _fill_empty_tables(connection)
            if statement := _ROWS_OF_NEW_COLUMNS.get(revision):
                connection.execute(sa.text(statement))
    with engine.connect() as connection:
        version = connection.execute(sa.text("SHOW server_version")).scalar()
    return {"postgresql": version, "revisions": {revision: recorded[revision] for revision in revisions[1:]}}


def _run(connection: sa.Connection, config: Config, script: ScriptDirectory, revision: str) -> dict[str, Any]:
    """Run the revisions up to one, and return what PostgreSQL did."""
    names = {row.oid: row.relname for row in connection.execute(sa.text(_TABLES))}

    def missing_revisions(heads: Any, _: Any) -> Any:
        return script._upgrade_revs(revision, heads)

    with EnvironmentContext(config, script, fn=missing_revisions) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()
    return _observe(connection, names)


def _observe(connection: sa.Connection, names: dict[int, str]) -> dict[str, Any]:
    """Return the locks on tables that existed before, and the tables whose rows were changed."""
    locks: dict[str, str] = {}
    for relation, mode in connection.execute(sa.text(_LOCKS)):
        table = names.get(relation)
        if table and _MODES.index(mode) >= _MODES.index(locks.get(table, _MODES[0])):
            locks[table] = mode
    fills = {
        names.get(relation, name)
        for relation, name, _ in connection.execute(sa.text(_ROWS))
        if name != "alembic_version"
    }
    locks.pop("alembic_version", None)
    return {"locks": dict(sorted(locks.items())), "fills": sorted(fills)}


if __name__ == "__main__":
    print(json.dumps(_record(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
