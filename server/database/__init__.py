"""The engine under both stores: SQLite, tortoise rows, group commit, readers that never wait.

    database = await Database.open(path, "server.storage.rows", migrations="server.storage.migrations")
    async with database.transaction() as transaction:
        await JamRow.create(slug="hello")                 # tortoise, through the writing connection
        await transaction.execute("UPDATE …", (…,))        # raw SQL, in the same transaction
        transaction.after_commit(wake)                     # once it is on the disk
    with database.use():
        jam = await JamRow.get(slug="hello")               # committed data, through a reading connection
    rows = await database.fetch("SELECT … WHERE slug = ?", ("hello",))
    await database.close()

How to make a migration: see `server.database.migration`.
"""

from server.database.connection import Parameters, Record
from server.database.database import Database
from server.database.errors import (
    CannotOpen,
    CommitFailed,
    ConstraintBroken,
    CorruptStore,
    DatabaseError,
    MigrationFailed,
    NewerSchema,
    StatementFailed,
    StoreBusy,
    StoreClosed,
    TransactionOver,
    UnwritableHome,
    WriteOutsideTransaction,
)
from server.database.transaction import Transaction
from server.database.view import Readable, View

__all__ = [
    "CannotOpen",
    "CommitFailed",
    "ConstraintBroken",
    "CorruptStore",
    "Database",
    "DatabaseError",
    "MigrationFailed",
    "NewerSchema",
    "Parameters",
    "Readable",
    "Record",
    "StatementFailed",
    "StoreBusy",
    "StoreClosed",
    "Transaction",
    "TransactionOver",
    "UnwritableHome",
    "View",
    "WriteOutsideTransaction",
]
