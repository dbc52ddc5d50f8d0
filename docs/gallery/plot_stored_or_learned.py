"""
Not every stored number is a learned parameter
==============================================

A model may store rows of the training data, or numbers that were drawn at random.
:func:`~skparams.count_params` counts only what ``fit`` estimates and predictions use.

The guide says more: :doc:`/guide/look_counts`.
"""

# %%
# Six classifiers of the wines, one of each kind:

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import scale
from sklearn.svm import SVC

from skparams import count_params, summary

X, y = load_wine(return_X_y=True)
X = scale(X)
nystroem, fourier = Nystroem(n_components=50, random_state=0), RBFSampler(random_state=0)
models = {
    "logistic": LogisticRegression(),
    "random forest": RandomForestClassifier(20, random_state=0),
    "support vectors": SVC(),
    "nearest neighbors": KNeighborsClassifier(),
    "Nyström features": make_pipeline(nystroem, LogisticRegression()),
    "random features": make_pipeline(fourier, LogisticRegression()),
}
models = {name: model.fit(X, y) for name, model in models.items()}

# %%
# Nearest neighbors learn nothing: they keep the rows.

for name, model in models.items():
    print(f"{count_params(model):>3} {name}")

# %%
# :func:`~skparams.summary` gives each array its role. Here are three of them: learned parameters,
# training rows (with their labels), and random numbers.

roles = {"parameter": "#0072B2", "data": "#D55E00", "random": "#009E73"}
counts = {}
for name, model in models.items():
    counts[name] = summary(model).to_frame().groupby("role")["count"].sum()

# %%
# The random forest stores thresholds and the shares of the classes in its leaves, which are
# learned. Its features and the shape of the trees are structure, which is not drawn.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
names = list(counts)[::-1]
left = np.zeros(len(names))
for role, color in roles.items():
    widths = np.array([counts[name].get(role, 0) for name in names])
    ax.barh(names, widths, left=left, color=color)
    left += widths
ax.text(1_900, 5, "learned", color=roles["parameter"], va="center")
ax.text(1_900, 4, "rows of the training data", color=roles["data"], va="center")
ax.text(1_900, 0, "drawn at random", color=roles["random"], va="center")
fig.suptitle("Only the blue numbers are learned", x=0.02, ha="left")
ax.set(xlabel="stored numbers", xticks=[0, 2_000, 4_000])
ax.spines[["top", "right", "left"]].set_visible(False)
ax.tick_params(axis="y", length=0)
plt.show()
