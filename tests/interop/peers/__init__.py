"""The peers that the journeys know, in the order in which they are played."""

from tests.interop.peers.base import Peer
from tests.interop.peers.cattle_grid import CattleGrid
from tests.interop.peers.fedify import Fedify
from tests.interop.peers.gotosocial import GoToSocial
from tests.interop.peers.nodebb import NodeBB
from tests.interop.peers.piefed import PieFed
from tests.interop.peers.snac import Snac
from tests.interop.peers.takahe import Takahe

PEERS: tuple[type[Peer], ...] = (Snac, GoToSocial, NodeBB, PieFed, Fedify, Takahe, CattleGrid)

__all__ = ["PEERS", "Peer"]
