"""What ``make setup`` compiles: every kernel that a run or a command calls."""

from __future__ import annotations

import json
import subprocess
import sys

MODULES = ("mappings.readers.scan", "mappings.charsets.kernels", "mappings.charsets.mainframe.kernels", "mappings.memo")
COMPILED = """
import importlib, json, sys
from flows.warm_up import warm_up_command

warm_up_command.main([], standalone_mode=False)
found = {}
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    kernels = {n: k for n, k in vars(module).items() if hasattr(k, "signatures") and k.__module__ == name}
    found[name] = {n: len(kernel.signatures) for n, kernel in kernels.items()}
print(json.dumps(found))
"""


def test_warm_up_leaves_no_kernel_to_be_compiled_by_a_run() -> None:
    done = subprocess.run([sys.executable, "-c", COMPILED, *MODULES], capture_output=True, text=True, check=True)
    compiled: dict[str, dict[str, int]] = json.loads(done.stdout)
    assert [name for name in MODULES if not any(compiled[name].values())] == []
    # A kernel with an underscore is called by other kernels too, and then compiled as a part of those.
    called = {f"{name}.{n}": count for name, found in compiled.items() for n, count in found.items() if n[0] != "_"}
    assert len(called) >= 9
    assert [name for name, count in called.items() if not count] == []
