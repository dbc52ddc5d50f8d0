"""
One column of 1,000 categories holds most parameters
====================================================

Layers decide how many parameters a network has, and so do special components: normalization adds a
few numbers for each unit, and each category of a column adds a row of weights, its embedding.
:func:`~skparams.plan` counts them before training.

The guide says more: :doc:`/guide/plan`.
"""

# %%
# A table of 20 numbers and one column of 1,000 categories, which are one-hot encoded, and networks
# of the same two layers:

import matplotlib.pyplot as plt
import numpy as np

from skparams import MLPClassifier, plan

layers, n_numbers, n_categories = (64, 32), 20, 1_000
networks = {
    "numbers only": (MLPClassifier(layers), n_numbers),
    "and normalized": (MLPClassifier(layers, normalization="batch"), n_numbers),
    "and categories": (MLPClassifier(layers, normalization="batch"), n_numbers + n_categories),
}
plans = {
    name: plan(network, n_samples=10_000, n_features=n_features, n_classes=2)
    for name, (network, n_features) in networks.items()
}
{name: planned.totals.stored for name, planned in plans.items()}

# %%
# Batch normalization stores three numbers more for each unit: a gain, which is learned, and a mean
# and a variance, which training does not choose. They are stored and not free:

plain, normalized = plans["numbers only"].totals, plans["and normalized"].totals
print("stored:", normalized.stored - plain.stored, "more")
print("free:  ", normalized.free - plain.free, "more")

# %%
# The categories enter the first array of weights: 1,000 rows of 64 numbers.

counts = {}
for name, planned in plans.items():
    frame = planned.to_frame().set_index("path")["count"]
    first = frame["coefs_[0]"]
    embedding = first - n_numbers * layers[0]
    special = frame[frame.index.str.contains("gains|running")].sum()
    counts[name] = np.array([frame.sum() - embedding - special, special, embedding], dtype=int)
    print(f"{name}: layers, normalization, embedding = {counts[name]}")

# %%
# Which of them are the most is seen at once:

fig, ax = plt.subplots(figsize=(4.8, 2.6), layout="constrained")
names = list(counts)[::-1]
left = np.zeros(len(names))
parts = zip(
    ("layers", "normalization", "categories"), ("#0072B2", "#009E73", "#D55E00"), strict=True
)
for i, (part, color) in enumerate(parts):
    widths = np.array([counts[name][i] for name in names])
    ax.barh(names, widths, left=left, color=color)
    left += widths
    ax.text(12_000, 2 - 0.5 * i, part, color=color, va="center")
share = counts["and categories"][2] / counts["and categories"].sum()
fig.suptitle(f"Categories hold {share:.0%} of the parameters", x=0.02, ha="left")
ax.set(xlabel="stored parameters", xticks=[0, 20_000, 40_000, 60_000])
ax.xaxis.set_major_formatter("{x:,.0f}")
ax.spines[["top", "right", "left"]].set_visible(False)
ax.tick_params(axis="y", length=0)
plt.show()
