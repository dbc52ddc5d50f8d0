"""
Beyond some number of parameters a model only gets worse
========================================================

:func:`~skparams.capacity_curve` fits a model in several sizes, and shows the scores of training
and validation rows by the number of learned parameters.
"""

# %%
# A network predicts the progress of diabetes from ten features, with 1 to 32 hidden units and
# without regularization. L-BFGS is stopped after 100 iterations, and its warnings are left out.

import warnings

import matplotlib.pyplot as plt
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import CapacityCurveDisplay, MLPRegressor, capacity_curve

X, y = load_diabetes(return_X_y=True)
y = (y - y.mean()) / y.std()
network = MLPRegressor(solver="lbfgs", alpha=0, max_iter=100, random_state=0)
model = make_pipeline(StandardScaler(), network)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", ConvergenceWarning)
    curve = capacity_curve(
        model,
        X,
        y,
        param_name="mlpregressor__hidden_layer_sizes",
        param_range=[1, 2, 4, 8, 16, 32],
        cv=KFold(3, shuffle=True, random_state=0),
    )
print(curve)

# %%
# A line is the mean over three folds, a band one standard deviation. From the dotted line on there
# are as many parameters as training rows, so the network may fit all of them.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
CapacityCurveDisplay(curve).plot(ax)
plt.show()

# %%
# The curve is also a frame, with a row for each fit:

curve.to_frame().head(3)
