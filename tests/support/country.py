"""the benchmark's country.

`benchmarks` lies beside the package and is on no path where the tests run: it is loaded by place,
so that the package itself is still the one installed.
"""

from __future__ import annotations

import importlib.util
import sys

from conftest import ROOT

if "benchmarks" not in sys.modules:
    _folder = ROOT / "benchmarks"
    _spec = importlib.util.spec_from_file_location(
        "benchmarks", _folder / "__init__.py", submodule_search_locations=[str(_folder)]
    )
    assert _spec is not None
    assert _spec.loader is not None
    _module = importlib.util.module_from_spec(_spec)
    sys.modules["benchmarks"] = _module
    _spec.loader.exec_module(_module)
