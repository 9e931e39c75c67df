"""outside to input.

What health centres export, read into the mappings that the library takes.
"""
