"""Who watches a server: streams that end when the server stops, so that it does not wait for them."""

from ...world import World


class Watchers:
    """Those of one world; they last, `world.lasting(Watchers)`."""

    def __init__(self, world: World) -> None:
        self.count = 0
        self.stopping = False  # all are to leave
