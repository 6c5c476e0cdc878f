"""Studies: sweeps that survive, scale out, and end in findings.  One file says what varies; one folder holds it all."""
