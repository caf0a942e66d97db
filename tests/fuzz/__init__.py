"""Byte inputs for the readers: damaged office files by the million, each made from its number alone."""
