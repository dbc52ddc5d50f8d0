"""
A larger model is better only up to a point
===========================================

:func:`~skparams.capacity_curve` fits a model in several sizes, and shows the scores of training
and validation rows by the number of learned parameters.

The guide says more: :doc:`/guide/compare_capacity`.
"""

# %%
# Trees with 2 to 350 leaves predict the progress of diabetes from ten features. Each leaf learns
# a value, and each other node a threshold.

import matplotlib.pyplot as plt
from sklearn.datasets import load_diabetes
from sklearn.tree import DecisionTreeRegressor

from skparams import CapacityCurveDisplay, capacity_curve

X, y = load_diabetes(return_X_y=True)
curve = capacity_curve(
    DecisionTreeRegressor(random_state=0),
    X,
    y,
    param_name="max_leaf_nodes",
    param_range=[2, 3, 4, 6, 8, 16, 32, 64, 128, 350],
    cv=5,
)
print(curve)

# %%
# A line is the mean over five folds, a band one standard deviation. From the dotted line on there
# are as many parameters as training rows, so a tree may learn all of them by heart.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
CapacityCurveDisplay(curve).plot(ax)
plt.show()

# %%
# The curve is also a frame, with a row for each fit:

curve.to_frame().head(3)
