"""One thread for linear algebra: the products here are small, and waiting threads cost ten times the work.

Measured on two busy cores: a short text took 50 ms of processor time with two threads, 5 ms with one. One thread
also adds up in one order, so that results are the same on every number of cores.
"""

from threadpoolctl import threadpool_info, threadpool_limits


def use_one_thread() -> int:
    """Tell the linear algebra libraries that are loaded; return how many there are. Affects the whole process."""
    threadpool_limits(limits=1, user_api="blas")
    return sum(pool["user_api"] == "blas" for pool in threadpool_info())
