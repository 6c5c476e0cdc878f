"""The numbers and why we believe them: quantities with unit, range, source and mark, and the sources themselves."""
