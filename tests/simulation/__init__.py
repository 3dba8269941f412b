"""A fictional network of sources that lives and fails for weeks, with the truth about both: the long test of the flows.

`python -m tests.simulation --help` runs it by hand.
"""
