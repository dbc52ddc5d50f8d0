"""
Class weights find the rare class, if training stops in time
============================================================

Where one row in twenty is of the rare class, a network learns to predict the other one. With
``class_weight="balanced"``, :class:`~skparams.MLPClassifier` gives both classes the same weight,
in validation too. The validation loss shows when to stop.

The guide says more: :doc:`/guide/train_class_weight`.
"""

# %%
# Train two networks until the training loss no longer falls. Validation rows are only recorded
# here, with their loss and the share of the rare class that is found (recall), after each epoch.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_classification
from sklearn.metrics import precision_score, recall_score
from sklearn.model_selection import train_test_split

from skparams import MLPClassifier

X, y = make_classification(
    4_000, 20, n_informative=5, weights=[0.95], class_sep=0.6, random_state=0
)
X_train, X_val, y_train, y_val = train_test_split(X, y, stratify=y, random_state=0)
network = MLPClassifier(
    (30,), learning_rate_init=0.01, tol=1e-3, max_iter=300, scoring="recall", random_state=0
)
records = {}
for weights in (None, "balanced"):
    network.set_params(class_weight=weights).fit(X_train, y_train, X_val=X_val, y_val=y_val)
    records[weights] = network.history_

# %%
# With ``early_stopping=True`` and ``scoring="loss"``, training ends soon after the lowest
# validation loss, and the weights of that epoch are kept. To find more of the rare class has a
# price: more rows of the other class are taken for it, so the precision is lower.

network.set_params(early_stopping=True, scoring="loss")
for weights in (None, "balanced"):
    network.set_params(class_weight=weights).fit(X_train, y_train, X_val=X_val, y_val=y_val)
    found = network.predict(X_val)
    recall, precision = recall_score(y_val, found), precision_score(y_val, found)
    print(f"{weights!s:8}  recall {recall:.2f}  precision {precision:.2f}")

# %%
# Dots are at the lowest validation loss. After it, the balanced network fits single training
# rows, and finds less and less of the rare class in other rows.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
at_best = {}
for (weights, record), color in zip(records.items(), ("#D55E00", "#0072B2"), strict=True):
    best = np.argmin(record["validation_loss"])
    at_best[weights] = record["validation_score"][best]
    ax.plot(record["epoch"], record["validation_score"], color=color)
    ax.plot(record["epoch"][best], at_best[weights], "o", color=color)
ax.text(35, 0.8, "balanced", color="#0072B2")
ax.text(35, 0.38, "without weights", color="#D55E00")
ax.text(35, 0.05, "● lowest validation loss", color="#767676")
share = 100 * at_best["balanced"]
ax.set_title(f"Balanced weights find {share:.0f} % of the rare class", loc="left")
ax.set(xlabel="epoch", ylabel="recall of the rare class", ylim=(0, 1))
ax.spines[["top", "right"]].set_visible(False)
plt.show()
