"""The decorators of compiled code.

``kernel`` is for what Python calls, ``helper`` and the others for what kernels call.
"""

from numba import njit

# nogil: threads can fit side by side. error_model: a division by zero gives inf or NaN, as in
# NumPy. Wrappers for callers that there are not, C and for helpers Python, would only be compiled.
# _nrt: references to arrays are not counted, which took a fifth of the time of a small batch and
# part of the compilation. The caller in Python holds them.
_KERNEL = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True, "_nrt": False}
HELPER = {**_KERNEL, "no_cpython_wrapper": True}
kernel = njit(**_KERNEL)
helper = njit(**HELPER)
# For what makes arrays, or calls a function of NumPy that numba says may make some.
allocating = njit(**{**HELPER, "_nrt": True})
# The caller's code is as if it had not been split, which compiles faster.
inlined = njit(inline="always", **HELPER)
# No flag lets the compiler assume that numbers are finite. `sums` may also reorder additions, so
# that they vectorize.
exact = njit(fastmath={"contract", "arcp", "nsz"}, **HELPER)
sums = njit(fastmath={"contract", "arcp", "nsz", "reassoc"}, **HELPER)
