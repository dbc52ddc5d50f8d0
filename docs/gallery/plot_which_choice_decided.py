"""
Two choices decide the size of a network, three do not
======================================================

A hyperparameter either decides how many numbers a model learns, or only which values they get.
:func:`~skparams.summary` says for each choice which arrays it decides.

The guide says more: :doc:`/guide/look`.
"""

# %%
# Five hyperparameters of this pipeline are not at their defaults:

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import summary

X, y = load_digits(return_X_y=True)
network = MLPClassifier((64, 32), alpha=0.01, learning_rate_init=0.003, random_state=0)
model = make_pipeline(StandardScaler(), PCA(20), network).fit(X, y)

# %%
# The first block of the page lists them, with their defaults and the arrays they decide:

found = summary(model)
print(str(found).partition("it learned")[0])

# %%
# To count what each one decides, take the choices and the arrays from the summary. The columns
# that the PCA returns are the inputs of the network, so ``n_components`` decides an array of the
# network too.

arrays = found.to_frame()
arrays = arrays[arrays["role"] == "parameter"]
choices = {}
for step in found.root.children:
    for choice in step.hyperparameters:
        if choice.changed:
            decided = arrays[arrays["path"].str.startswith(choice.decides)]
            choices[choice.path] = int(decided["count"].sum())
for name, count in choices.items():
    print(f"{count:>4} {name}")

# %%
# ``random_state`` and ``alpha`` change the values of all weights, but not how many there are.
# Arrays that two hyperparameters decide together count for both.

names = sorted(choices, key=choices.get)
deciding = sum(count > 0 for count in choices.values())
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
labels = [name.replace("__", "\n") for name in names]
bars = ax.barh(labels, [choices[name] for name in names], color="#0072B2")
ax.bar_label(bars, fmt="{:,.0f}", padding=4)
ax.set_xlim(0, 1.25 * max(choices.values()))
fig.suptitle(f"{deciding} of {len(choices)} choices decide the size", x=0.02, ha="left")
ax.set(xticks=[], xlabel=f"parameters that it decides, of {found.totals.stored:,}")
ax.spines[:].set_visible(False)
ax.tick_params(length=0)
plt.show()
