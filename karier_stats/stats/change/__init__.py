"""Did scores change, and by how much more than elsewhere?"""
