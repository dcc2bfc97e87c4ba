"""The secrets that Terraform makes. Their values stand nowhere: Secrets Manager draws them."""

from pydantic import Field

from generator.model.base import Section


class Secrets(Section):
    """A higher version makes a new value."""

    recovery_window_days: int = Field(
        default=7, ge=0, le=30, description="Days for which a deleted secret can be restored: 0, or 7 to 30."
    )
    redis_token_version: int = Field(
        default=1,
        ge=1,
        le=1000000,
        description="Raise it for a new Redis token; the one before stays valid until the next raise.",
    )
    webui_secret_key_version: int = Field(
        default=1, ge=1, le=1000000, description="Raise it for a new WEBUI_SECRET_KEY, which ends every session."
    )
