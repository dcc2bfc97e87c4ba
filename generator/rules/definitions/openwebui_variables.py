"""Environment variables that contradict a key of the spec, the load balancer, or the number of processes."""

import re
from collections.abc import Iterator

from owscale.console.text import closest, truncate
from owscale.domain.openwebui import capacity, environment, read_variables, releases, variables
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_SOURCE = "https://github.com/open-webui/open-webui/blob/v0.12.4/backend/open_webui"
_VARIABLES_PAGE = "docs/openwebui-variables.md"
_HEADER_NAME = re.compile(r"[-A-Za-z0-9]+")
_HEADER_VARIABLES = tuple(name for name, code in variables.details("rule").items() if code == "S323")
_REDIRECT_VARIABLES = tuple(name for name, code in variables.details("rule").items() if code == "S326")
_SAME_SITE_VARIABLES = ("WEBUI_AUTH_COOKIE_SAME_SITE", "WEBUI_SESSION_COOKIE_SAME_SITE")
_MISSPELLED = 0.9
"""Similarity of two names from which one counts as misspelled: ENABLE_SINGUP does, OPENAI_ORGANIZATION does not."""

_VISIBLE_IN_SECRETS = frozenset({"S305", "S316"})
"""Rules that also look at app.secrets; their variables may contain a password."""


def _variable(name: str, section: str = "environment") -> tuple[str, str, str]:
    return ("app", section, name)


def _all_variables(deployment: Deployment) -> Iterator[tuple[str, str]]:
    """Yield the section and name of every variable of the spec."""
    app = deployment.spec.app
    for section, names in (("environment", app.environment), ("secrets", app.secrets)):
        for name in names:
            yield section, name


def _has_several_processes(deployment: Deployment) -> bool:
    return capacity.max_processes(deployment.spec) > 1


@rule(
    "S309",
    "error",
    checks="Checks that `app.environment` and `app.secrets` have no variable that a key of the spec sets.",
    rationale="The rules and the derived values read the key; a variable beside it would bypass them.",
    reference=_VARIABLES_PAGE,
    example='app: {environment: {UVICORN_WORKERS: "4"}}',
    fixed_example="app: {workers: 1}",
    other_keys=("app.secrets",),
)
def variable_with_key(deployment: Deployment) -> Iterator[Finding]:
    for section, name in _all_variables(deployment):
        if key := environment.SPEC_KEYS_BY_VARIABLE.get(name):
            yield Finding(_variable(name, section), "has its own key in the spec", f"set {key} instead")


@rule(
    "S322",
    "error",
    checks="Checks that `app.secrets` has no variable whose value a rule checks.",
    rationale="Rules cannot read a secret, so a value that breaks the deployment would not be found.",
    reference=_VARIABLES_PAGE,
    example="""\
app:
  secrets: {MODELS_CACHE_TTL: arn:aws:secretsmanager:eu-west-1:111122223333:secret:ttl-AbCdEf}""",
    fixed_example='app: {environment: {MODELS_CACHE_TTL: "60"}}',
)
def checked_variable_in_secrets(deployment: Deployment) -> Iterator[Finding]:
    codes, defaults = variables.details("rule"), environment.default_environment(deployment.spec)
    for name in deployment.spec.app.secrets:
        code = codes.get(name)
        if code and code not in _VISIBLE_IN_SECRETS and name not in defaults:  # S307 reports defaults
            message = f"is not a secret, and {code} checks its value"
            yield Finding(_variable(name, "secrets"), message, "write its value under app.environment", at_key=True)


@rule(
    "S323",
    "error",
    checks="Checks that the load balancer passes on the headers that Open WebUI reads.",
    rationale="The load balancer removes headers whose names have other characters than letters, digits and hyphens, "
    "such as `REMOTE_USER`. Without that header, sign-in fails.",
    reference="https://repost.aws/knowledge-center/elb-alb-drop-not-valid-headers",
    example="""\
app: {environment: {WEBUI_AUTH_TRUSTED_EMAIL_HEADER: REMOTE_USER}}
load_balancer: {allow_from: {vpn: {cidr: 10.8.0.0/24}}}""",
    fixed_example="""\
app: {environment: {WEBUI_AUTH_TRUSTED_EMAIL_HEADER: Remote-User}}
load_balancer: {allow_from: {vpn: {cidr: 10.8.0.0/24}}}""",
)
def dropped_headers(deployment: Deployment) -> Iterator[Finding]:
    for name in _HEADER_VARIABLES:
        header = deployment.spec.app.environment.get(name)
        if header and not _HEADER_NAME.fullmatch(header):
            shown = truncate(header)
            message = f"the load balancer drops the header {shown}"
            valid = re.sub(r"[^-A-Za-z0-9]+", "-", shown).strip("-") or "X-Email"
            hint = f"write a name of letters, digits and hyphens, such as {valid}, and let the proxy send it"
            yield Finding(_variable(name), message, hint)


@rule(
    "S324",
    "error",
    checks="Checks that no variable changes how Open WebUI receives requests, such as `PORT` and `HOST`.",
    rationale="The load balancer would not reach the tasks, or Open WebUI would build wrong addresses.",
    reference="https://github.com/open-webui/open-webui/blob/v0.12.4/backend/start.sh",
    example='app: {environment: {PORT: "3000"}}',
    fixed_example="app: {environment: {}}",
    other_keys=("app.secrets",),
)
def other_listener(deployment: Deployment) -> Iterator[Finding]:
    reasons = variables.details("refused")
    for section, name in _all_variables(deployment):
        if name in reasons:
            message = f"must not be set: {reasons[name]}"
            yield Finding(_variable(name, section), message, "remove it", at_key=True)


@rule(
    "S325",
    "error",
    checks="Checks that no process keeps the list of models forever when there are several processes.",
    rationale="A model that an admin adds or removes would stay missing or visible in the other processes.",
    reference=f"{_SOURCE}/routers/openai.py",
    example='app: {environment: {MODELS_CACHE_TTL: ""}}',
    fixed_example='app: {environment: {MODELS_CACHE_TTL: "60"}}',
    other_keys=("app.image",),
)
def models_cache(deployment: Deployment) -> Iterator[Finding]:
    if not _has_several_processes(deployment):
        return
    app = deployment.spec.app
    name = "MODELS_CACHE_TTL"
    if app.environment.get(name) is not None and _never_expires(app.environment[name]):
        message = "each process would keep its own list of models until it ends"
        yield Finding(_variable(name), message, "write a number of seconds, such as 60, or remove it")
    name = "ENABLE_BASE_MODELS_CACHE"
    if app.environment.get(name, "").lower() == "true" and not releases.shares_models_cache(app.image):
        message = f"before {releases.MODELS_CACHE_SHARED_SINCE}, each process keeps a list of models of its own"
        hint = f"remove it, or use {releases.MODELS_CACHE_SHARED_SINCE} or later, which keeps the list in Redis"
        yield Finding(_variable(name), message, hint, related=(("app", "image"),))


def _never_expires(ttl: str) -> bool:
    """Whether an entry with this lifetime never expires: open_webui/env.py reads "", and aiocache 0, as no lifetime."""
    try:
        return not ttl or int(ttl) == 0
    except ValueError:
        return False  # Open WebUI then uses 1 s


@rule(
    "S326",
    "error",
    checks="Checks that the redirect URIs of sign-in are addresses of `app.public_url`.",
    rationale="After the sign-in, the browser lacks the cookies of the other address, and the sign-in fails.",
    reference="https://docs.openwebui.com/reference/env-configuration#openid_redirect_uri",
    example="""\
app: {public_url: https://chat.example.com, environment: {OPENID_REDIRECT_URI: http://chat.example.com/callback}}
load_balancer: {tls_termination: proxy}""",
    fixed_example="""\
app:
  public_url: https://chat.example.com
  environment: {OPENID_REDIRECT_URI: https://chat.example.com/oauth/oidc/callback}
load_balancer: {tls_termination: proxy}""",
)
def redirect_uris(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for name in _REDIRECT_VARIABLES:
        uri = app.environment.get(name)
        if uri and app.public_url and not uri.startswith(f"{app.public_url}/"):
            message = f"{truncate(uri)} is not an address of {app.public_url}"
            yield Finding(
                _variable(name), message, f"begin it with {app.public_url}/", related=(("app", "public_url"),)
            )


@rule(
    "S328",
    "error",
    checks="Checks that Open WebUI gives identity providers an https address for the way back from the sign-in.",
    rationale="If a proxy terminates TLS, Open WebUI would name an `http://` address, which the provider refuses. "
    "With `app.public_url`, owscale sets the redirect URIs.",
    reference="https://github.com/open-webui/open-webui/issues/12516",
    example="""\
app: {environment: {OAUTH_CLIENT_ID: chat}}
load_balancer: {tls_termination: proxy}""",
    fixed_example="""\
app: {public_url: https://chat.example.com, environment: {OAUTH_CLIENT_ID: chat}}
load_balancer: {tls_termination: proxy}""",
    other_keys=("app.public_url", "app.secrets", "existing.certificate_arn"),
)
def redirect_uri_behind_proxy(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    if spec.app.public_url or spec.existing.certificate_arn:
        return
    for name in environment.sign_in_providers(spec):
        if name not in spec.app.environment:
            client_id = environment.REDIRECT_URIS[name][1]
            section = "environment" if client_id in spec.app.environment else "secrets"
            message = f"the identity provider would send browsers to an http:// address, without {name}"
            hint = f"set app.public_url, or {name} under app.environment"
            yield Finding(_variable(client_id, section), message, hint, at_key=True)


@rule(
    "S327",
    "error",
    checks="Checks that browsers accept the SameSite attribute of the session cookies.",
    rationale="Sign-in fails: browsers reject the cookie, or Open WebUI rejects the value.",
    reference="https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#samesitesamesite-value",
    example="app: {environment: {WEBUI_SESSION_COOKIE_SAME_SITE: none}}",
    fixed_example="app: {environment: {WEBUI_SESSION_COOKIE_SAME_SITE: lax}}",
)
def same_site(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    for name in _SAME_SITE_VARIABLES:
        value = spec.app.environment.get(name)
        if value is None:
            continue
        if value.lower() not in {"lax", "strict", "none"}:
            message = f"{truncate(value) or '(empty)'} is not a value of SameSite"
            yield Finding(_variable(name), message, "write lax, strict or none")
        elif value.lower() == "none" and not environment.has_secure_cookies(spec):
            secure = (
                "remove WEBUI_AUTH_COOKIE_SECURE and WEBUI_SESSION_COOKIE_SECURE"
                if environment.is_behind_https(spec)
                else "set app.public_url, which makes the cookies Secure"
            )
            message = "browsers reject SameSite=None without Secure"
            yield Finding(_variable(name), message, f"write lax, or {secure}")


@rule(
    "S364",
    "warning",
    checks="Checks that several processes do not write one audit log.",
    rationale="Processes that rotate one file lose each other's lines.",
    reference="https://docs.openwebui.com/getting-started/advanced-topics/logging#audit-logging",
    example="app: {environment: {AUDIT_LOG_LEVEL: METADATA}}",
    fixed_example="""\
app: {environment: {AUDIT_LOG_LEVEL: METADATA, ENABLE_AUDIT_LOGS_FILE: "false", ENABLE_AUDIT_STDOUT: "true"}}""",
)
def shared_audit_log(deployment: Deployment) -> Iterator[Finding]:
    given = deployment.spec.app.environment
    level = given.get("AUDIT_LOG_LEVEL", "NONE").upper()
    path = given.get("AUDIT_LOGS_FILE_PATH", f"{environment.DATA_FOLDER}/audit.log")
    if (
        level != "NONE"
        and given.get("ENABLE_AUDIT_LOGS_FILE", "true").lower() == "true"
        and environment.is_shared(path)
        and _has_several_processes(deployment)
    ):
        message = f"all processes write and rotate {truncate(path)} on the shared file system"
        hint = 'write `ENABLE_AUDIT_LOGS_FILE: "false"` and `ENABLE_AUDIT_STDOUT: "true"`; CloudWatch keeps the lines'
        yield Finding(_variable("AUDIT_LOG_LEVEL"), message, hint)


@rule(
    "S365",
    "warning",
    checks="Checks that the session cookie reaches Open WebUI after a sign-in elsewhere.",
    rationale="A browser that comes back from the identity provider does not send a cookie with SameSite=Strict.",
    reference="https://docs.openwebui.com/reference/env-configuration#webui_session_cookie_same_site",
    example="""\
app:
  public_url: https://chat.example.com
  environment: {WEBUI_SESSION_COOKIE_SAME_SITE: strict, OAUTH_CLIENT_ID: chat}
load_balancer: {tls_termination: proxy}""",
    fixed_example="""\
app:
  public_url: https://chat.example.com
  environment: {WEBUI_SESSION_COOKIE_SAME_SITE: lax, OAUTH_CLIENT_ID: chat}
load_balancer: {tls_termination: proxy}""",
)
def strict_session_cookie(deployment: Deployment) -> Iterator[Finding]:
    app, name = deployment.spec.app, "WEBUI_SESSION_COOKIE_SAME_SITE"
    redirects = list(environment.sign_in_providers(deployment.spec))
    if app.environment.get(name, "").lower() == "strict" and redirects:
        client_id = environment.REDIRECT_URIS[redirects[0]][1]
        message = f"the sign-in of {client_id} loses its cookie on the way back"
        yield Finding(_variable(name), message, "write lax")


@rule(
    "S371",
    "warning",
    checks="Checks that no variable is misspelled.",
    rationale="Open WebUI ignores a variable that it does not know, and the setting keeps its default. A name counts "
    "as misspelled if it is very similar to a variable of Open WebUI. Other unknown names may belong to a library.",
    reference="https://docs.openwebui.com/reference/env-configuration",
    example="app: {environment: {GLOBAL_LOG_LEVLE: DEBUG}}",
    fixed_example="app: {environment: {GLOBAL_LOG_LEVEL: DEBUG}}",
    other_keys=("app.secrets",),
)
def misspelled_variable(deployment: Deployment) -> Iterator[Finding]:
    for section, name in _all_variables(deployment):
        if name in variables.HANDLING_BY_VARIABLE or name in read_variables.all_names():
            continue
        if similar := closest(name, read_variables.all_names(), cutoff=_MISSPELLED):
            message = "no release of Open WebUI reads this variable"
            yield Finding(_variable(name, section), message, f"did you mean {similar}?", at_key=True)
