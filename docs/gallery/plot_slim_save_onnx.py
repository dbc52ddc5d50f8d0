"""
Most of a saved search is not needed to predict
===============================================

A pickled search holds scores, training state and more. :func:`~skparams.slim`,
:func:`~skparams.save_params` and :func:`~skparams.to_onnx` keep what predictions need.

The guide says more: :doc:`/guide/keep`.
"""

# %%
# Search the penalty of a network for handwritten digits:

import pickle
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import MLPClassifier, load_params, save_params, slim, to_onnx

X, y = load_digits(return_X_y=True)
network = MLPClassifier((64, 32), early_stopping=True, random_state=0)
grid = {"mlpclassifier__alpha": [0.001, 0.1]}
search = GridSearchCV(make_pipeline(StandardScaler(), network), grid, cv=3).fit(X, y)

# %%
# ``slim`` returns a copy that predicts the same, bit for bit. It checks that on X.

model, report = slim(search.best_estimator_, X, return_report=True)
print(report)

# %%
# ``save_params`` writes a file that runs no code when it is loaded, and ``to_onnx`` makes a graph
# that predicts without Python.

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "digits.safetensors"
    save_params(model, path)
    loaded = load_params(path)
    saved = path.stat().st_size
graph = to_onnx(model, X)
print("same bits:", np.array_equal(loaded.predict_proba(X), search.predict_proba(X)))

# %%
# Nearly all of what is left is the weights themselves.

sizes = {
    "search, pickled": len(pickle.dumps(search)),
    "best model, pickled": len(pickle.dumps(search.best_estimator_)),
    "slim model, pickled": len(pickle.dumps(model)),
    "saved parameters": saved,
    "ONNX graph": graph.ByteSize(),
}
names = list(sizes)[::-1]
ratio = sizes["search, pickled"] / saved
fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
bars = ax.barh(names, [sizes[name] / 1000 for name in names], color="#0072B2")
ax.bar_label(bars, fmt="{:.0f} kB", padding=4)
ax.set_xlim(0, 1.25 * max(sizes.values()) / 1000)
fig.suptitle(f"The saved model has 1 / {ratio:.0f} of the bytes", x=0.02, ha="left")
ax.set_xticks([])
ax.spines[:].set_visible(False)
ax.tick_params(length=0)
plt.show()
