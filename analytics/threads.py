"""One thread for linear algebra: the products here are small, and waiting threads cost ten times the work.

Measured on two busy cores: a short text took 50 ms of processor time with two threads, 5 ms with one. One thread
also adds up in one order, so that results are the same on every number of cores.
"""

import ctypes
from pathlib import Path

import numpy as np
import scipy

_SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


def use_one_thread() -> int:
    """Tell the OpenBLAS libraries that numpy and scipy brought with them; return how many listened.

    Affects the whole process. Libraries of the system are left as they are: set OPENBLAS_NUM_THREADS for those.
    """
    told = 0
    for package in (np, scipy):
        folder = Path(str(package.__file__)).parent
        for path in sorted([*folder.parent.glob(f"{folder.name}.libs/*openblas*"), *folder.glob(".dylibs/*openblas*")]):
            library = ctypes.CDLL(str(path))
            setter = next((getattr(library, name) for name in _SETTERS if hasattr(library, name)), None)
            if setter is not None:
                setter(ctypes.c_int(1))
                told += 1
    return told
