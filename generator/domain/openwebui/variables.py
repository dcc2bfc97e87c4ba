"""How each variable of Open WebUI about connections, addresses, paths, caches, headers and processes is handled.

The variables are those that the published packages read (`variables.json`), and some that `start.sh` of the image and
libraries read. A test compares this table with `variables.json`; docs/openwebui-variables.md shows it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

_START = "https://github.com/open-webui/open-webui/blob/v0.12.4/backend/start.sh"
_UVICORN = "https://www.uvicorn.org/settings/"
_OUTGOING = "address, port or path of another server that tasks call; service.egress and existing.peers let them"
_NOT_SELECTED = "of a vector database that app.vector_database cannot select"
_OTHER_DATABASE = "of the server of another vector database, not of existing.database"
_POSTGRESQL = "of SQLite; the database is PostgreSQL"
_SENT_TO_OTHERS = "a header of requests to other servers, which do not pass the load balancer"
_SECURITY_HEADERS = "a header of responses for browsers, which the load balancer does not change"
_IMAGE = "a folder of models or assets inside the image, read by each task"


class Handling(NamedTuple):
    """How variables are handled.

    `kind` and `detail`:

    - `key`: a key of the spec sets the variable; `detail` is the key. S309 refuses the variable.
    - `secret`: owscale sets this secret; `detail` is the key that determines it. S304 and S306 refuse the variable.
    - `refused`: `detail` is the reason, and S324 refuses the variable.
    - `rule`: `detail` is the code of the rule that checks the value.
    - `harmless`: `detail` is the reason.

    `source` is empty for variables of `variables.json`, which names the file that reads them.
    """

    kind: Literal["key", "secret", "refused", "rule", "harmless"]
    detail: str
    names: str
    source: str = ""


TABLE = (
    Handling("key", "app.client_timeout_seconds", "AIOHTTP_CLIENT_TIMEOUT"),
    Handling("key", "app.database_pool.max_overflow", "DATABASE_POOL_MAX_OVERFLOW"),
    Handling("key", "app.database_pool.recycle_seconds", "DATABASE_POOL_RECYCLE"),
    Handling("key", "app.database_pool.size", "DATABASE_POOL_SIZE"),
    Handling("key", "app.database_pool.timeout_seconds", "DATABASE_POOL_TIMEOUT"),
    Handling("key", "app.database_pool.vector_size", "PGVECTOR_POOL_SIZE"),
    Handling("key", "app.migrate_on_start", "ENABLE_DB_MIGRATIONS"),
    Handling("key", "app.public_url", "WEBUI_URL"),
    Handling("key", "app.threads", "THREAD_POOL_SIZE"),
    Handling("key", "app.vector_database", "VECTOR_DB"),
    Handling("key", "app.workers", "UVICORN_WORKERS"),
    Handling("secret", "existing.database.url_secret_arn", "DATABASE_URL"),
    Handling("secret", "existing.secrets.webui_secret_key_arn", "WEBUI_SECRET_KEY"),
    Handling("secret", "redis", "REDIS_URL WEBSOCKET_REDIS_URL"),
    Handling("refused", "the load balancer and the health checks use port 8080", "PORT", _START),
    Handling("refused", "the load balancer reaches a task only on its network address", "HOST", _START),
    Handling("refused", "start.sh would replace app.public_url by SPACE_HOST", "SPACE_ID", _START),
    Handling("refused", "Open WebUI would not listen on port 8080", "UVICORN_FD UVICORN_UDS", _UVICORN),
    Handling(
        "refused",
        "the load balancer uses HTTP between itself and the tasks",
        "UVICORN_SSL_CERTFILE UVICORN_SSL_KEYFILE",
        _UVICORN,
    ),
    Handling(
        "refused",
        "Open WebUI would not know that browsers use HTTPS, and would build http:// addresses for sign-in",
        "UVICORN_PROXY_HEADERS",
        _UVICORN,
    ),
    Handling("rule", "S301", "PGVECTOR_POOL_MAX_OVERFLOW"),
    Handling("rule", "S302", "WEBSOCKET_REDIS_OPTIONS"),
    Handling("rule", "S303", "WEBSOCKET_SERVER_PING_INTERVAL WEBSOCKET_SERVER_PING_TIMEOUT"),
    Handling(
        "rule",
        "S305",
        "CHROMA_HTTP_HOST ELASTICSEARCH_URL MILVUS_URI OPENSEARCH_URI ORACLE_DB_DSN QDRANT_URI WEAVIATE_HTTP_HOST",
    ),
    Handling("rule", "S308", "REDIS_HEALTH_CHECK_INTERVAL"),
    Handling("rule", "S312", "ENABLE_WEBSOCKET_SUPPORT"),
    Handling("rule", "S313", "WEBSOCKET_MANAGER"),
    Handling("rule", "S314", "REDIS_CLUSTER REDIS_SENTINEL_HOSTS WEBSOCKET_REDIS_CLUSTER WEBSOCKET_SENTINEL_HOSTS"),
    Handling("rule", "S315", "DATA_DIR STATIC_DIR STORAGE_PROVIDER"),
    Handling("rule", "S316", "DATABASE_HOST DATABASE_NAME DATABASE_PASSWORD DATABASE_PORT DATABASE_TYPE DATABASE_USER"),
    Handling("rule", "S317", "CORS_ALLOW_ORIGIN"),
    Handling("rule", "S319", "ENABLE_PERSISTENT_CONFIG RESET_CONFIG_ON_START"),
    Handling(
        "rule",
        "S323",
        "CUSTOM_API_KEY_HEADER WEBUI_AUTH_TRUSTED_EMAIL_HEADER WEBUI_AUTH_TRUSTED_GROUPS_HEADER "
        "WEBUI_AUTH_TRUSTED_NAME_HEADER WEBUI_AUTH_TRUSTED_ROLE_HEADER",
    ),
    Handling("rule", "S325", "ENABLE_BASE_MODELS_CACHE MODELS_CACHE_TTL"),
    Handling(
        "rule",
        "S326",
        "FEISHU_REDIRECT_URI GITHUB_CLIENT_REDIRECT_URI GOOGLE_REDIRECT_URI MICROSOFT_REDIRECT_URI OPENID_REDIRECT_URI",
    ),
    Handling("rule", "S327", "WEBUI_AUTH_COOKIE_SAME_SITE WEBUI_SESSION_COOKIE_SAME_SITE"),
    Handling("rule", "S359", "WEBUI_AUTH_COOKIE_SECURE WEBUI_SESSION_COOKIE_SECURE"),
    Handling("rule", "S364", "AUDIT_LOGS_FILE_PATH"),
    Handling(
        "harmless",
        "owscale sets the ranges of the private subnets; the security group of the tasks admits only the load balancer",
        "FORWARDED_ALLOW_IPS",
    ),
    Handling("harmless", "each deployment has a Redis of its own", "REDIS_KEY_PREFIX"),
    Handling(
        "harmless",
        "of a client of Redis Sentinel, which S314 refuses",
        "REDIS_RECONNECT_DELAY REDIS_SENTINEL_MAX_RETRY_COUNT REDIS_SENTINEL_PORT WEBSOCKET_SENTINEL_PORT",
    ),
    Handling(
        "harmless",
        "limits of a Redis client; an idle listener reconnects after a timeout (open_webui/tasks.py)",
        "REDIS_SOCKET_CONNECT_TIMEOUT REDIS_SOCKET_KEEPALIVE REDIS_SOCKET_TIMEOUT",
    ),
    Handling(
        "harmless",
        "lifetimes of entries in Redis, the same for all tasks",
        "REDIS_RESPONSE_STREAM_TTL REDIS_TASK_TTL WEBSOCKET_REDIS_LOCK_TIMEOUT",
    ),
    Handling(
        "harmless",
        "the same for all tasks of a revision; while a deployment changes it, old and new tasks miss each other's "
        "messages",
        "WEBSOCKET_REDIS_ROOM_CHANNELS",
    ),
    Handling(
        "harmless",
        "bounded by Open WebUI, and shorter than the idle timeout of S303 or without effect on connections",
        "UVICORN_WS_PER_MESSAGE_DEFLATE WEBSOCKET_EVENT_CALLER_TIMEOUT WEBSOCKET_HEARTBEAT_INTERVAL "
        "WEBSOCKET_SERVER_ENGINEIO_LOGGING WEBSOCKET_SERVER_LOGGING",
    ),
    Handling(
        "harmless",
        "sessions of sign-in, in Redis or in the database",
        "ENABLE_STAR_SESSIONS_MIDDLEWARE OAUTH_MAX_SESSIONS_PER_USER",
    ),
    Handling(
        "harmless",
        "a secret that all tasks share through app.secrets",
        "FORWARD_USER_INFO_HEADER_JWT_SECRET OAUTH_SESSION_TOKEN_ENCRYPTION_KEY",
    ),
    Handling(
        "harmless", "a cookie beside the session cookie, with the same attributes", "ENABLE_OAUTH_ID_TOKEN_COOKIE"
    ),
    Handling(
        "harmless",
        "of sessions of existing.database, within the pools that S301 counts",
        "DATABASE_ENABLE_IAM_TOKEN_AUTH DATABASE_ENABLE_SESSION_SHARING DATABASE_SCHEMA "
        "DATABASE_USER_ACTIVE_STATUS_UPDATE_INTERVAL PGVECTOR_POOL_RECYCLE PGVECTOR_POOL_TIMEOUT",
    ),
    Handling("harmless", "another database; S301 counts its connections for existing.database", "PGVECTOR_DB_URL"),
    Handling(
        "harmless",
        _POSTGRESQL,
        "DATABASE_ENABLE_SQLITE_WAL DATABASE_SQLITE_PRAGMA_BUSY_TIMEOUT DATABASE_SQLITE_PRAGMA_CACHE_SIZE "
        "DATABASE_SQLITE_PRAGMA_JOURNAL_SIZE_LIMIT DATABASE_SQLITE_PRAGMA_MMAP_SIZE "
        "DATABASE_SQLITE_PRAGMA_SYNCHRONOUS DATABASE_SQLITE_PRAGMA_TEMP_STORE",
    ),
    Handling(
        "harmless",
        _NOT_SELECTED,
        "MARIADB_VECTOR_DB_URL MARIADB_VECTOR_POOL_MAX_OVERFLOW MARIADB_VECTOR_POOL_RECYCLE MARIADB_VECTOR_POOL_SIZE "
        "MARIADB_VECTOR_POOL_TIMEOUT OPENGAUSS_DB_URL OPENGAUSS_POOL_MAX_OVERFLOW OPENGAUSS_POOL_RECYCLE "
        "OPENGAUSS_POOL_SIZE OPENGAUSS_POOL_TIMEOUT VALKEY_URL",
    ),
    Handling(
        "harmless",
        _OTHER_DATABASE,
        "CHROMA_DATABASE CHROMA_HTTP_HEADERS CHROMA_HTTP_PORT MILVUS_DB MILVUS_SERVER_PEM_PATH ORACLE_DB_PASSWORD "
        "ORACLE_DB_POOL_INCREMENT ORACLE_DB_POOL_MAX ORACLE_DB_POOL_MIN ORACLE_DB_USER ORACLE_DB_USE_WALLET "
        "ORACLE_WALLET_DIR QDRANT_GRPC_PORT WEAVIATE_GRPC_HOST WEAVIATE_GRPC_PORT WEAVIATE_HTTP_PORT",
    ),
    Handling(
        "harmless",
        "connections to other servers than existing.database, one pool for each process",
        "AIOHTTP_CLIENT_SESSION_SSL AIOHTTP_CLIENT_SESSION_TOOL_SERVER_SSL AIOHTTP_POOL_CONNECTIONS "
        "AIOHTTP_POOL_CONNECTIONS_PER_HOST AIOHTTP_POOL_DNS_TTL THREAD_POOL_THREAD_NAME_PREFIX",
    ),
    Handling(
        "harmless",
        "a list that seeds settings in the database, the same for all tasks",
        "ENABLE_DIRECT_CONNECTIONS TERMINAL_SERVER_CONNECTIONS TOOL_SERVER_CONNECTIONS",
    ),
    Handling(
        "harmless",
        "kept for one request, or by another server",
        "DATALAB_MARKER_SKIP_CACHE ENABLE_QUERIES_CACHE",
    ),
    Handling("harmless", "a copy beside the object store, on the shared file system", "STORAGE_LOCAL_CACHE"),
    Handling("harmless", _IMAGE, "FONTS_DIR FRONTEND_BUILD_DIR HF_HUB_CACHE TIKTOKEN_CACHE_DIR WHISPER_MODEL_DIR"),
    Handling("harmless", "a path of the image or of a volume", "LD_LIBRARY_PATH LICENSE_BLOB_PATH"),
    Handling(
        "harmless",
        "limits the content of the audit log, not its place",
        "AUDIT_EXCLUDED_PATHS AUDIT_INCLUDED_PATHS AUDIT_UVICORN_LOGGER_NAMES",
    ),
    Handling(
        "harmless",
        "limits the endpoints that an API key may call",
        "API_KEYS_ALLOWED_ENDPOINTS API_KEY_ALLOWED_ENDPOINTS ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS "
        "ENABLE_API_KEY_ENDPOINT_RESTRICTIONS",
    ),
    Handling("harmless", "adds the schemes of desktop apps to the origins of S317", "CORS_ALLOW_CUSTOM_SCHEME"),
    Handling("harmless", "private origins that apps may call, in the browser", "APP_ALLOWED_PRIVATE_ORIGINS"),
    Handling(
        "harmless",
        "changes how content is processed, not how it is reached",
        "ENABLE_CHAT_RESPONSE_BASE64_IMAGE_URL_CONVERSION ENABLE_MARKDOWN_HEADER_TEXT_SPLITTER "
        "ENABLE_PROFILE_IMAGE_URL_FORWARDING IMAGES_GEMINI_ENDPOINT_METHOD IMAGE_URL_RESPONSE_MODELS_REGEX_PATTERN "
        "MFA_ALLOW_TRUSTED_HEADER_BYPASS OAUTH_TOKEN_ENDPOINT_AUTH_METHOD PROFILE_IMAGE_MAX_DATA_URI_SIZE",
    ),
    Handling(
        "harmless",
        _SENT_TO_OTHERS,
        "ENABLE_FORWARD_USER_INFO_HEADERS EXTERNAL_DOCUMENT_LOADER_HEADERS FORWARD_SESSION_INFO_HEADER_CHAT_ID "
        "FORWARD_SESSION_INFO_HEADER_MESSAGE_ID FORWARD_USER_INFO_HEADER_AUTH_TYPE FORWARD_USER_INFO_HEADER_JWT "
        "FORWARD_USER_INFO_HEADER_JWT_EXPIRES_SECONDS FORWARD_USER_INFO_HEADER_USER_EMAIL "
        "FORWARD_USER_INFO_HEADER_USER_ID FORWARD_USER_INFO_HEADER_USER_NAME FORWARD_USER_INFO_HEADER_USER_ROLE "
        "TERMINAL_PROXY_HEADERS",
    ),
    Handling(
        "harmless",
        _SECURITY_HEADERS,
        "CACHE_CONTROL CONTENT_SECURITY_POLICY CONTENT_SECURITY_POLICY_REPORT_ONLY CROSS_ORIGIN_EMBEDDER_POLICY "
        "CROSS_ORIGIN_OPENER_POLICY CROSS_ORIGIN_RESOURCE_POLICY HSTS PERMISSIONS_POLICY REFERRER_POLICY "
        "REPORTING_ENDPOINTS XCONTENT_TYPE XDOWNLOAD_OPTIONS XFRAME_OPTIONS XPERMITTED_CROSS_DOMAIN_POLICIES",
    ),
    Handling(
        "harmless",
        "an address that the browser opens",
        "OPENID_END_SESSION_ENDPOINT WEBUI_AUTH_SIGNOUT_REDIRECT_URL",
    ),
    Handling(
        "harmless",
        _OUTGOING,
        "AUDIO_REALTIME_OPENAI_API_BASE_URL AUDIO_STT_AZURE_BASE_URL AUDIO_STT_MISTRAL_API_BASE_URL "
        "AUDIO_STT_OPENAI_API_BASE_URL AUDIO_TTS_AZURE_SPEECH_BASE_URL AUDIO_TTS_MISTRAL_API_BASE_URL "
        "AUDIO_TTS_OPENAI_API_BASE_URL AUTOMATIC1111_BASE_URL AZURE_AI_SEARCH_ENDPOINT AZURE_STORAGE_ENDPOINT "
        "BING_SEARCH_V7_ENDPOINT CODE_EXECUTION_JUPYTER_URL CODE_INTERPRETER_JUPYTER_URL COMFYUI_BASE_URL "
        "DATALAB_MARKER_API_BASE_URL DOCLING_SERVER_URL DOCUMENT_INTELLIGENCE_ENDPOINT ELEVENLABS_API_BASE_URL "
        "EXTERNAL_DOCUMENT_LOADER_URL EXTERNAL_PWA_MANIFEST_URL EXTERNAL_WEB_LOADER_URL EXTERNAL_WEB_SEARCH_URL "
        "FIRECRAWL_API_BASE_URL "
        "GEMINI_API_BASE_URL IMAGES_EDIT_COMFYUI_BASE_URL IMAGES_EDIT_GEMINI_API_BASE_URL "
        "IMAGES_EDIT_OPENAI_API_BASE_URL IMAGES_GEMINI_API_BASE_URL IMAGES_OPENAI_API_BASE_URL JINA_API_BASE_URL "
        "LDAP_SERVER_HOST LDAP_SERVER_PORT MICROSOFT_CLIENT_LOGIN_BASE_URL MICROSOFT_CLIENT_PICTURE_URL "
        "MICROSOFT_WEB_IQ_API_BASE_URL MINERU_API_URL MISTRAL_OCR_API_BASE_URL OLLAMA_API_BASE_URL OLLAMA_BASE_URL "
        "OLLAMA_BASE_URLS ONEDRIVE_SHAREPOINT_URL OPENAI_API_BASE_URL OPENAI_API_BASE_URLS OPENID_PROVIDER_URL "
        "OPENSERP_BASE_URL OTEL_EXPORTER_OTLP_ENDPOINT OTEL_LOGS_EXPORTER_OTLP_ENDPOINT "
        "OTEL_METRICS_EXPORTER_OTLP_ENDPOINT PADDLEOCR_VL_BASE_URL PERPLEXITY_SEARCH_API_URL PLAYWRIGHT_WS_URL "
        "RAG_AZURE_OPENAI_BASE_URL RAG_EXTERNAL_RERANKER_URL RAG_OLLAMA_BASE_URL RAG_OPENAI_API_BASE_URL "
        "S3_ENDPOINT_URL S3_USE_ACCELERATE_ENDPOINT SEARXNG_QUERY_URL TAVILY_API_BASE_URL TIKA_SERVER_URL "
        "WEBHOOK_URL YACY_QUERY_URL YANDEX_WEB_SEARCH_URL YOUTUBE_LOADER_PROXY_URL",
    ),
    Handling("harmless", "start.sh passes the value of app.workers instead", "WEB_CONCURRENCY", _UVICORN),
    Handling("harmless", "start.sh passes a value of its own instead", "UVICORN_HOST UVICORN_PORT", _UVICORN),
    Handling(
        "harmless",
        "only used with SPACE_ID, which S324 refuses",
        "ADMIN_USER_EMAIL ADMIN_USER_PASSWORD SPACE_HOST",
        _START,
    ),
    Handling(
        "harmless", "not used, because WEBUI_SECRET_KEY is set", "WEBUI_JWT_SECRET_KEY WEBUI_SECRET_KEY_FILE", _START
    ),
    Handling(
        "harmless",
        "a proxy for HTTP requests to other servers; the clients of the database and of Redis do not use it",
        "ALL_PROXY HTTP_PROXY HTTPS_PROXY NO_PROXY",
        "https://docs.aiohttp.org/en/stable/client_advanced.html#proxy-support",
    ),
)

HANDLING_BY_VARIABLE = {name: handling for handling in TABLE for name in handling.names.split()}
"""The handling of each variable, by its name."""


def details(kind: Literal["key", "secret", "refused", "rule"]) -> dict[str, str]:
    """Return the key, reason or code of each variable of one kind."""
    return {name: handling.detail for name, handling in HANDLING_BY_VARIABLE.items() if handling.kind == kind}
