"""rules in tests.

What an embedding system's own tests use. Nothing of it is imported by the library itself.
"""
