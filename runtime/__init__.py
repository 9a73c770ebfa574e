"""The top of Chyrak: command line, clock, supervisor, one thin stage file a hop, the demo town.

May import everything; nobody may import it.
"""
