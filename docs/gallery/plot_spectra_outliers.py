"""
A PCA finds two kinds of odd spectra
====================================

Some spectra have an extreme amount of what all contain, others contain something new.
:func:`~skparams.explain` tells the two apart, and says where in the spectrum the difference is.

The guide says more: :doc:`/guide/explain_outliers`.
"""

# %%
# 120 spectra of mixtures of two substances, generated with noise. Row 0 has more of a substance
# than any other, and row 1 has a band at 720 nm that no other has.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skparams import PCA, OutlierDisplay, explain

rng = np.random.default_rng(0)
wavelengths = np.arange(400, 800, 5)


def band(center, width):
    return np.exp(-(((wavelengths - center) / width) ** 2))


substances = np.array([band(480, 30) + 0.5 * band(620, 40), band(550, 50)])
amounts = rng.normal(1, 0.1, (120, 2))
amounts[0] = 1, 1.6
spectra = amounts @ substances + rng.normal(0, 0.01, (120, wavelengths.size))
spectra[1] += 0.08 * band(720, 12)
X = pd.DataFrame(spectra, columns=[f"{each} nm" for each in wavelengths])

# %%
# The new band is smaller than the differences between normal spectra:

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
ax.plot(wavelengths, spectra[2:].T, color="0.8", linewidth=0.5)
for row, color in enumerate(["#D55E00", "#0072B2"]):
    ax.plot(wavelengths, spectra[row], color=color)
ax.text(590, 1.5, "row 0", color="#D55E00")
ax.text(720, 0.15, "row 1", color="#0072B2", ha="center")
ax.set_title(f"Two of {len(X)} spectra are odd", loc="left")
ax.set(xlabel="wavelength (nm)", ylabel="absorbance")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# T² is the distance from the mean along the components, SPE what the components do not describe.
# The last column names the wavelengths that contribute most.

pca = PCA(2).fit(X)
print(explain(pca, X).outliers(alpha=0.001))

# %%
# The dashed lines are the limits, beyond which one in a thousand normal spectra lies.

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
OutlierDisplay.from_estimator(pca, X, alpha=0.001, ax=ax)
plt.show()

# sphinx_gallery_thumbnail_number = 2
