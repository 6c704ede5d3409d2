"""Our organisations in the words of Open Referral UK (HSDS-UK 3.0), for councils and directories to read. Pure."""

from knowledge.open_referral.asking import ServiceFilter, TermFilter, page_of, services_like, terms_like, with_words
from knowledge.open_referral.feed import Feed, feed_of, with_services
from knowledge.open_referral.values import Json, basic, minimal

__all__ = [
    "Feed",
    "Json",
    "ServiceFilter",
    "TermFilter",
    "basic",
    "feed_of",
    "minimal",
    "page_of",
    "services_like",
    "terms_like",
    "with_services",
    "with_words",
]
