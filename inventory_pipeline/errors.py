"""Every error of the house, drawn by the question "what should the caller do next?".

InventoryPipelineError
├── ConfigError             mend the YAML file: the message names file, line, key and cure
├── UsageError              call again with other words
├── NoDataError             nothing to work on yet: run an hour first
├── SourceError             a system outside did not keep its promise; its hour is *missing*
│   ├── SourceUnavailableError    wait and try again: network, timeout, 5xx, rate limit
│   ├── SourceRefusedError        a person must act: credentials, TLS, redirect, wrong host
│   └── SourceContractError       the answer does not mean what it should: shape, type, size
├── StoreError              our own storage
│   ├── StoreBusyError            wait: somebody else writes
│   └── StoreDamagedError         rebuild from landing (backfill) or restore the journal
└── DeliveryError           a mail or ping did not go out; it stays unsent and is tried again
"""

from collections.abc import Sequence


class InventoryPipelineError(Exception):
    """Base of every error a user may see; its text is one clear message."""


class ConfigError(InventoryPipelineError):
    """The configuration is wrong: the text names file, line, key, and the cure."""


class UsageError(InventoryPipelineError):
    """The command was called with words it does not take."""


class NoDataError(InventoryPipelineError):
    """What was asked for has not been computed or does not exist."""


class SourceError(InventoryPipelineError):
    """A system outside did not keep its promise.

    Args:
        message: what was seen, what was wanted, where. Never a secret or a payload.
        system: the name of the system in the configuration, where known.
    """

    def __init__(self, message: str, *, system: str = "") -> None:
        super().__init__(f"{system}: {message}" if system else message)
        self.system = system


class SourceUnavailableError(SourceError):
    """Nobody answered in time; trying later may help."""


class FileAbsentError(SourceUnavailableError):
    """Who keeps the files answered: there is none of this name."""


class SourceRefusedError(SourceError):
    """The system (or our own egress rule) said no; a person must act."""


class SourceContractError(SourceError):
    """The answer came, but does not mean what the configuration says it means."""


class StoreError(InventoryPipelineError):
    """Our own storage could not do what was asked."""


class StoreBusyError(StoreError):
    """Another process holds the store; the bounded wait ran out."""


class StoreDamagedError(StoreError):
    """The store cannot be opened; the text says how to rebuild it."""


class DeliveryError(InventoryPipelineError):
    """A mail or a ping did not go out.

    Args:
        message: what the other side said, and what to do.
        accepted: recipients that have the mail all the same; they are not sent it again.
    """

    def __init__(self, message: str, *, accepted: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.accepted = tuple(accepted)
