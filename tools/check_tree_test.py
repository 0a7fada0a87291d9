#!/usr/bin/env python3
"""Shows that each rule of check_tree.py fires, and that a good tree is left in peace."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_tree  # noqa: E402  (needs the line above)

HEADER = "// What it is.\n#pragma once\n"


def library(folder, deps=""):
    return {f"src/{folder}/CMakeLists.txt": f"ballast_library({folder} DEPS {deps})\n"}


# A small tree that breaks no rule; each test adds its own fault to it.
GOOD = {
    **library("base"),
    **library("quant", "base"),
    **library("model", "base"),
    **library("book", "model"),
    **library("market", "model"),
    **library("engine", "book market"),
    **library("ports", "model"),
    **library("runtime", "engine ports"),
    **library("sim", "engine ports"),
    **library("adapters/store", "engine ports"),
    **library("adapters/codec", "model"),
    **library("adapters/feed", "model market"),
    "src/apps/ballast/CMakeLists.txt": "ballast_program(apps/ballast ballast)\n",
    "src/base/a.hpp": HEADER,
    "src/base/a.cpp": '#include "base/a.hpp"\n\n#include <fmt/format.h>\n#include <vector>\n',
    "src/quant/q.hpp": HEADER,
    "src/quant/q.cpp": '#include "quant/q.hpp"\n#include "base/a.hpp"\n#include <Eigen/Dense>\n',
    "src/model/m.hpp": HEADER + '#include "base/a.hpp"\n#include <tl/expected.hpp>\n',
    "src/book/b.hpp": HEADER + '#include "model/m.hpp"\n',
    "src/market/k.hpp": HEADER + '#include "model/m.hpp"\n',
    "src/engine/e.hpp": HEADER + '#include "book/b.hpp"\n#include "market/k.hpp"\n',
    "src/ports/p.hpp": HEADER + '#include "model/m.hpp"\n',
    "src/runtime/r.hpp": HEADER + '#include "engine/e.hpp"\n#include "ports/p.hpp"\n'
                                  "#include <thread>\n",
    "src/adapters/store/s.hpp": HEADER + '#include "ports/p.hpp"\n',
    "src/adapters/store/s.cpp": '#include "adapters/store/s.hpp"\n#include <sqlite3.h>\n'
                                "#include <unistd.h>\n",
    "src/adapters/feed/common/c.hpp": HEADER,
    "src/adapters/feed/x/x.hpp": HEADER + '#include "adapters/feed/common/c.hpp"\n',
    "src/adapters/feed/y/y.hpp": HEADER + '#include "market/k.hpp"\n',
    "src/adapters/feed/table.cpp": '#include "adapters/feed/x/x.hpp"\n'
                                   '#include "adapters/feed/y/y.hpp"\n',
    "src/apps/ballast/main.cpp": '#include "adapters/store/s.hpp"\n#include "runtime/r.hpp"\n'
                                 '#include "adapters/feed/x/x.hpp"\n'
                                 '#include "adapters/feed/y/y.hpp"\n',
    "src/quant/q_test.cpp": '#include "quant/q.hpp"\n#include <fstream>\n'
                            "#include <gtest/gtest.h>\n",
    "fuzz/codec_fuzz.cpp": '#include "model/m.hpp"\n',
    "fuzz/corpus/codec/one": "{}",
    "tests/support/world.hpp": HEADER,
    "tests/sim/long_test.cpp": '#include "support/world.hpp"\n#include "engine/e.hpp"\n',
}


class CheckTree(unittest.TestCase):
    def problems(self, changes):
        """The problems of the good tree after `changes`; a None deletes a file."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "tree"
            for name, text in {**GOOD, **changes}.items():
                if text is not None:
                    path = root / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
            problems, self.warnings, _ = check_tree.check(root)
            return problems

    def fires(self, rule, path, changes, words=""):
        """Exactly this rule fires, on exactly this file."""
        found = self.problems(changes)
        self.assertEqual({(problem.rule, problem.path) for problem in found}, {(rule, path)}, found)
        self.assertIn(words, " ".join(problem.what for problem in found))

    def fires_on_include(self, rule, path, header, words=""):
        """...when `header`, with its brackets or quotes, is included by the file at `path`."""
        text = GOOD.get(path, "") + f"#include {header}\n"
        self.fires(rule, path, {path: text}, words)

    def fires_on_core_code(self, code, words=""):
        path = "src/book/c.cpp"
        self.fires("purity", path, {path: f"void f() {{ {code} }}\n"}, words)

    def is_fine(self, changes):
        self.assertEqual(self.problems(changes), [])

    def test_good_tree_has_no_problem(self):
        self.is_fine({})
        self.assertEqual(self.warnings, [])

    # Floors

    def test_includes_point_only_down(self):
        self.fires_on_include("floors", "src/base/a.cpp", '"model/m.hpp"', "only down")
        self.fires_on_include("floors", "src/book/b.hpp", '"engine/e.hpp"', "only down")

    def test_siblings_never_include_each_other(self):
        self.fires_on_include("floors", "src/book/b.hpp", '"market/k.hpp"', "siblings")
        self.fires_on_include("floors", "src/quant/q.cpp", '"model/m.hpp"', "siblings")
        self.fires("floors", "src/sim/s.cpp",
                   {"src/sim/s.cpp": '#include "runtime/r.hpp"\n'}, "siblings")

    def test_core_never_includes_ports(self):
        self.fires_on_include("floors", "src/engine/e.hpp", '"ports/p.hpp"', "never includes ports")

    def test_ports_include_only_base_and_model(self):
        self.fires_on_include("floors", "src/ports/p.hpp", '"book/b.hpp"', "only base and model")

    def test_adapters_never_include_one_another(self):
        self.fires_on_include("floors", "src/adapters/codec/c.cpp", '"adapters/store/s.hpp"',
                              "one another")
        self.fires_on_include("floors", "src/adapters/feed/y/y.hpp", '"adapters/feed/x/x.hpp"',
                              "one another")
        self.fires_on_include("floors", "src/adapters/feed/common/c.hpp",
                              '"adapters/feed/x/x.hpp"', "one another")

    def test_only_apps_name_adapters(self):
        self.fires_on_include("floors", "src/runtime/r.hpp", '"adapters/store/s.hpp"', "only apps")

    def test_nothing_includes_an_app(self):
        self.fires("floors", "src/adapters/store/s.hpp",
                   {"src/apps/ballast/a.hpp": HEADER,
                    "src/adapters/store/s.hpp": HEADER + '#include "apps/ballast/a.hpp"\n'})

    def test_a_folder_stands_on_a_floor(self):
        self.fires("floors", "src/attic/a.cpp",
                   {**library("attic"), "src/attic/a.cpp": '#include "base/a.hpp"\n'}, "no floor")

    def test_a_test_keeps_to_its_folders_floor(self):
        self.fires_on_include("floors", "src/quant/q_test.cpp", '"model/m.hpp"', "siblings")

    def test_an_included_folder_is_among_the_link_list(self):
        self.fires_on_include("floors", "src/adapters/feed/x/x.hpp", '"book/b.hpp"', "DEPS")

    def test_link_lists_keep_to_the_floors(self):
        self.fires("floors", "src/book/CMakeLists.txt", library("book", "model market"), "siblings")

    def test_a_quoted_include_is_a_path_from_the_root(self):
        self.fires_on_include("include-path", "src/base/a.cpp", '"a.hpp"')

    def test_an_include_in_a_comment_is_none(self):
        self.is_fine({"src/base/a.cpp": '#include "base/a.hpp"\n/*\n#include "model/m.hpp"\n*/\n'})

    # Third-party headers

    def test_third_party_headers_stay_in_adapter_sources(self):
        for path in ("src/base/a.cpp", "src/runtime/r.hpp", "src/adapters/store/s.hpp"):
            self.fires_on_include("third-party", path, "<sqlite3.h>")

    def test_slow_headers_of_mathematics_stay_in_sources_of_quant(self):
        for header in ("<Eigen/Dense>", "<lemon/network_simplex.h>", "<ceres/ceres.h>"):
            for path in ("src/book/b.hpp", "src/quant/q.hpp", "src/adapters/store/s.cpp"):
                self.fires_on_include("third-party", path, header)

    def test_core_uses_no_system_header(self):
        self.fires_on_include("purity", "src/base/a.cpp", "<unistd.h>")
        self.fires_on_include("purity", "src/base/a.cpp", "<math.h>")

    # Purity

    def test_core_includes_no_banned_header(self):
        for header in check_tree.CORE_BANNED_HEADERS:
            self.fires_on_include("purity", "src/engine/e.hpp", f"<{header}>")

    def test_core_calls_nothing_banned(self):
        for code in ("throw 1;", "std::chrono::seconds s;", "auto t = steady_clock::now();",
                     "auto t = time(nullptr);", "auto t = std::time(0);", 'getenv("A");',
                     "int x = rand();", "std::srand(1);", "std::random_device d;",
                     "std::thread t;", "std::mutex m;", "thread_local int x;",
                     'std::cout << 1;', 'printf("x");', 'std::fprintf(f, "x");', 'fopen("a", "r");',
                     'fmt::print("x");', 'setlocale(0, "");', 'std::stod("1");', 'strtod("1", 0);',
                     "std::unordered_map<int, int> m;", "localtime_r(a, b);"):
            with self.subTest(code):
                self.fires_on_core_code(code)

    def test_core_may_use_what_only_looks_banned(self):
        for code in ("event.time(0);", "Timestamp time{0};", "int operand(0);", "rethrow();",
                     'auto s = "throw std::cout";', "// throw\n", "snprintf_like(1);",
                     "const auto grand = 1'000'000; auto brand(grand);", 'R"(throw)";',
                     "fmt::format_to(out, f);", "runtime(0);"):
            with self.subTest(code):
                self.is_fine({"src/book/c.cpp": f"void f() {{ {code} }}\n"})

    def test_shell_may_use_clocks_and_threads(self):
        self.is_fine({"src/runtime/r.cpp": "#include <chrono>\nvoid f() { std::thread t; }\n"})

    def test_a_test_reads_no_date_and_no_entropy(self):
        for code in ("auto t = std::chrono::system_clock::now();", "std::random_device d;"):
            self.fires("purity", "tests/sim/long_test.cpp",
                       {"tests/sim/long_test.cpp": GOOD["tests/sim/long_test.cpp"] + code + "\n"})

    # Shape

    def test_lines_end(self):
        def line(columns):
            return "// " + "é" * (columns - 3) + "\n"
        self.fires("line-length", "src/book/c.cpp", {"src/book/c.cpp": line(101)})
        self.is_fine({"src/book/c.cpp": line(100), "src/book/c_test.cpp": line(120)})
        self.fires("line-length", "src/book/c_test.cpp", {"src/book/c_test.cpp": line(121)})

    def test_files_end(self):
        self.is_fine({"src/book/c.cpp": "\n" * 501})
        self.assertEqual(len(self.warnings), 1)
        self.is_fine({"src/book/c.cpp": "\n" * 700})
        self.fires("file-length", "src/book/c.cpp", {"src/book/c.cpp": "\n" * 701})

    def test_a_header_opens_with_a_comment(self):
        self.fires("header-comment", "src/book/b.hpp", {"src/book/b.hpp": "#pragma once\nint x;\n"})
        self.is_fine({"src/book/b.hpp": "#pragma once\n\n/// What it is.\n"})

    def test_a_header_is_read_once(self):
        self.fires("pragma-once", "src/book/b.hpp", {"src/book/b.hpp": "// #pragma once\n"})

    # Orphans

    def test_every_header_is_included(self):
        self.fires("orphan", "src/book/z.hpp", {"src/book/z.hpp": HEADER})

    def test_every_source_is_compiled(self):
        for path in ("src/z.cpp", "tests/z.cpp", "fuzz/z.cpp", "bench/z.cpp",
                     "src/control/z.cpp", "fuzz/sub/z_fuzz.cpp", "bench/z/z.cpp"):
            self.fires("orphan", path, {path: "\n"})

    def test_a_benchmark_may_have_a_folder_of_its_own(self):
        self.is_fine({"bench/z_bench.cpp": '#include "z/y.hpp"\n', "bench/z/y.hpp": HEADER,
                      "bench/z/y.cpp": '#include "z/y.hpp"\n'})

    def test_sources_have_one_ending(self):
        self.fires("orphan", "src/book/z.cc", {"src/book/z.cc": "\n"})

    def test_a_fuzz_target_has_a_corpus_and_a_corpus_its_target(self):
        self.fires("orphan", "fuzz/z_fuzz.cpp", {"fuzz/z_fuzz.cpp": "\n"})
        self.fires("orphan", "fuzz/corpus/z", {"fuzz/corpus/z/one": ""})

    # Text

    def test_nothing_is_left_unfinished(self):
        for word in ("TO" "DO", "FIX" "ME", "XX" "X"):
            self.fires("unfinished", "docs/a.md", {"docs/a.md": f"{word}: later\n"})
            self.fires("unfinished", "src/book/c.cpp", {"src/book/c.cpp": f"// {word}\n"})

    def test_no_package_host_is_named(self):
        for host in ("registry.example.org", "deb.example.org", "npm.com", "mirror.a.b.net"):
            self.fires("host", "docs/a.md", {"docs/a.md": f"see https://{host}/x\n"})
        self.is_fine({"docs/a.md": "Any registry. In deb packages, an index of prices.\n"})

    def test_no_path_of_one_machine_is_named(self):
        for path in ("/home/me/x", "/work/main", "/root/.cache"):
            self.fires("own-path", "docs/a.md", {"docs/a.md": f"in {path}\n"})
        self.is_fine({"docs/a.md": "src/work/x, $HOME/work, https://example.org/work/x\n"})

    def test_build_trees_are_not_ours(self):
        self.is_fine({"build-x/a.md": "/home/me\n", "web/node_modules/a.js": "/home/me\n"})

    # The command

    def test_command_tells_by_its_exit_code(self):
        self.assertEqual(check_tree.main(["a", "b"]), 2)
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(check_tree.main([folder]), 2)


if __name__ == "__main__":
    unittest.main()
