"""
The network holds most of what this pipeline learned
====================================================

:func:`~skparams.summary` shows what you chose, what the model learned, and what to look at. Its
figure shows where the learned parameters are.

The guide says more: :doc:`/guide/look`.
"""

# %%
# A pipeline of three steps, fitted to images of handwritten digits. All three are of
# scikit-learn, as a summary needs no classes of skparams:

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import summary

X, y = load_digits(return_X_y=True, as_frame=True)
network = MLPClassifier((64, 32), alpha=0.01, random_state=0)
model = make_pipeline(StandardScaler(), PCA(20), network).fit(X, y)

# %%
# The summary is text in a console, and a page in a notebook. With X it also says whether there
# are too many parameters for so few rows, and whether hidden units are dead.

found = summary(model, X)
found

# %%
# Each block of the figure is as wide as its number of parameters: the steps of the pipeline
# above, and below them their arrays. The title names the step that has the most.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
found.plot(ax)
plt.show()

# %%
# The frame has the same numbers, one row for each array. These three arrays are the largest:

frame = found.to_frame()
frame[frame["role"] == "parameter"].nlargest(3, "count")[["path", "shape", "count", "bytes"]]
