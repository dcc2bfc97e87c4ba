"""A filled database: the rows that a release wrote, cloned by SQL to the size of an organisation.

`jsonb_populate_record` copies a row of whatever columns the release has, and replaces those that are named; it ignores
names of columns that the release does not have.
"""

from tests.openwebui.stack import Database

CHATS = 100_000
USERS = 10_000
_SECONDS = 1800

_TABLES = {
    # Copies, and the columns that differ; n is the number of the copy.
    "user": (USERS, "'id', 'user-' || n, 'email', 'user-' || n || '@example.com', 'name', 'User ' || n"),
    "auth": (USERS, "'id', 'user-' || n, 'email', 'user-' || n || '@example.com'"),
    "folder": (20_000, "'id', 'folder-' || n, 'name', 'Folder ' || n"),
    "note": (20_000, "'id', 'note-' || n, 'title', 'Note ' || n"),
    "tag": (20_000, "'id', 'tag-' || n, 'name', 'tag ' || n"),
    "file": (50_000, "'id', 'file-' || n, 'hash', md5(n::text)"),
    "memory": (10_000, "'id', 'memory-' || n"),
    "knowledge": (1_000, "'id', 'knowledge-' || n"),
    "knowledge_file": (
        20_000,
        "'id', 'kf-' || n, 'knowledge_id', 'knowledge-' || n % 1000 + 1, 'file_id', 'file-' || n",
    ),
    "prompt": (1_000, "'id', 'prompt-' || n, 'command', '/prompt-' || n"),
    "prompt_history": (2_000, "'id', 'history-' || n, 'prompt_id', 'prompt-' || n % 1000 + 1"),
    "model": (500, "'id', 'model-' || n"),
    "tool": (100, "'id', 'tool_' || n"),
    "function": (100, "'id', 'function_' || n, 'is_active', false"),
    "skill": (100, "'id', 'skill-' || n, 'name', 'Skill ' || n"),
    "group": (200, "'id', 'group-' || n, 'name', 'Group ' || n"),
    "group_member": (20_000, "'id', 'gm-' || n, 'group_id', 'group-' || (n - 1) / 100 + 1"),
    "channel": (200, "'id', 'channel-' || n, 'name', 'channel-' || n"),
    "channel_member": (20_000, "'id', 'cm-' || n, 'channel_id', 'channel-' || (n - 1) / 100 + 1"),
    "message": (100_000, "'id', 'message-' || n, 'channel_id', 'channel-' || n % 200 + 1"),
    "access_grant": (10_000, "'id', 'grant-' || n, 'resource_id', 'knowledge-' || n, 'principal_id', 'user-' || n"),
}
_OWNER = f"'user_id', 'user-' || n % {USERS} + 1"
_NUMBERED = {"prompt"}
"""Tables whose ID is a number in some releases: in a JSON object the last value of a key counts."""

_TEXTS = """
CREATE TABLE filling_text AS
SELECT n, (SELECT string_agg(substr(translate(md5((n * 131 + w * (w % 7 + 1))::text), '0123456789', 'ghilmnorst'),
                                    1, 2 + w % 8), ' ')
           FROM generate_series(1, 20 + (n * 37) % 200) AS w) AS content
FROM generate_series(0, 1999) AS n;
"""

_MESSAGES = """
CREATE TABLE filling_message AS
SELECT 'chat-' || c AS chat_id, 'user-' || c % {users} + 1 AS user_id, 'm' || c || '-' || m AS id, m,
       CASE WHEN m > 1 THEN 'm' || c || '-' || m - 1 END AS parent_id, m < 2 * (1 + c % 4) AS has_child,
       CASE m % 2 WHEN 1 THEN 'user' ELSE 'assistant' END AS role,
       CASE m % 2 WHEN 1 THEN left(content, 120) ELSE content END AS content, 1700000000 + c AS at
FROM generate_series(1, {chats}) AS c, generate_series(1, 2 * (1 + c % 4)) AS m, filling_text
WHERE n = (c * 7 + m * 13) % 2000
"""

_GROUPED = """
    SELECT chat_id, user_id, at, jsonb_object_agg(id, message) AS messages, jsonb_agg(message ORDER BY m) AS list,
           (array_agg(id ORDER BY m DESC))[1] AS last_id
    FROM (SELECT *, jsonb_build_object('id', id, 'parentId', parent_id, 'role', role, 'content', content,
              'timestamp', at, 'model', 'answer-20x10ms', 'done', true,
              'childrenIds', CASE WHEN has_child THEN jsonb_build_array('m' || substr(chat_id, 6) || '-' || m + 1)
                             ELSE '[]'::jsonb END) AS message
          FROM filling_message) AS each
    GROUP BY chat_id, user_id, at
"""

_CHATS = """
INSERT INTO chat SELECT copy.* FROM (SELECT each AS row FROM chat AS each LIMIT 1) AS base, (GROUPED) AS f,
LATERAL jsonb_populate_record(base.row, jsonb_build_object(
    'id', chat_id, 'user_id', f.user_id, 'title', 'Chat ' || chat_id, 'share_id', NULL, 'folder_id', NULL,
    'pinned', false, 'archived', false, 'created_at', f.at, 'updated_at', f.at, 'meta', '{"tags": []}'::jsonb,
    'current_message_id', f.last_id,
    'chat', jsonb_build_object('id', '', 'title', 'Chat ' || chat_id, 'models', '["answer-20x10ms"]'::jsonb,
        'params', '{}'::jsonb, 'tags', '[]'::jsonb, 'timestamp', f.at, 'files', '[]'::jsonb, 'messages', f.list,
        'history', jsonb_build_object('messages', f.messages, 'currentId', f.last_id)))) AS copy;
""".replace("GROUPED", _GROUPED)

_CHAT_MESSAGES = """
INSERT INTO chat_message (id, chat_id, user_id, role, parent_id, content, model_id, done, created_at, updated_at)
SELECT chat_id || '-' || id, chat_id, user_id, role, parent_id, to_json(content),
       CASE role WHEN 'assistant' THEN 'answer-20x10ms' END, true, at, at
FROM filling_message;
"""


def fill(database: Database, name: str, chats: int = CHATS) -> None:
    """Clone the rows of a database in which a release has been visited."""
    tables = set(database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name).split())
    statements = [_clone(database, name, table) for table in _TABLES if table in tables]
    statements += [_TEXTS, _MESSAGES.format(users=USERS, chats=chats), _CHATS]
    if "chat_message" in tables:
        statements.append(_CHAT_MESSAGES)
    statements += ["DROP TABLE filling_message, filling_text"]
    for statement in statements:
        database.query(statement, name, _SECONDS)
    database.query("VACUUM ANALYZE", name, _SECONDS)
    database.query("CHECKPOINT", name, _SECONDS)


def megabytes(database: Database, name: str) -> int:
    """Return the size of a database."""
    return int(database.query(f"SELECT pg_database_size('{name}') / 1000000", name))


def _clone(database: Database, name: str, table: str) -> str:
    count, columns = _TABLES[table]
    if table in _NUMBERED:
        sql = f"SELECT data_type FROM information_schema.columns WHERE table_name = '{table}' AND column_name = 'id'"
        if database.query(sql, name) in {"integer", "bigint"}:
            columns += ", 'id', n + 1000"
    others = "WHERE email NOT LIKE 'admin%'" if table in {"auth", "user"} else ""
    base = f'(SELECT each AS row FROM "{table}" AS each {others} LIMIT 1) AS base'
    copy = f"LATERAL jsonb_populate_record(base.row, jsonb_build_object({columns}, {_OWNER})) AS copy"
    return f'INSERT INTO "{table}" SELECT copy.* FROM {base}, generate_series(1, {count}) AS n, {copy}'
