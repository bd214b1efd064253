"""Every error Kefu raises on purpose.

KefuError
├── SettingsError         a setting is unknown, missing or malformed (names the key)
├── NotPrepared           a model, an index or a shop is missing or broken (names the command that mends it)
├── ShopImportError       a shop file breaks its schema (file, line and field of each problem)
├── CasesError            evaluation cases are malformed or name what is not there (file and case of each problem)
├── Rejected              input the door refuses; carries an HTTP status and a code
│   ├── InvalidInput      400, 413
│   ├── Unauthorized      401
│   ├── Forbidden         403
│   ├── NotFound          404
│   ├── Conflict          409, somebody else was first, or it does not go together
│   ├── TooMany           429, with seconds to wait
│   └── Unreached, Unsettled  503, the shop's own system does not answer, or not whether it was done
├── Undelivered           an e-mail could not be handed to the mail server; names no recipient
├── Unavailable           the database is full, locked or gone: nothing was written, try again later
└── Stale                 somebody else saved this conversation first: load again and redo
"""

from pathlib import Path
from typing import Any


class KefuError(Exception):
    """Base of everything raised on purpose; its text may be shown to an operator."""


class SettingsError(KefuError):
    pass


class NotPrepared(KefuError):
    """Something that a command prepares is missing or broken.

    `remedy` is the command to type.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what if remedy in what else f"{what} Run: {remedy}")
        self.remedy = remedy


class ShopImportError(KefuError):
    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class CasesError(KefuError):
    def __init__(self, path: Path, problems: list[str]) -> None:
        super().__init__("\n".join([f"{path}:", *(f"  {problem}" for problem in problems)]))
        self.problems = problems


class Rejected(KefuError):
    status = 400
    code = "rejected"

    def __init__(
        self, message: str, *, code: str | None = None, status: int | None = None, **details: Any
    ) -> None:
        """`details`, as JSON has them, are told beside the code: what a program needs to go on."""
        super().__init__(message)
        self.code = code or type(self).code
        self.status = status or type(self).status
        self.details = details


class InvalidInput(Rejected):
    code = "invalid_input"


class Unauthorized(Rejected):
    status = 401
    code = "unauthorized"


class Forbidden(Rejected):
    status = 403
    code = "forbidden"


class NotFound(Rejected):
    status = 404
    code = "not_found"


class Conflict(Rejected):
    status = 409
    code = "conflict"


class TooMany(Rejected):
    status = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Undelivered(KefuError):
    pass


class Unavailable(KefuError):
    pass


class Stale(KefuError):
    pass
