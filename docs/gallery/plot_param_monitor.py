"""
Training jumps where the loss curve is smooth
=============================================

:class:`~skparams.ParamMonitor` records during ``fit`` how large each fitted parameter is, how far
it moved and how large its gradient is. It needs scikit-learn 1.9 or newer.

The guide says more: :doc:`/guide/train_monitor`.
"""

# %%
# A callback of a network for handwritten digits, called after each epoch:

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from skparams import MLPClassifier, ParamMonitor

X, y = load_digits(return_X_y=True)
monitor = ParamMonitor(every=1)
network = MLPClassifier(random_state=0).set_callbacks(monitor).fit(X, y)

# %%
# The frame has a row for each parameter after each epoch.

frame = monitor.to_frame()
frame.loc[frame["task"] == 100, ["parameter", "norm", "update", "gradient", "distance"]].round(4)

# %%
# ``update`` is how far an array moved in an epoch. Which step is the longest, beside the steps
# around it?

steps = frame[frame["parameter"] == "coefs_[0]"].dropna(subset="task").set_index("task")["update"]
ratios = steps / steps.rolling(9, center=True).median()
jump = int(ratios.idxmax())
print(f"epoch {jump}: {ratios[jump]:.1f} times the median of nine epochs")
losses = network.history_["loss"]
print("losses around it:", losses[jump - 3 : jump + 2].round(4))
print("rises of the loss in all epochs:", (np.diff(losses) > 0).sum())

# %%
# The loss does not show the jump.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
monitor.plot("update", ax=ax)
ax.set_title(f"At epoch {jump} the weights jump", loc="left")
plt.show()
