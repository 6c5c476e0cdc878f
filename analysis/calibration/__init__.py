"""Calibration: which values of the parameters agree with the patterns that are fitted, as a weighted sample.

prior   what the evidence allows: one prior for each parameter, and which patterns may inform it
fit     ABC-SMC with pyabc: sample, simulate, compare; goes on after a kill
sample  the weighted sample as a Parquet file and its manifest
report  prior against posterior, tensions between patterns, predictions: tables
draw    the same as figures
"""
