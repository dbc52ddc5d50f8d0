"""Records as text and as HTML. It knows records only, neither estimators nor arrays."""
