"""The ledger: what came in equals what went out, in records, rows and amounts, counted by code that did not make
the files."""

from validators.ledger.account import account

__all__ = ["account"]
