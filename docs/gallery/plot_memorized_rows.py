"""
Rows with wrong labels are learned by heart
===========================================

:func:`~skparams.memorization` says for each row how much of its label a model knows only because
it was trained on that row.

The guide says more: :doc:`/guide/compare_memorization`.
"""

# %%
# Ten tumors, drawn at random, get the wrong label:

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier

from skparams import memorization

X, y = load_breast_cancer(return_X_y=True)
wrong = np.random.default_rng(0).choice(len(y), 10, replace=False)
y[wrong] = 1 - y[wrong]

# %%
# The forest is fitted to 20 random subsets of 70 % of the rows. The score of a row is the
# probability of its label, once with the row in training and once without it. Memorization is the
# difference.

forest = RandomForestClassifier(30, random_state=0)
found = memorization(forest, X, y)
print(found)

# %%
# Each point is a row. On the line, its label is as probable without the row as with it. Above the
# line, the forest knows the label only from the row itself. The wrong labels have rings.

fig, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
found.plot(ax)
ax.scatter(found.out_scores[wrong], found.in_scores[wrong], 60, facecolors="none", edgecolors="k")
ax.text(0.35, 0.2, "○ wrong label")
plt.show()

# %%
# Nearly all of the wrong labels are among the rows that are memorized most. A high value alone
# does not say why a row is memorized: rare and hard rows have high values too.

n_found = np.isin(found.order[:20], wrong).sum()
print(n_found, "of", len(wrong), "wrong labels are among the first 20 of", len(y), "rows")
