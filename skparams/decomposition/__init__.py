"""Principal components."""

from skparams.decomposition._pca import PCA

__all__ = ["PCA"]
