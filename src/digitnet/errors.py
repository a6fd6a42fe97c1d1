"""What a user can do wrong, in one sentence each.

An error keeps its sentence as an English template and the values to put into it. The template is
also the key under which `digitnet.messages` finds the sentence in Chinese, so that the lower
floors can raise errors without knowing in which language they will be read.
"""

from __future__ import annotations


class DigitnetError(Exception):
    """Something that a person can mend: one sentence says what is wrong and what to do.

    Args:
        template: the sentence in English, with ``{name}`` where a value goes.
        values: the values, by name.

    ``str(error)`` is the sentence in English.
    """

    exit_code = 1

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values) if self.values else self.template

    def __reduce__(self) -> tuple[object, ...]:
        # The default would lose the values on the way between processes.
        return type(self), (self.template,), {"values": self.values}


class UsageError(DigitnetError):
    """The command or function was called wrongly (exit code 2)."""

    exit_code = 2


class DataError(DigitnetError):
    """Labelled digits that cannot be used as they are: the sentence names the file and the row."""


class ImageError(DigitnetError):
    """A picture that cannot be read."""


class ModelError(DigitnetError):
    """A model file that cannot be used."""


class RunError(DigitnetError):
    """A run folder that cannot be used, or a run that failed."""


class ServiceError(DigitnetError):
    """A request that the service cannot answer.

    Args:
        status: the HTTP status that says so.
        template: see `DigitnetError`.
        values: see `DigitnetError`.
    """

    def __init__(self, status: int, template: str, **values: object) -> None:
        super().__init__(template, **values)
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.status, self.template), {"values": self.values}
