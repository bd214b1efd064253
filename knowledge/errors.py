"""What can go wrong in this package; `bot` translates it into an answer or an exit code.

KnowledgeError
├── EncoderMissing   no prepared encoder: nothing, something half-written or something damaged
├── BrokenWeights    a weight file whose parts do not add up
├── Unreadable       a file that no loader can turn into text, with the reason
├── IndexBroken      the index cannot be opened or read; the message names the remedy
├── EncoderMismatch  the index was made with another encoder
├── IngestRunning    another ingest holds the lock
└── DiskFull         no room to write; what was indexed before is still there
"""

from pathlib import Path


class KnowledgeError(Exception):
    """Base of this package's errors; the message is meant for the operator."""


class EncoderMissing(KnowledgeError):
    """No usable encoder where one was expected; the message names the way to get one."""


class BrokenWeights(KnowledgeError):
    """A weight file that is truncated, damaged or of another kind."""


class Unreadable(KnowledgeError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class IndexBroken(KnowledgeError):
    pass


class EncoderMismatch(KnowledgeError):
    """Vectors of two encoders cannot be compared; the index has to be made anew."""


class IngestRunning(KnowledgeError):
    pass


class DiskFull(KnowledgeError):
    pass
