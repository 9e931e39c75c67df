"""values without behaviour.

Floor 0: frozen attrs classes that every other room reads and none of them changes.
"""
