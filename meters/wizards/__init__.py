"""Installing, removing and exchanging a meter, step by step."""

from meters.wizards.deed import Deed
from meters.wizards.exchange import Exchange
from meters.wizards.install import Install
from meters.wizards.remove import Remove

DEEDS: dict[str, type[Deed]] = {"install": Install, "remove": Remove, "exchange": Exchange}

__all__ = ["DEEDS", "Deed", "Exchange", "Install", "Remove"]
