"""
A PCA stays right when the data have a large offset
===================================================

Readings such as 100,000.3 and 100,000.7 differ only in their last digits. :class:`~skparams.PCA`
shifts rows before it multiplies them, so these digits are not lost.

The guide says more: :doc:`/guide/explain_fit`.
"""

# %%
# The same float32 rows with larger and larger means. Rounding the readings themselves to float32
# changes the data, so the exact eigenvalues are those of the rounded rows, in float64.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA as ScikitLearnPCA

from skparams import PCA

rows = np.random.default_rng(0).standard_normal((5_000, 10)) * np.arange(1, 11)
offsets = 10.0 ** np.arange(6)


def largest_error(pca, X):
    """Largest error of an eigenvalue, relative to the largest eigenvalue."""
    exact = np.linalg.eigvalsh(np.cov(X.astype(np.float64) - X[0], rowvar=False))[::-1]
    return np.abs(pca.fit(X).explained_variance_ - exact).max() / exact[0]


errors = {"scikit-learn": [], "skparams": []}
for offset in offsets:
    X = (rows + offset).astype(np.float32)
    errors["scikit-learn"].append(largest_error(ScikitLearnPCA(svd_solver="covariance_eigh"), X))
    errors["skparams"].append(largest_error(PCA(svd_solver="covariance_eigh"), X))

# %%
# scikit-learn subtracts products of means from sums of squares, which are nearly equal where the
# offset is large. Its eigenvalues may even be negative.

for name, values in errors.items():
    print(f"{name:12}", *(f"{value:.0e}" for value in values))

# %%
# An error of 1 means that no digit is right.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
for (name, values), color in zip(errors.items(), ("#D55E00", "#0072B2"), strict=True):
    ax.loglog(offsets, values, "o-", color=color, markersize=4)
    ax.text(offsets[2], 5 * values[2], name, color=color, ha="right")
error = errors["skparams"][-1]
ax.set_title(f"At an offset of {offsets[-1]:,.0f}, the error is {error:.0e}", loc="left")
ax.set(xlabel="mean of the features", ylabel="relative error of eigenvalues")
ax.spines[["top", "right"]].set_visible(False)
ax.minorticks_off()
plt.show()
