"""A spider whose run is gone to a spider that ends: nobody would read what it crawls, and a next run may ask again."""

import os
import signal
import threading
import time

_LOOK_S = 1.0
_GRACE_S = 5.0
"""A spider that is told to end first waits for the answers under way; a silent site would hold it half a minute."""


def end_with_parent(parent: int) -> None:
    """End this process once its parent is no longer the process `parent`."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_S)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE_S)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
