"""Principal components."""

from skparams.decomposition._pca import PCA
from skparams.decomposition._rotation import RotatedPCA

__all__ = ["PCA", "RotatedPCA"]
