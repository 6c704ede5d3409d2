"""What stands in the way of a copy, a move or a restoring. Nothing has been changed where one of these is raised."""

from __future__ import annotations

from bot.errors import BotError, WrongUsage


class OpsError(BotError):
    """A deployment's data could not be copied, moved or restored."""


class NotSqlite(OpsError):
    """What works on a file was asked of PostgreSQL."""

    text_id = "staff.ops.not-sqlite"


class WrongWay(WrongUsage):
    """A move leads from SQLite to PostgreSQL and no other way."""

    text_id = "staff.ops.wrong-way"


class NowhereToPut(WrongUsage):
    """Neither the command nor the settings say where backups go."""

    text_id = "staff.ops.no-folder"


class NoDatabase(OpsError):
    """There is no such file."""

    text_id = "staff.ops.no-database"


class AlreadyThere(OpsError):
    """There is something at the place already."""

    text_id = "staff.ops.already-there"


class InUse(OpsError):
    """Somebody else has the database open, most likely a bot that runs."""

    text_id = "staff.ops.in-use"


class Damaged(OpsError):
    """The file is no database, or one that is damaged."""

    text_id = "staff.ops.damaged"


class UnknownSchema(OpsError):
    """The database was made by another program, or by a newer version of this one."""

    text_id = "staff.ops.unknown-schema"


class KeysMissing(OpsError):
    """There is no key file, and a new one would open nothing."""

    text_id = "staff.ops.keys-missing"


class KeysDoNotFit(OpsError):
    """The key file does not open what is sealed in the database."""

    text_id = "staff.ops.keys-do-not-fit"


class NotEmpty(OpsError):
    """The database to move to has tables."""

    text_id = "staff.ops.not-empty"


class NotPorted(OpsError):
    """PostgreSQL refused rows of a table."""

    text_id = "staff.ops.not-ported"


class Differs(OpsError):
    """After the move, tables are not the same on both sides."""

    text_id = "staff.ops.differs"


class ToolMissing(OpsError):
    """A tool of PostgreSQL is not on PATH."""

    text_id = "staff.ops.tool-missing"


class ToolFailed(OpsError):
    """A tool of PostgreSQL ended with a fault."""

    text_id = "staff.ops.tool-failed"


class NotAllowed(OpsError):
    """PostgreSQL does not let the bot's user do this."""

    text_id = "staff.ops.not-allowed"


class ErasuresUnreadable(OpsError):
    """The file that says who was erased is there and cannot be read."""

    text_id = "staff.ops.erasures-unreadable"


class ErasuresLost(OpsError):
    """The file that says who was erased is not there, or was begun after the copy was made."""

    text_id = "staff.ops.erasures-lost"


class CopyTooOld(OpsError):
    """The copy is older than anything that is kept of who was erased."""

    text_id = "staff.ops.copy-too-old"
