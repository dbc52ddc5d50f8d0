"""
Three components of the wines are more than noise
=================================================

:class:`~skparams.PCA` has rules for the number of components. The scree plot shows the
eigenvalues beside those of noise.

The guide says more: :doc:`/guide/explain_components`.
"""

# %%
# 178 wines have 13 measurements each. ``scale=True`` divides each by its standard deviation.

import matplotlib.pyplot as plt
from sklearn.datasets import load_wine

from skparams import PCA, ScreeDisplay

X, y = load_wine(return_X_y=True, as_frame=True)
pca = PCA("parallel", scale=True, random_state=0).fit(X)
print(pca.n_components_, "components, with the eigenvalues", pca.eigenvalues_.round(2))

# %%
# ``component_table`` applies all rules. A number such as 0.9 is the explained share of the
# variance that is wanted.

pca.component_table(X)

# %%
# Dark bars are the components that are kept. The gray band is what independent measurements would
# give by chance.

fig, ax = plt.subplots(figsize=(4.8, 3.4), layout="constrained")
ScreeDisplay.from_estimator(pca, X, ax=ax)
ax.set_title(f"{pca.n_components_} components are above noise", loc="left")
plt.show()
