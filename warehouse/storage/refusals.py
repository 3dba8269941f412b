"""What a disk or an object store refuses, to one line for the user; what the world does to it stays an OSError."""

import contextlib
import errno
from collections.abc import Iterator

from warehouse.schema import UserError

_USER_ERRORS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP}
_USER_SIGNS = ("ACCESS_DENIED", "NO_SUCH_BUCKET", "NoSuchBucket", "AccessDenied", "InvalidAccessKeyId")
"""Errors of S3 have no errno: a missing bucket or refused key is the user's, the rest the world's."""


class WarehouseUnusable(UserError):
    """The warehouse cannot be used as it was given: one line for the user, exit status 2."""


@contextlib.contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn what is refused while the block runs into WarehouseUnusable that names `what`."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        refused = error.errno in _USER_ERRORS or isinstance(error, FileExistsError)
        if refused or any(sign in str(error) for sign in _USER_SIGNS):
            raise WarehouseUnusable(f"{what}: {in_one_line(error)}") from error
        raise


def in_one_line(error: BaseException) -> str:
    """Return what the error says, at most 200 characters."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return " ".join(text.split())[:200]
