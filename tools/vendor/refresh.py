"""Copy the exact npm versions of package-lock.json into web/static/vendor and write vendor.json.

Run by a developer; never at install, run or test. See README.md in this folder.
"""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent.parent / "web" / "static" / "vendor"

#: package -> (SPDX licence, its licence file, {file in the package: file in web/static/vendor})
FILES: dict[str, tuple[str, str, dict[str, str]]] = {
    "htmx.org": ("0BSD", "LICENSE", {"dist/htmx.min.js": "htmx.min.js"}),
    "uplot": (
        "MIT",
        "LICENSE",
        {"dist/uPlot.iife.min.js": "uplot.min.js", "dist/uPlot.min.css": "uplot.min.css"},
    ),
    "@fontsource-variable/inter": (
        "OFL-1.1",
        "LICENSE",
        {"files/inter-latin-opsz-normal.woff2": "inter-latin.woff2"},
    ),
    "lucide-static": ("ISC", "LICENSE", {}),
}


def main() -> None:
    subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=HERE, check=True)  # noqa: S607
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
    VENDOR.mkdir(parents=True, exist_ok=True)
    packages = [copy_package(name, lock[f"node_modules/{name}"]) for name in sorted(FILES)]
    (VENDOR / "vendor.json").write_text(json.dumps({"packages": packages}, indent=2) + "\n", "utf-8")
    shutil.rmtree(HERE / "node_modules")


def copy_package(name: str, locked: dict[str, str]) -> dict[str, object]:
    """Copy one package's files; returns its entry for vendor.json."""
    licence, licence_file, files = FILES[name]
    source = HERE / "node_modules" / name
    short = name.removeprefix("@").replace("/", "-")
    written = []
    for origin, target in files.items():
        shutil.copyfile(source / origin, VENDOR / target)
        written.append(target)
    if name == "lucide-static":
        (VENDOR / "lucide.svg").write_text(draw_sprite(source / "icons"), "utf-8")
        written.append("lucide.svg")
    shutil.copyfile(source / licence_file, VENDOR / f"{short}.LICENSE.txt")
    written.append(f"{short}.LICENSE.txt")
    return {
        "package": name,
        "version": locked["version"],
        "integrity": locked["integrity"],
        "licence": licence,
        "files": {file: hashlib.sha256((VENDOR / file).read_bytes()).hexdigest() for file in written},
    }


def draw_sprite(icons: Path) -> str:
    """One SVG file of <symbol>s for the names of icons.txt, strokes taken from the page's own colour."""
    symbols = []
    for name in sorted((HERE / "icons.txt").read_text("utf-8").split()):
        source = (icons / f"{name}.svg").read_text("utf-8")
        shapes = re.search(r"<svg[^>]*>(.*)</svg>", source, re.S)
        if shapes is None:
            raise SystemExit(f"{name}.svg is not an icon that this script can read")
        drawing = re.sub(r"\s*\n\s*", "", shapes.group(1).strip())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Lucide icons, ISC licence -->\n{body}\n</svg>\n'


if __name__ == "__main__":
    main()
