#!/usr/bin/env python3
"""Holds web/dist, which the program embeds, to web/src and to what the service promises of it.

Needs no Node: it reads what is committed. `./dev web` builds it anew.
"""

import gzip
import hashlib
import re
import sys
import unittest
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "web"
DIST = WEB / "dist"
PARTS = ["index.html", "package.json", "package-lock.json", "public", "src", "tools/sources.mjs",
         "vite.config.ts"]
JAVASCRIPT_MAX = 300_000  # bytes, gzipped


def sources_hash():
    """As web/tools/sources.mjs works it out."""
    files = []
    for part in PARTS:
        path = WEB / part
        files += [f for f in path.rglob("*") if f.is_file()] if path.is_dir() else [path]
    whole = hashlib.sha256()
    for name in sorted(f.relative_to(WEB).as_posix() for f in files):
        digest = hashlib.sha256((WEB / name).read_bytes()).hexdigest()
        whole.update(f"{name}\0{digest}\n".encode())
    return whole.hexdigest()


class Dist(unittest.TestCase):
    def setUp(self):
        self.page = (DIST / "index.html").read_text(encoding="utf-8")

    def test_is_built_from_these_sources(self):
        built = re.search(r'name="ballast-sources" content="([0-9a-f]{64})"', self.page)
        self.assertIsNotNone(built, "dist/index.html does not say what it was built from")
        self.assertEqual(built[1], sources_hash(), "web/dist is older than web/src: run ./dev web")

    def test_javascript_is_small(self):
        scripts = list(DIST.rglob("*.js"))
        self.assertTrue(scripts)
        size = sum(len(gzip.compress(script.read_bytes(), 9)) for script in scripts)
        self.assertLessEqual(size, JAVASCRIPT_MAX)

    def test_runs_under_the_content_security_policy(self):
        self.assertNotRegex(self.page, r"(?i)<style|\sstyle=|\son\w+=|javascript:")
        for script in re.findall(r"<script[^>]*>(.*?)</script>", self.page, re.DOTALL):
            self.assertEqual(script.strip(), "", "an inline script")
        for address in re.findall(r'(?:src|href)="([^"]*)"', self.page):
            self.assertTrue(address.startswith("/") and not address.startswith("//"), address)
            self.assertTrue((DIST / address[1:]).is_file(), address)
        styles = "".join(f.read_text(encoding="utf-8") for f in DIST.rglob("*.css"))
        for address in re.findall(r"url\(([^)]*)\)", styles):
            self.assertTrue(address.strip("'\"").startswith("/assets/"), address)
        for script in DIST.rglob("*.js"):
            self.assertNotRegex(script.read_text(encoding="utf-8"), r"\beval\(|new Function\(")

    def test_holds_no_source_maps(self):
        self.assertEqual(list(DIST.rglob("*.map")), [])
        for script in DIST.rglob("*.js"):
            self.assertNotIn("sourceMappingURL", script.read_text(encoding="utf-8"))

    def test_lock_names_no_host(self):
        self.assertNotIn("resolved", (WEB / "package-lock.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(unittest.main())
