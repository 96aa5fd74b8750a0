"""The settings of a deployment: the one place that reads the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from memorybank.errors import InvalidArgument, Violation

_PREFIX = "MEMORYBANK_"

MAX_BODY = 8 * 1024 * 1024
"""The most bytes of a request's body: Google's own limit."""


class Settings(BaseModel):
    """What can be set, each by the variable `MEMORYBANK_` plus the field's name in capitals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Annotated[str, Field(min_length=1, description="SQLite file, or :memory:")] = "memorybank.db"
    project: Annotated[str, Field(min_length=1, description="project of names that give none")] = "local"
    location: Annotated[str, Field(min_length=1, description="location of names that give none")] = "us-central1"
    project_number: Annotated[str | None, Field(description="number by which clients may name the project")] = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    threads: Annotated[int, Field(ge=1, le=256, description="threads that work on generations")] = 16


def read_settings(environment: Mapping[str, str], **given: str) -> Settings:
    """Read the settings; what is given by name wins over the environment. An unknown `MEMORYBANK_*` is an error."""
    found = {
        name.removeprefix(_PREFIX).lower(): value for name, value in environment.items() if name.startswith(_PREFIX)
    }
    try:
        return Settings.model_validate({**found, **given})
    except ValidationError as error:
        known = ", ".join(_PREFIX + name.upper() for name in Settings.model_fields)
        raise InvalidArgument.of(
            *(
                Violation(_PREFIX + str(details["loc"][0]).upper(), f"{details['msg']}; known settings are {known}")
                for details in error.errors(include_url=False)
            )
        ) from None
