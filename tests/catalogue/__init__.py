"""The catalogue of bad inputs: 118 of them, each made from nothing and brought to the real door."""
