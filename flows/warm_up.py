"""``tsugite warm-up``: fills the cache of compiled kernels, so that nothing compiles during a run (``make setup``)."""

from __future__ import annotations

import importlib
import time

import click

KERNELS = ("mappings.readers:warm_up", "mappings.memo:warm_up", "layouts.delivery.cp932:warm_up")
"""Functions of the rooms that compile their kernels."""


@click.command("warm-up")
def warm_up_command() -> None:
    """コンパイル済みカーネルを用意する / fill the cache of compiled kernels."""
    began = time.monotonic()
    for target in KERNELS:
        module, name = target.split(":")
        getattr(importlib.import_module(module), name)()
    _mainframe_charsets()
    click.echo(f"kernels ready ({time.monotonic() - began:.1f} s)", err=True)


def _mainframe_charsets() -> None:
    """One field there and back: every charset has the same three kernels, whatever its tables."""
    from mappings.charsets.mainframe.catalogue import CHARSETS
    from mappings.charsets.mainframe.columns import roundtrip_mask

    roundtrip_mask(bytes(1), next(iter(CHARSETS)))
