"""Nothing exists that nobody has thought about: each stored field and each edge route is declared."""

import importlib
import inspect
import re
import tomllib
from pathlib import Path

import pytest
from tortoise.models import Model

ROOT = Path(__file__).parents[2]
STORES = [
    ("server.storage.rows", "server/storage/register.toml", r"inside|constant|released\([\w.]+\)(: .+)?"),
    ("federation.outside.rows", "federation/outside/register.toml", r"kept|received|released\([\w.]+\)(: .+)?"),
]


def fields_of(rows: str) -> dict[str, set[str]]:
    module = importlib.import_module(rows)
    models = [
        row for _, row in inspect.getmembers(module, inspect.isclass) if issubclass(row, Model) and row is not Model
    ]
    return {str(model._meta.db_table): set(model._meta.fields_map) for model in models}


@pytest.mark.parametrize(("rows", "register", "words"), STORES)
def test_every_field_says_whether_it_may_leave(rows: str, register: str, words: str) -> None:
    declared = tomllib.loads((ROOT / register).read_text("utf-8"))
    assert {table: set(fields) for table, fields in declared.items()} == fields_of(rows), (
        f"Declare each new field in {register}: may it leave, and by which function of the gate?"
    )


@pytest.mark.parametrize(("rows", "register", "words"), STORES)
def test_every_declaration_uses_the_registers_words(rows: str, register: str, words: str) -> None:
    declared = tomllib.loads((ROOT / register).read_text("utf-8"))
    odd = {
        f"{table}.{name}": said
        for table, fields in declared.items()
        for name, said in fields.items()
        if not re.fullmatch(words, said)
    }
    assert not odd


@pytest.mark.parametrize(("rows", "register", "words"), STORES)
def test_a_release_names_code_that_exists(rows: str, register: str, words: str) -> None:
    declared = tomllib.loads((ROOT / register).read_text("utf-8"))
    named = {
        found
        for fields in declared.values()
        for said in fields.values()
        for found in re.findall(r"released\(([\w.]+)\)", said)
    }
    assert not {name for name in named if not names_code(name)}


def names_code(name: str) -> bool:
    for package in ("federation", "server"):
        parts = name.split(".")
        for cut in range(len(parts), 0, -1):
            try:
                found: object = importlib.import_module(".".join([package, *parts[:cut]]))
            except ModuleNotFoundError:
                continue
            for part in parts[cut:]:
                found = getattr(found, part, None)
            if found is not None:
                return True
    return False


def test_the_edge_serves_no_route_outside_its_table() -> None:
    from aiohttp import web

    from federation.edge.routes import ROUTES, add_routes

    app = web.Application()
    add_routes(app)
    served = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    plain = {(route.method, re.sub(r":\[0-9a-f\]\{32\}", "", route.path)) for route in ROUTES}
    heads = {("HEAD", path) for method, path in plain if method == "GET"}
    assert served == plain | heads
