"""The decorators of compiled code.

``kernel`` is for what Python calls, ``helper`` and the others for what kernels call.
"""

from numba import njit

# nogil: threads can fit side by side. error_model: a division by zero gives inf or NaN, as in
# NumPy. Wrappers for callers that there are not, C and for helpers Python, would only be compiled.
_KERNEL = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
HELPER = {**_KERNEL, "no_cpython_wrapper": True}
kernel = njit(**_KERNEL)
helper = njit(**HELPER)
# The caller's code is as if it had not been split, which compiles faster.
inlined = njit(inline="always", **HELPER)
# No flag lets the compiler assume that numbers are finite. `sums` may also reorder additions, so
# that they vectorize.
exact = njit(fastmath={"contract", "arcp", "nsz"}, **HELPER)
sums = njit(fastmath={"contract", "arcp", "nsz", "reassoc"}, **HELPER)
