"""
Two trainings differ mostly in the order of their units
=======================================================

Networks that start from different random weights find similar hidden units in another order, and
some with the opposite sign. :func:`~skparams.diff` can put them in one order before it compares
them.

The guide says more: :doc:`/guide/check`.
"""

# %%
# Train twice, with two seeds. Both networks predict the same cultivar for each wine:

import matplotlib.pyplot as plt
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.preprocessing import scale

from skparams import MLPClassifier, diff

X, y = load_wine(return_X_y=True)
X = scale(X)
network = MLPClassifier((10,), "tanh", alpha=1, solver="lbfgs", max_iter=500)
first = clone(network).set_params(random_state=0).fit(X, y)
second = clone(network).set_params(random_state=1).fit(X, y)
bool((first.predict(X) == second.predict(X)).all())

# %%
# Yet as they are, their weights seem to have little in common:

print(diff(first, second))

# %%
# With ``align=True``, the units of the second network get the order and the signs of the first
# one:

print(diff(first, second, align=True))

# %%
# A line is what the order and the signs make. What is left is a real difference, such as that of
# the biases of the output, which units do not reorder.

changes = {}
for align in (False, True):
    frame = diff(first, second, align=align).to_frame()
    changes[align] = frame[frame["role"] == "parameter"].set_index("path")["relative"][::-1]

names = list(changes[True].index)
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
ax.hlines(names, changes[True], changes[False], color="#767676", linewidth=1)
ax.plot(changes[False], names, "o", color="#D55E00")
ax.plot(changes[True], names, "o", color="#0072B2")
top = {"xytext": (0, 8), "textcoords": "offset points", "ha": "center"}
ax.annotate("as they are", (changes[False].iloc[-1], names[-1]), color="#D55E00", **top)
ax.annotate("aligned", (changes[True].iloc[-1], names[-1]), color="#0072B2", **top)
fig.suptitle("Hidden units differ mostly in their order", x=0.02, ha="left")
ax.set(xlabel="change relative to the size of the array", xlim=(0, None), ylim=(-0.5, 3.6))
ax.spines[["top", "right", "left"]].set_visible(False)
ax.tick_params(axis="y", length=0)
plt.show()
