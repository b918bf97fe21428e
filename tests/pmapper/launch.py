"""Run PMapper's command line on a Python in which `collections` has lost the names that PMapper imports."""

import collections
import collections.abc
import runpy

for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "MutableSequence", "MutableSet", "Sequence", "Set"):
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

runpy.run_module("principalmapper", run_name="__main__", alter_sys=True)
