"""The secrets that Terraform creates. Their values are generated and are in no file of the repository."""

from pydantic import Field

from owscale.spec.models.base import Section


class Secrets(Section):
    """Secrets that Terraform creates. A higher version number generates a new value."""

    recovery_window_days: int = Field(
        default=7,
        ge=0,
        le=30,
        description="Time in which a deleted secret can be restored, in days; 0 for not at all, otherwise 7 to 30.",
    )
    redis_token_version: int = Field(
        default=1,
        ge=1,
        le=1000000,
        description="Version of the Redis token. Increase it for a new token; the previous one stays valid until the "
        "next increase.",
    )
    webui_secret_key_version: int = Field(
        default=1,
        ge=1,
        le=1000000,
        description="Version of `WEBUI_SECRET_KEY`. Increase it for a new key; this ends every session.",
    )
