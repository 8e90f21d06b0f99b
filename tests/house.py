"""The rules of the house, as functions from a source file to the sentences of what is wrong with it.

Standard library only. `test_house.py` applies them to the tree and shows that each of them can fail.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "sharemeal"
LONGEST_FILE_LINES = 300

# A room may import from its own floor and from below. Whatever is not named here is a noun.
FLOORS = {
    "": 6,  # sharemeal/__init__.py: create_app
    **dict.fromkeys(("web", "jobs", "cli"), 5),
    **dict.fromkeys(("config", "clock", "instance"), 4),
    **dict.fromkeys(("actions", "demo"), 3),
    **dict.fromkeys(("store", "outside", "papers"), 2),
    **dict.fromkeys(("matching", "routing"), 1),
}
NOUNS = 0

# Which rooms may import a library; a room named here includes everything inside it.
ROOMS_OF_LIBRARY = {
    "ortools": ("matching", "routing.solvers"),
    "numba": ("matching", "routing.solvers"),
    "pyvrp": ("routing.solvers",),
    "sqlalchemy": ("store", "actions", "demo"),
    "alembic": ("store",),
    "psycopg": ("store",),
    "cryptography": ("store", "instance"),
    "argon2": ("store", "web"),
    "flask": ("web", "cli", ""),
    "flask_babel": ("web", ""),
    "flask_limiter": ("web", ""),
    "flask_security": ("web", ""),
    "flask_wtf": ("web", ""),
    "wtforms": ("web",),
    "jinja2": ("web", "papers"),
    "werkzeug": ("web", "cli", ""),
    "waitress": ("cli",),
    "click": ("cli",),
    "rich": ("cli",),
    "apscheduler": ("jobs",),
    "twilio": ("outside", "web.twilio"),
    "openpyxl": ("papers",),
    "prometheus_client": ("web",),
    "segno": ("web", "papers"),
    "typst": ("papers",),
    "http.client": ("outside",),
    "requests": ("outside",),
    "smtplib": ("outside",),
    "socket": ("outside", "cli", "jobs"),
    "urllib.request": ("outside",),
}
VAGUE_NAMES = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
CLOCK_READERS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}
ROUTE_DECORATORS = {"route", "get", "post", "put", "patch", "delete"}
ACCESS_DECORATORS = {"allow", "allow_everybody"}
MACHINE_PATH = re.compile(r"(?:^|[\s\"'`=(:])(?:/(?:work|tmp|home|root)\b|(?:\.\./)+shared\b)", re.MULTILINE)
UNFINISHED = re.compile(r"#.*\b(?:TO[D]O|FIX[M]E|XX[X])\b")


@dataclass(frozen=True)
class Source:
    """One Python file: its dotted module name and its text."""

    module: str
    text: str

    @classmethod
    def read(cls, path: Path) -> "Source":
        """The file at `path`, named by its place in the repository."""
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        return cls(".".join(parts), path.read_text("utf-8"))

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text)

    @property
    def inside(self) -> str:
        """The module's name inside the package, "" for the package itself."""
        return self.module.removeprefix(PACKAGE).removeprefix(".")

    @property
    def room(self) -> str:
        """The first part of the name inside the package: `store` for sharemeal.store.base."""
        return self.inside.partition(".")[0]


def package_sources() -> list[Source]:
    """Every Python file of the product."""
    return [Source.read(path) for path in sorted((ROOT / PACKAGE).rglob("*.py"))]


def test_sources() -> list[Source]:
    """Every Python file of the tests."""
    return [Source.read(path) for path in sorted((ROOT / "tests").rglob("*.py"))]


def for_types_only(source: Source) -> set[ast.AST]:
    """What stands under `if TYPE_CHECKING:` and so never runs."""
    guards = (node for node in ast.walk(source.tree) if isinstance(node, ast.If))
    types = [guard for guard in guards if ast.unparse(guard.test).endswith("TYPE_CHECKING")]
    return {node for guard in types for statement in guard.body for node in ast.walk(statement)}


def imported(source: Source, *, types_too: bool = True) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each import; for `from a import b` both a and a.b."""
    passed_over = set() if types_too else for_types_only(source)
    for node in ast.walk(source.tree):
        if node in passed_over:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                stem = source.module.split(".")[: -node.level]
                base = ".".join([*stem, base]).rstrip(".")
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def rooms_imported(source: Source, rooms: set[str]) -> Iterator[tuple[int, str]]:
    """Line and room of each import from the package itself; "" when create_app's own file is meant."""
    for line, name in imported(source):
        if name == PACKAGE:
            continue
        if name.startswith(f"{PACKAGE}."):
            room = name.split(".")[1]
            yield line, room if room in rooms else ""


def floor(room: str) -> int:
    """How high a room lies."""
    return FLOORS.get(room, NOUNS)


def upward_imports(source: Source, rooms: set[str]) -> Iterator[str]:
    """Imports only go downwards."""
    for line, room in rooms_imported(source, rooms):
        may_create_app = room == "" and source.room == "cli"
        if floor(room) > floor(source.room) and not may_create_app:
            yield f"{source.module}:{line} imports {room or 'create_app'}, which lies above it"


def misplaced_libraries(source: Source) -> Iterator[str]:
    """Each library stays in its rooms; its types may be named anywhere, under `if TYPE_CHECKING:`."""
    names = list(imported(source, types_too=False))
    for library, rooms in ROOMS_OF_LIBRARY.items():
        for line in sorted({line for line, name in names if f"{name}.".startswith(f"{library}.")}):
            if not any(
                source.inside == room or (room and source.inside.startswith(f"{room}.")) for room in rooms
            ):
                yield f"{source.module}:{line} imports {library}, which belongs to {', '.join(rooms)}"


def circles(sources: Iterable[Source]) -> Iterator[str]:
    """No two modules at the top of the package (a noun, or a room as a whole) need each other."""
    sources = list(sources)
    rooms = {source.room for source in sources if source.room}
    needs: dict[str, set[str]] = {room: set() for room in rooms}
    for source in sources:
        if source.room:
            found = {room for _, room in rooms_imported(source, rooms)}
            needs[source.room] |= found - {source.room, ""}
    while free := {room for room, below in needs.items() if not below & needs.keys()}:
        needs = {room: below for room, below in needs.items() if room not in free}
    if needs:
        yield f"these import each other in a circle: {', '.join(sorted(needs))}"


def clock_readings(source: Source) -> Iterator[str]:
    """Only clock.py reads the clock."""
    if source.inside == "clock":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value).rpartition(".")[2]
            if (owner, node.func.attr) in CLOCK_READERS:
                yield f"{source.module}:{node.lineno} reads the clock; take `now` as an argument"


def undeclared_routes(source: Source) -> Iterator[str]:
    """Every page says who may open it."""
    if source.room != "web":
        return
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        calls = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
        names = {call.attr if isinstance(call, ast.Attribute) else ast.unparse(call) for call in calls}
        if names & ROUTE_DECORATORS and not names & ACCESS_DECORATORS:
            yield f"{source.module}:{node.lineno} {node.name} does not say who may open it"


def commits(source: Source) -> Iterator[str]:
    """Only actions commit, through the store's base."""
    if source.room == "actions" or source.inside == "store.base":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            yield f"{source.module}:{node.lineno} commits; only actions do"


def prints(source: Source) -> Iterator[str]:
    """Only the command line prints."""
    if source.room == "cli":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"{source.module}:{node.lineno} prints; only the command line does"


def vague_names(source: Source) -> Iterator[str]:
    """A module is named for what it is about."""
    for part in source.module.split("."):
        if VAGUE_NAMES & set(part.split("_")):
            yield f"{source.module} has a name that could mean anything"


def missing_docstring(source: Source) -> Iterator[str]:
    """Every module says what it is about."""
    if source.text.strip() and not ast.get_docstring(source.tree):
        yield f"{source.module} does not say what it is about"


def too_long(source: Source) -> Iterator[str]:
    """At 300 lines look for the second noun inside."""
    lines = len(source.text.splitlines())
    if lines > LONGEST_FILE_LINES:
        yield f"{source.module} has {lines} lines; {LONGEST_FILE_LINES} are the most"


def machine_paths(source: Source) -> Iterator[str]:
    """Nothing depends on the folders of one machine."""
    for match in MACHINE_PATH.finditer(source.text):
        line = source.text.count("\n", 0, match.start()) + 1
        yield f"{source.module}:{line} names a path of one machine: {match.group().strip()}"


def unfinished(source: Source) -> Iterator[str]:
    """No note to oneself stays in the tree."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if UNFINISHED.search(line):
            yield f"{source.module}:{number} is not finished"


def timeless_actions(source: Source) -> Iterator[str]:
    """Each action module has a deed, and the deed is told when it happens."""
    if source.room != "actions" or source.inside == "actions":
        return
    functions = [
        node for node in source.tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"
    ]
    if functions and not any(
        argument.arg == "now"
        for function in functions
        for argument in (*function.args.args, *function.args.kwonlyargs)
    ):
        yield f"{source.module} has no function that takes `now`"
