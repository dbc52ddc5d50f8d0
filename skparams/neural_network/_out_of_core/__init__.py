"""Training on samples that come in blocks. ``__init__.pyi`` lists the names for others."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
