#!/usr/bin/env python3
"""Tests the sources as text: floors, purity of the core, shape, orphans.

usage: check_tree.py [ROOT]

Prints one line a problem, `path:line: rule: what`, and exits with 1 when there is any. Lines that
begin with `warning:` do not fail. The rules are those of docs/architecture.md; each function below
named check_* is one family of them.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

# --- the floors -----------------------------------------------------------------------------------

CORE_FLOORS = {
    "base": 0,
    "quant": 1, "model": 1,
    "book": 2, "market": 2,
    "exposure": 3,
    "target": 4, "adherence": 4, "portfolio": 4,
    "alert": 5, "control": 5,
    "engine": 6,
}
SHELL_FOLDERS = {"json", "runtime", "sim", "recal"}  # floor 7: the core and ports
ADAPTER_FAMILIES = {"feed", "sink", "exec", "venue"}  # adapters/<family>/<name> is one adapter
BESIDE_FOLDERS = {"tests", "fuzz", "bench"}  # these span floors

# --- purity of the core ---------------------------------------------------------------------------

CORE_BANNED_HEADERS = {
    "chrono": "time is data on the event",
    "ctime": "time is data on the event",
    "thread": "the core has no threads",
    "stop_token": "the core has no threads",
    "mutex": "the core has no threads",
    "shared_mutex": "the core has no threads",
    "condition_variable": "the core has no threads",
    "future": "the core has no threads",
    "semaphore": "the core has no threads",
    "latch": "the core has no threads",
    "barrier": "the core has no threads",
    "fstream": "the core does no I/O",
    "iostream": "the core does no I/O",
    "istream": "the core does no I/O",
    "ostream": "the core does no I/O",
    "sstream": "streams depend on the locale; use fmt and <charconv>",
    "iomanip": "streams depend on the locale; use fmt and <charconv>",
    "cstdio": "the core does no I/O",
    "filesystem": "the core does no I/O",
    "locale": "the core knows no locale",
    "clocale": "the core knows no locale",
    "regex": "it depends on the locale",
    "random": "its distributions differ between libraries; use base/rng.hpp",
    "unordered_map": "its order of iteration is not ours; use std::map or base/flat_map.hpp",
    "unordered_set": "its order of iteration is not ours; use std::set or a sorted vector",
    "csignal": "the core does no I/O",
    "source_location": "clang 14 cannot read it",
    "format": "g++ 12 has none; use fmt",
}
# The first of each pair is matched against code without comments and strings.
CORE_BANNED_CODE = [
    (r"\bthrow\b", "an outside failure is a Result, an inside one a contract"),
    (r"\bstd::chrono\b|\b(?:system|steady|high_resolution)_clock\b", "time is data on the event"),
    (r"(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&)", "time is data on the event"),
    (r"\b(?:gettimeofday|clock_gettime|localtime(?:_r)?|gmtime(?:_r)?)\s*\(",
     "time is data on the event"),
    (r"\bgetenv\s*\(", "parameters arrive in events, not in the environment"),
    (r"(?<![\w.>:])(?:std::|::)?s?rand\s*\(|\brandom_device\b",
     "randomness is a seed; base/rng.hpp"),
    (r"\bstd::(?:jthread|thread|async|mutex)\b|\bthread_local\b", "the core has no threads"),
    (r"\bstd::(?:cout|cerr|clog|cin)\b", "the core does no I/O"),
    (r"(?<![\w.>])(?:std::|::)?v?f?printf\s*\(|\bfmt::print\b", "the core does no I/O"),
    (r"(?<![\w.>:])(?:std::|::)?(?:fopen|fputs|puts|fwrite|fread)\s*\(", "the core does no I/O"),
    (r"\b(?:setlocale|localeconv)\s*\(|\bstd::locale\b", "the core knows no locale"),
    (r"\bstd::sto(?:i|l|ll|ul|ull|f|d|ld)\b|"
     r"(?<![\w.>])(?:std::|::)?(?:strto[dfl]\w*|ato[fil]l?)\s*\(",
     "it depends on the locale and throws or hides errors; use <charconv> or base/text.hpp"),
    (r"\bstd::unordered_", "its order of iteration is not ours"),
]
# A file may be excused from one header or pattern, with its reason.
CORE_EXCUSED = {
    # A broken contract must be able to say so before it aborts.
    "src/base/contract.cpp": {"cstdio", "fprintf"},
}
# In tests, of all floors: a test never reads today's date and is never random.
TEST_BANNED_CODE = [
    (r"\bsystem_clock\s*::\s*now\b|(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0)",
     "a test never reads today's date"),
    (r"\brandom_device\b|(?<![\w.>:])(?:std::|::)?s?rand\s*\(", "a test's randomness is seeded"),
]

# --- third-party headers --------------------------------------------------------------------------

ANYWHERE = re.compile(r"^(?:fmt/\w+\.h|tl/expected\.hpp)$")
QUANT_ONLY = re.compile(r"^(?:Eigen|lemon|ceres)/")  # slow headers: in its .cpp files only
STANDARD = re.compile(r"^[a-z_0-9]+$")
SYSTEM = re.compile(
    r"^(?:sys|netinet|arpa|linux|net)/\w+\.h$|"
    r"^(?:unistd|fcntl|signal|poll|errno|netdb|pthread|time|termios|dlfcn|sched|execinfo|features|"
    r"stdint|stdio|stdlib|string|math|limits|assert|stddef|ctype|wchar|locale|cxxabi|immintrin|"
    r"emmintrin|x86intrin)\.h$")

# --- shape ----------------------------------------------------------------------------------------

LINE_MAX, TEST_LINE_MAX = 100, 120
FILE_WARN, FILE_MAX = 500, 700
# Spelled so that this file does not match itself.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
HOST = re.compile(
    r"\b(?:registry|proxy|mirrors?|npm|pypi|index|deb|packages?)\.(?:[a-z0-9-]+\.)*"
    r"(?:org|com|net|io|dev|internal)\b")
OWN_PATH = re.compile(r"(?<![\w.$})-])/(?:home|root|work|Users)/[\w.]")
TEXT_SUFFIXES = {".cpp", ".hpp", ".py", ".cmake", ".txt", ".md", ".json", ".toml", ".sh", ".yml",
                 ".yaml", ".ts", ".tsx", ".js", ".mjs", ".css", ".html"}
TEXT_NAMES = {"dev", "run", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore"}
SKIPPED_FOLDERS = {".git", "node_modules", "__pycache__", "dist", ".cache", ".idea", ".vscode"}
SELF = {"tools/check_tree.py", "tools/check_tree_test.py"}  # they hold every bad example

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


@dataclass(frozen=True, order=True)
class Problem:
    path: str
    line: int
    rule: str
    what: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


@dataclass(frozen=True)
class Include:
    line: int
    quoted: bool
    name: str


class Source:
    """One C++ file: its lines, its code without comments and strings, its includes."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8", errors="replace")
        self.lines = self.text.splitlines()
        self.code = strip_comments_and_strings(self.text).splitlines()
        self.includes = []
        for number, (raw, code) in enumerate(zip(self.lines, self.code), 1):
            match = INCLUDE.match(raw)
            if match and code.lstrip().startswith("#"):
                self.includes.append(Include(number, match[1] == '"', match[2]))
        self.is_test = (self.path.endswith(("_test.cpp", "_test.hpp")) or
                        self.path.split("/")[0] in BESIDE_FOLDERS)
        self.is_header = self.path.endswith(".hpp")

    def problem(self, line, rule, what):
        return Problem(self.path, line, rule, what)


LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.DOTALL)


def strip_comments_and_strings(text):
    """The same lines with comments and literals emptied; digit separators stay."""
    def blank(match):
        newlines = "\n" * match[0].count("\n")
        return newlines if match[0].startswith("/") else '""' + newlines
    return LITERAL.sub(blank, text)


def unit_of(path):
    """What floors speak of: `book`, `adapters/store`, `adapters/feed/x`, `apps/ballast`."""
    parts = path.split("/")
    folders = parts[:-1]
    if not folders:
        return ""
    if folders[0] == "adapters":
        depth = 3 if len(folders) > 2 and folders[1] in ADAPTER_FAMILIES else 2
        return "/".join(folders[:depth])
    if folders[0] == "apps":
        return "/".join(folders[:2])
    return folders[0]


def forbidden(user, used):
    """Why a file of unit `user` may not include from unit `used`; None when it may."""
    if user == used or user.split("/")[0] == "apps" and not used.startswith("apps/"):
        return None
    if used.startswith("apps/"):
        return "nothing includes an application"
    if used.startswith("adapters"):
        family = "/".join(user.split("/")[:2])
        if user.startswith("adapters") and used in (family, f"{family}/common"):
            return None
        if used.startswith(f"{user}/"):
            return None  # the table of a family, at its top, lists the family's own
        if user.startswith("adapters"):
            return "adapters never include one another"
        return "only apps name concrete adapters"
    if user.startswith("adapters"):
        return None
    if user == "ports":
        return None if used in ("base", "model") else "ports include only base and model"
    if user in SHELL_FOLDERS:
        if used in SHELL_FOLDERS:
            return "siblings on a floor never include each other"
        return None
    if user not in CORE_FLOORS:
        return f"{user} stands on no floor"
    if used == "ports":
        return "the core never includes ports"
    if used not in CORE_FLOORS:
        return "includes point only down"
    if CORE_FLOORS[used] == CORE_FLOORS[user]:
        return "siblings on a floor never include each other"
    return None if CORE_FLOORS[used] < CORE_FLOORS[user] else "includes point only down"


def in_core(source):
    return source.path.startswith("src/") and unit_of(source.path[4:]) in CORE_FLOORS


# --- the checks -----------------------------------------------------------------------------------


def check_floors(root, sources, libraries):
    for source in sources:
        for include in source.includes:
            if not include.quoted:
                continue
            places = ["src"]
            beside = source.path.split("/")[0]
            if beside in ("tests", "bench"):
                places.append(beside)
            if not any((root / place / include.name).is_file() for place in places):
                yield source.problem(include.line, "include-path",
                                     f'"{include.name}" is no path from {" or ".join(places)}/')
                continue
            if not source.path.startswith("src/") or not (root / "src" / include.name).is_file():
                continue
            user, used = unit_of(source.path[4:]), unit_of(include.name)
            why = forbidden(user, used)
            if why:
                yield source.problem(include.line, "floors", f"{user} includes {used}: {why}")
            elif not linked(libraries, user, used):
                yield source.problem(include.line, "floors",
                                     f"{used} is not among the DEPS of {library_of(user)}")


def library_of(unit):
    """adapters/feed is one library of several units."""
    return "/".join(unit.split("/")[:2])


def linked(libraries, user, used):
    user, used = library_of(user), library_of(used)
    if user == used or user not in libraries or user.startswith("apps/"):
        return True
    seen, left = set(), [user]
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            left.extend(libraries.get(name, []))
    return used in seen


def read_libraries(root):
    """Folder -> DEPS, from the one line of each src/**/CMakeLists.txt."""
    libraries = {}
    for path in sorted((root / "src").rglob("CMakeLists.txt")):
        text = re.sub(r"#[^\n]*", "", path.read_text(encoding="utf-8"))
        match = re.search(r"ballast_library\(\s*([\w/]+)([^)]*)\)", text)
        if match:
            deps = re.search(r"\bDEPS\b(.*?)(?:\bEXTERNAL\b|$)", match[2], re.DOTALL)
            libraries[match[1]] = deps[1].split() if deps else []
    return libraries


def check_link_lists(root, libraries):
    for folder, deps in libraries.items():
        path = f"src/{folder}/CMakeLists.txt"
        if not (root / path).is_file():
            yield Problem("src", 1, "floors", f"ballast_library({folder}) stands in another folder")
        for dep in deps:
            why = forbidden(folder, dep)
            if why:
                yield Problem(path, 1, "floors", f"{folder} links {dep}: {why}")


def check_third_party(sources):
    for source in sources:
        unit = unit_of(source.path[4:]) if source.path.startswith("src/") else ""
        top = unit.split("/")[0]
        for include in source.includes:
            name = include.name
            if include.quoted or source.is_test or STANDARD.match(name) or ANYWHERE.match(name):
                continue
            if SYSTEM.match(name):
                if unit in CORE_FLOORS:
                    yield source.problem(include.line, "purity",
                                         f"<{name}>: the core uses the C++ standard library only")
            elif QUANT_ONLY.match(name):
                if unit != "quant" or source.is_header:
                    yield source.problem(include.line, "third-party",
                                         f"<{name}> belongs into a .cpp of src/quant/")
            elif top not in ("adapters", "apps") or source.is_header:
                yield source.problem(include.line, "third-party",
                                     f"<{name}> belongs into the .cpp of an adapter or an app")


def check_purity(sources):
    for source in sources:
        core = in_core(source) and not source.is_test
        excused = CORE_EXCUSED.get(source.path, set())
        if core:
            for include in source.includes:
                why = CORE_BANNED_HEADERS.get(include.name)
                if why and include.name not in excused:
                    yield source.problem(include.line, "purity", f"<{include.name}>: {why}")
        banned = CORE_BANNED_CODE if core else TEST_BANNED_CODE if source.is_test else []
        for pattern, why in banned:
            for number, code in enumerate(source.code, 1):
                match = re.search(pattern, code)
                if match and not any(word in match[0] for word in excused):
                    yield source.problem(number, "purity", f"{match[0].strip()}: {why}")


def check_shape(sources):
    for source in sources:
        longest = TEST_LINE_MAX if source.is_test else LINE_MAX
        for number, line in enumerate(source.lines, 1):
            if len(line) > longest:
                yield source.problem(number, "line-length", f"{len(line)} columns, of {longest}")
        if len(source.lines) > FILE_MAX:
            yield source.problem(len(source.lines), "file-length",
                                 f"{len(source.lines)} lines, of {FILE_MAX}; split it by its nouns")
        if source.is_header:
            yield from check_header(source)


def check_header(source):
    opening = [line.strip() for line in source.lines if line.strip()][:2]
    if opening[:1] == ["#pragma once"]:
        opening = opening[1:]
    if not opening or not opening[0].startswith(("//", "/*")):
        yield source.problem(1, "header-comment",
                             "say first what it is, its invariants, its threading")
    if "#pragma once" not in (code.strip() for code in source.code):
        yield source.problem(1, "pragma-once", "missing")


def check_orphans(root, sources):
    included = {include.name for source in sources for include in source.includes if include.quoted}
    for source in sources:
        top, _, name = source.path.partition("/")
        if source.is_header:
            if name not in included:
                yield source.problem(1, "orphan", "nobody includes this header")
        elif not compiled(root, source.path):
            yield source.problem(1, "orphan", "no CMake glob compiles this file")
        if top == "fuzz" and name.endswith("_fuzz.cpp"):
            corpus = root / "fuzz" / "corpus" / name[: -len("_fuzz.cpp")]
            if not corpus.is_dir() or not any(corpus.iterdir()):
                yield source.problem(1, "orphan", f"fuzz/corpus/{corpus.name}/ holds no input")
    for corpus in sorted((root / "fuzz" / "corpus").glob("*")):
        if not (root / "fuzz" / f"{corpus.name}_fuzz.cpp").is_file():
            yield Problem(corpus.relative_to(root).as_posix(), 1, "orphan", "a corpus of no target")
    for place in ("src", "tests", "fuzz", "bench"):
        for path in sorted((root / place).rglob("*")):
            if path.suffix in (".cc", ".cxx", ".c", ".h", ".hh", ".hxx", ".ipp", ".inl"):
                yield Problem(path.relative_to(root).as_posix(), 1, "orphan",
                              "sources are called .cpp and .hpp")


def compiled(root, path):
    top, _, name = path.partition("/")
    if top == "src":
        return any((root / parent / "CMakeLists.txt").is_file() for parent in Path(path).parents
                   if parent.as_posix() not in (".", "src"))
    if top == "tests":
        return "/" in name or name.endswith("_test.cpp")
    if top == "fuzz":
        return name == "standalone_main.cpp" or "/" not in name and name.endswith("_fuzz.cpp")
    if "/" in name:  # bench/<name>/ belongs to bench/<name>_bench.cpp
        return (root / top / f"{name.split('/')[0]}_bench.cpp").is_file()
    return name.endswith("_bench.cpp")


def check_text(root, texts):
    for path in texts:
        name = path.relative_to(root).as_posix()
        if name in SELF:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            match = UNFINISHED.search(line)
            if match and not name.endswith(".json"):
                yield Problem(name, number, "unfinished", f"{match[0]}: do it, or write it down "
                              "where work is planned")
            match = HOST.search(line)
            if match:
                yield Problem(name, number, "host", f"{match[0]}: sources name no package host")
            match = OWN_PATH.search(line)
            if match:
                yield Problem(name, number, "own-path", f"{match[0]}...: a path of one machine")


# --- the whole ------------------------------------------------------------------------------------


def walk(folder, top=True):
    """Every file of ours, build trees and fetched packages aside."""
    for path in sorted(folder.iterdir()):
        if path.name in SKIPPED_FOLDERS or path.is_symlink():
            continue
        if path.is_dir() and not (top and path.name.startswith("build")):
            yield from walk(path, top=False)
        elif path.is_file():
            yield path


def check(root):
    """All problems of the tree, and all warnings."""
    root = root.resolve()
    files = list(walk(root))
    sources = [Source(root, path) for path in files if path.suffix in (".cpp", ".hpp")
               and path.relative_to(root).parts[0] in {"src"} | BESIDE_FOLDERS]
    texts = [path for path in files if path.suffix in TEXT_SUFFIXES or path.name in TEXT_NAMES]
    libraries = read_libraries(root)
    problems = set()
    problems.update(check_floors(root, sources, libraries))
    problems.update(check_link_lists(root, libraries))
    problems.update(check_third_party(sources))
    problems.update(check_purity(sources))
    problems.update(check_shape(sources))
    problems.update(check_orphans(root, sources))
    problems.update(check_text(root, texts))
    warnings = [f"warning: {source.path}: {len(source.lines)} lines, better at most {FILE_WARN}"
                for source in sources if FILE_WARN < len(source.lines) <= FILE_MAX]
    return sorted(problems), warnings, len(sources)


def main(arguments):
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    if not (root / "src").is_dir():
        print(f"check_tree: {root} holds no src/", file=sys.stderr)
        return 2
    problems, warnings, count = check(root)
    for line in warnings + problems:
        print(line)
    print(f"{count} sources, {len(problems)} problems, {len(warnings)} warnings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
