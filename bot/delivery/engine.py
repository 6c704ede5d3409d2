"""Opens the engine of many machines, which one machine neither needs nor pays for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from bot.errors import ClusterMissing, NeedsPostgres
from bot.store.engine import is_postgres

if TYPE_CHECKING:
    from bot.delivery.cluster import Cluster


def cluster_on(url: str) -> Cluster:
    """The cluster over a database, not yet connected. Raises NeedsPostgres and ClusterMissing."""
    if not is_postgres(url):
        raise NeedsPostgres
    try:
        found = importlib.import_module("bot.delivery.cluster")
    except ModuleNotFoundError as error:
        raise ClusterMissing(library=error.name) from error
    return cast("type[Cluster]", found.Cluster)(url)
