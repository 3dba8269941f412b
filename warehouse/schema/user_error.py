"""What every room calls a mistake of the user, so that the command line knows one from a bug."""


class UserError(ValueError):
    """What the user gave cannot be used: one line that says what, where, which value, what to do; exit status 2."""
