"""Numbers: one file per public verb, array numerics under them."""
