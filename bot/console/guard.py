"""Who may open which page: one table. A page that is in neither list is nobody's.

A new page takes one line in PAGES, and one in MENU if people should find it there. Paths are below /staff; what stands
in braces is a part of the address that varies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from handlers.office import Role

EVERYBODY: frozenset[Role] = frozenset(get_args(Role))
COORDINATORS: frozenset[Role] = frozenset({"coordinator", "admin"})
EDITORS: frozenset[Role] = EVERYBODY - {"officer"}
APPROVERS: frozenset[Role] = EDITORS - {"editor"}
VISITORS: frozenset[Role] = COORDINATORS | {"officer"}
ADMINS: frozenset[Role] = frozenset({"admin"})

OPEN = frozenset(
    {
        "/sign-in",
        "/sign-in/code",
        "/sign-in/invitation",
        "/sign-in/telegram",
        "/sign-in/passkey",
        "/sign-in/passkey/options",
        "/link/{code}",
    }
)
"""Pages for whoever is not signed in."""

PAGES: Mapping[str, frozenset[Role]] = {
    "/": EVERYBODY,
    "/sign-out": EVERYBODY,
    "/settings": EVERYBODY,
    "/settings/devices/{number}": EVERYBODY,
    "/settings/passkeys": EVERYBODY,
    "/settings/passkeys/options": EVERYBODY,
    "/settings/passkeys/{number}": EVERYBODY,
    "/organisations": EVERYBODY,
    "/organisations/new": EVERYBODY,
    "/organisations/{slug}": EVERYBODY,
    "/organisations/{slug}/notices": EVERYBODY,
    "/organisations/{slug}/notices/{number}": EVERYBODY,
    "/organisations/{slug}/reports/{number}": EVERYBODY,
    "/organisations/{slug}/suggestions/{number}": EDITORS,
    "/organisations/{slug}/retirement": EVERYBODY,
    "/organisations/{slug}/return": EVERYBODY,
    "/checks": EVERYBODY,
    "/checks/{slug}": EVERYBODY,
    "/checks/{slug}/versions/{number}": EVERYBODY,
    "/answers": EVERYBODY,
    "/answers/new": EVERYBODY,
    "/answers/{topic}/{name}": EVERYBODY,
    "/answers/{topic}/{name}/notices": EDITORS,
    "/answers/{topic}/{name}/notices/{number}": EDITORS,
    "/answers/{topic}/{name}/retirement": EVERYBODY,
    "/answers/{topic}/{name}/versions": EVERYBODY,
    "/answers/{topic}/{name}/versions/{number}": EVERYBODY,
    "/answers/{topic}/{name}/drafts/{number}": EVERYBODY,
    "/answers/{topic}/{name}/drafts/{number}/submit": EVERYBODY,
    "/answers/{topic}/{name}/drafts/{number}/discard": EVERYBODY,
    "/answers/{topic}/{name}/drafts/{number}/publish": EDITORS,
    "/answers/{topic}/{name}/drafts/{number}/approve": APPROVERS,
    "/answers/{topic}/{name}/drafts/{number}/sending-back": APPROVERS,
    "/missed": EVERYBODY,
    "/missed/{number}/phrasing": EVERYBODY,
    "/missed/{number}/new": EVERYBODY,
    "/missed/{number}/not-ours": EVERYBODY,
    "/reviews": EVERYBODY,
    "/reviews/{topic}/{name}": EVERYBODY,
    "/reviews/{topic}/{name}/keepers": EDITORS,
    "/insight": EVERYBODY,
    "/insight/report": EVERYBODY,
    "/waiting": VISITORS,
    "/waiting/{number}": VISITORS,
    "/waiting/{number}/taking": VISITORS,
    "/waiting/{number}/closing": VISITORS,
    "/import": EDITORS,
    "/import/plan": EDITORS,
    "/import/done": EDITORS,
    "/import/folder.zip": EDITORS,
    "/import/sheets/{name}": EDITORS,
    "/import/templates/{name}": EDITORS,
    "/posters": EDITORS,
    "/posters/{code}/ending": EDITORS,
    "/posters/{code}/sheets/{name}": EDITORS,
    "/campaigns": EDITORS,
    "/campaigns/{number}": EDITORS,
    "/campaigns/{number}/submit": EDITORS,
    "/campaigns/{number}/approve": APPROVERS,
    "/campaigns/{number}/sending-back": APPROVERS,
    "/campaigns/{number}/pause": EDITORS,
    "/campaigns/{number}/going-on": APPROVERS,
    "/campaigns/{number}/stop": EDITORS,
    "/switch": COORDINATORS,
    "/audit": ADMINS,
    "/visits": VISITORS,
    "/visits/book": COORDINATORS,
    "/visits/{number}": VISITORS,
    "/visits/{number}/on-our-way": VISITORS,
    "/visits/{number}/outcome": VISITORS,
    "/visits/{number}/follow-up": VISITORS,
    "/visits/{number}/note": VISITORS,
    "/visits/{number}/safeguarding": VISITORS,
    "/visits/{number}/refer": VISITORS,
    "/visits/{number}/swap": COORDINATORS,
    "/visits/{number}/assign": COORDINATORS,
    "/visits/{number}/move": COORDINATORS,
    "/visits/{number}/cancel": COORDINATORS,
    "/ring": VISITORS,
    "/ring/{number}": VISITORS,
    "/waiting-list": COORDINATORS,
    "/rota": COORDINATORS,
    "/rota/hours": COORDINATORS,
    "/rota/hours/{number}": COORDINATORS,
    "/rota/absences": COORDINATORS,
    "/rota/absences/{number}": COORDINATORS,
    "/rota/closed": COORDINATORS,
}
MENU: Mapping[str, str] = {
    "/": "console.menu.today",
    "/visits": "console.menu.visits",
    "/ring": "console.menu.ring",
    "/waiting-list": "console.menu.waiting-list",
    "/rota": "console.menu.rota",
    "/organisations": "console.menu.organisations",
    "/answers": "console.menu.answers",
    "/checks": "console.menu.checks",
    "/missed": "console.menu.missed",
    "/reviews": "console.menu.reviews",
    "/insight": "console.menu.insight",
    "/waiting": "console.menu.waiting",
    "/campaigns": "console.menu.campaigns",
    "/import": "console.menu.import",
    "/posters": "console.menu.posters",
    "/switch": "console.menu.switch",
    "/audit": "console.menu.audit",
    "/settings": "console.menu.settings",
}
"""Pages in the menu, in order, with what they are called."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the menu. `here`: this is the page one sees."""

    path: str
    text_id: str
    here: bool


def may(role: Role, path: str) -> bool:
    """May somebody of this role open a page? `path` as it stands in the table."""
    return role in PAGES.get(path, frozenset())


def menu(role: Role, path: str) -> tuple[Item, ...]:
    """The menu of a role, seen on a page below /staff."""
    return tuple(Item(known, text_id, known == path) for known, text_id in MENU.items() if may(role, known))
