"""
A trillion parameters are planned in less than a second
=======================================================

:func:`~skparams.plan` says before ``fit`` what a model will learn and what that costs. It
allocates no arrays, so a network that no machine can hold takes no longer than a small one.

The guide says more: :doc:`/guide/plan`.
"""

# %%
# Two hidden layers of a million units have a trillion weights between them:

import time

import matplotlib.pyplot as plt
from sklearn.neural_network import MLPClassifier

from skparams import fit_budget, plan

sizes = {"n_samples": 60_000, "n_features": 784, "n_classes": 10}
start = time.perf_counter()
huge = plan(MLPClassifier((1_000_000, 1_000_000)), **sizes)
seconds = time.perf_counter() - start
print(huge)
print("planned in less than a second:", seconds < 1)

# %%
# Adam keeps two moments for each parameter, and a gradient, so training needs a multiple of the
# memory of the weights. Plans of ten widths show what a machine with 16 GB can train:

widths = [30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
plans = [plan(MLPClassifier((width, width)), **sizes) for width in widths]
counts = [each.totals.stored for each in plans]
memory = [each.cost.training_bytes for each in plans]

# %%
# :func:`~skparams.fit_budget` is the inverse of ``plan``. It finds the largest widths within a
# number of bytes. These are the bytes of the parameters, and training needs about four times as
# many, so a quarter of 16 GB is asked for.

budget = fit_budget(MLPClassifier((2, 2)), max_bytes=4_000_000_000, **sizes)
widest = plan(MLPClassifier().set_params(**budget.best_params), **sizes)
print(budget.best_params, f"{widest.cost.training_bytes / 1e9:.1f} GB while training")

# %%
# Both axes are logarithmic.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
ax.loglog(counts, memory, "o-", color="#0072B2", markersize=4)
ax.axhline(16e9, color="#767676", linestyle="--", linewidth=1)
ax.text(counts[0], 20e9, "memory of a laptop", va="bottom", color="#767676")
count = f"{counts[-1] / 1e12:.0f} trillion"
ax.text(
    counts[-1] / 2, memory[-1], f"width {widths[-1]:,}", ha="right", va="center", color="#0072B2"
)
ax.set_title(f"{count} parameters need {memory[-1] / 1e12:.0f} TB", loc="left")
ax.set(xlabel="parameters", ylabel="memory while training")
ax.set_xticks([1e6, 1e9, 1e12], ["million", "billion", "trillion"])
ax.set_yticks([1e6, 1e9, 1e12], ["1 MB", "1 GB", "1 TB"])
ax.minorticks_off()
ax.spines[["top", "right"]].set_visible(False)
plt.show()
