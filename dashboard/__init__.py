"""The dashboard: move a lever, see two futures at once.  It draws what analysis/ says and computes nothing itself."""
