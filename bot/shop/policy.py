"""The shop's policy as data: what may be changed, until when, by whom it is paid."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    version: int
