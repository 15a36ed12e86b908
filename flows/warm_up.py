"""``tsugite warm-up``: fills the cache of compiled kernels, so that nothing compiles during a run (``make setup``)."""

from __future__ import annotations

import importlib
import time

import click

KERNELS = ("mappings.readers:warm_up", "layouts.delivery.cp932:warm_up")
"""Functions of the rooms that compile their kernels."""


@click.command("warm-up")
def warm_up_command() -> None:
    """コンパイル済みカーネルを用意する / fill the cache of compiled kernels."""
    began = time.monotonic()
    for target in KERNELS:
        module, name = target.split(":")
        getattr(importlib.import_module(module), name)()
    click.echo(f"kernels ready ({time.monotonic() - began:.1f} s)", err=True)
