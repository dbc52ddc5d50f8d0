"""
Fewer parameters score about as well as the best
================================================

:func:`~skparams.fewest_params` makes a search choose the smallest model within one standard error
of the best score.

The guide says more: :doc:`/guide/compare_fewest`.
"""

# %%
# How many principal components does a discriminant analysis of handwritten digits need? Pass the
# rule as ``refit``, and the search fits the setting that it chooses.

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skparams import PCA, ParetoDisplay, fewest_params, params_frame

X, y = load_digits(return_X_y=True)
model = make_pipeline(PCA(random_state=0), QuadraticDiscriminantAnalysis(reg_param=0.1))
grid = {"pca__n_components": [8, 12, 16, 20, 24, 32]}
search = GridSearchCV(model, grid, refit=fewest_params(model, X, y)).fit(X, y)
search.best_params_

# %%
# :func:`~skparams.params_frame` shows the parameters of each setting beside its score:

columns = ["param_pca__n_components", "mean_test_score", "n_params_free", "pareto", "chosen"]
params_frame(search)[columns].round(3)

# %%
# The dashed line is one standard error below the best. The blue line is the Pareto front: no
# other setting has a higher score and no more parameters.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
ParetoDisplay.from_search(search, ax=ax)
plt.show()
