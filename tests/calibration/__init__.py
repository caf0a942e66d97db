"""Simulation with a known truth: do intervals cover it, and do tests keep their level?

``python -m tests.calibration`` (``make calibration``) runs the long form and writes ``results.csv``;
``tests/test_calibration.py`` runs the short one. A *cell* is one way of making data; in each cell
*methods* of the library are held against *bounds*, and wrong methods are run as *controls* that must fail.
"""
