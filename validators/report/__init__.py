"""What an auditor reads: one self-contained page and the same numbers as JSON."""

from validators.report.build import build

__all__ = ["build"]
