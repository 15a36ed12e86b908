"""Fixtures of the flows' tests: the stage graph with stages that fail on demand."""

from __future__ import annotations

import os
from collections.abc import Iterator

import fake_stages
import pytest

from flows import stages


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The stage graph runs ``fake_stages``; the umask is put back afterwards."""
    umask = os.umask(0o022)
    for name, target in fake_stages.TARGETS.items():
        monkeypatch.setitem(stages.ALL_STAGES, name, stages.Stage(name, f"fake_stages:{target}"))
    yield
    os.umask(umask)
