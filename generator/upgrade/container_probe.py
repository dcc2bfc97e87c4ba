"""Runs in a task of Open WebUI: prints the state of the database in one line of JSON. It only reads."""

import ast
import importlib.util
import json
import os
import pathlib
import time
from typing import Any

import sqlalchemy  # type: ignore[import-not-found, unused-ignore]  # the image has it, owscale does not need it

CLIENTS = """SELECT coalesce(host(client_addr), 'local'), count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
AND client_addr IS DISTINCT FROM inet_client_addr() GROUP BY 1 ORDER BY 1"""


def image_revisions() -> tuple[set[str], set[str]]:
    spec: Any = importlib.util.find_spec("open_webui")
    folder = pathlib.Path(next(iter(spec.submodule_search_locations)), "migrations/versions")
    found: set[str] = set()
    down: set[str] = set()
    for file in folder.glob("*.py"):
        node: Any
        for node in ast.parse(file.read_text("utf-8")).body:
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            name = getattr(targets[0], "id", "")
            if name in {"revision", "down_revision"} and node.value is not None:
                value = ast.literal_eval(node.value)
                values = value if isinstance(value, tuple | list) else (value,)
                (found if name == "revision" else down).update(values)
    return found, down


url = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
connection = engine.connect()
server = connection.connection.dbapi_connection.info  # of psycopg2; the address may name several hosts, or none


def rows(query: str, **values: object) -> list[Any]:
    return [tuple(row) for row in connection.execute(sqlalchemy.text(query), values)]


def one(query: str, **values: object) -> Any:
    return rows(query, **values)[0][0]


def count(table: str) -> int:
    try:
        return int(one(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 -- a name of the catalogue
    except sqlalchemy.exc.OperationalError:  # statement_timeout
        connection.rollback()
        estimate = int(one("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)", name=f'"{table}"'))
        if estimate < 0:  # never analyzed
            raise
        return estimate


schema = os.environ.get("DATABASE_SCHEMA")
if schema:
    one("SELECT set_config('search_path', :path, false)", path=f'"{schema}", public')
    connection.commit()  # a rollback would take the setting back
deadline = time.time() + float(os.environ.get("OWSCALE_ALONE_SECONDS", "0"))
while rows(CLIENTS) and time.time() < deadline:
    connection.rollback()
    time.sleep(2)
tables = {}
for table in os.environ.get("OWSCALE_TABLES", "").split():
    size = one("SELECT pg_total_relation_size(to_regclass(:name))", name=f'"{table}"')
    if size is not None:
        tables[table] = [count(table), size]
empty = {}
for name in os.environ.get("OWSCALE_COLUMNS", "").split():
    table, column = name.split(".")
    if one("SELECT to_regclass(:name) IS NOT NULL", name=f'"{table}"'):
        where = f"WHERE to_jsonb(r) -> '{column}' = 'null'"  # none where there is no such column
        empty[name] = one(f'SELECT count(*) FROM "{table}" AS r {where}')  # noqa: S608 -- names of owscale
has_version = one("SELECT to_regclass('alembic_version') IS NOT NULL")
heads = sorted(row[0] for row in rows("SELECT version_num FROM alembic_version")) if has_version else []
revisions, earlier = image_revisions()
found = {
    "heads": heads,
    "image_heads": sorted(revisions - earlier),
    "is_known": set(heads) <= revisions,
    "server_version": int(one("SHOW server_version_num")),
    "lock_timeout": one("SHOW lock_timeout"),
    "max_connections": int(one("SHOW max_connections")),
    "reserved_connections": int(one("SHOW superuser_reserved_connections")),
    "connections": one("SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL"),
    "clients": dict(rows(CLIENTS)),
    "tables": tables,
    "empty": empty,
    "bytes": one("SELECT pg_database_size(current_database())"),
    "host": server.host,
    "database": server.dbname,
}
print("\nOWSCALE-PROBE " + json.dumps(found), flush=True)
