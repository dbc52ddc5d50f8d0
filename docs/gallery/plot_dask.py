"""
A PCA of blocks is the PCA of all rows
======================================

Rows that do not fit in memory, in a Dask array or in a file, are read block by block.
:class:`~skparams.PCA` finds the same components as from all rows at once.

The guide says more: :doc:`/guide/distribute`.
"""

# %%
# 200,000 rows in 20 blocks, each of which is generated when it is needed:

import dask.array as da
import matplotlib.pyplot as plt
import numpy as np

from skparams import PCA, plan

rng = da.random.default_rng(0)
scales = 0.8 ** np.arange(20)
X = rng.standard_normal((200_000, 20), chunks=(10_000, 20)) * scales + 100
X

# %%
# Before a fit, :func:`~skparams.plan` says what a worker holds and what is moved:

print(plan(PCA(6), X))

# %%
# The fit reads each block once. ``transform`` returns a Dask array, which is computed when it is
# used.

blocks = PCA(6).fit(X)
blocks.transform(X)

# %%
# These rows do fit in memory, so both ways can be compared:

rows = X.compute()
whole = PCA(6).fit(rows)
difference = np.abs(blocks.eigenvectors_ - whole.eigenvectors_).max()
print(f"largest difference in the components: {difference:.0e}")

# %%
# The eigenvalues of both are the same, up to rounding.

names = blocks.get_feature_names_out()
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
ax.plot(names, whole.eigenvalues_, "o", color="#0072B2", fillstyle="none", markersize=13)
ax.plot(names, blocks.eigenvalues_, "o", color="#D55E00", markersize=5)
ax.text(0.25, whole.eigenvalues_[0], "○ all rows at once", color="#0072B2", va="center")
ax.text(1.25, whole.eigenvalues_[1], "• block by block", color="#D55E00", va="center")
ax.set_title(f"Components differ by {difference:.0e} at most", loc="left")
ax.set(ylabel="eigenvalue", ylim=(0, 1.1))
ax.spines[["top", "right"]].set_visible(False)
plt.show()
