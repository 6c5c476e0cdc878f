"""How fast and how large the model is.  Not part of the tests: figures belong to a machine and a moment."""
