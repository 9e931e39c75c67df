"""the flk command.

One file a subcommand; Typer and Rich are imported here and nowhere else.
"""
