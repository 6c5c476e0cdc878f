"""The command line: one command a file.  Heavy imports wait until a command runs, so that --help answers at once."""
