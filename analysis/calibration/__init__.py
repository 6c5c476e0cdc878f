"""Fitting parameters to published patterns, step by step (`unfreeze calibrate`).

prior      what the evidence allows before any pattern is looked at; the numbers to come close to
block      what is fitted together
studies    the studies of the patterns, in smaller systems
draws      candidates, each with all that its studies count, in files; workers: the processes that run them
learnable  which parameters synthetic data could teach
emulator   a regression in place of the studies; matching: where patterns can be met, and which contradict
chains     draws from the posterior that an emulator gives; weighing: lived once more, and weighed
posterior  a network that reads parameters from numbers: a second opinion
arrays     records of arrays as files
coverage   how often a posterior of synthetic data holds the truth
sample     the weighted sample of all blocks
steps      the steps on one folder; report, draw: tables and figures
"""
