"""Fixtures of the layouts' tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_layout import SmallLayout


@pytest.fixture
def small(tmp_path: Path) -> SmallLayout:
    return SmallLayout(tmp_path / "root")
