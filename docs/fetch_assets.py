"""Fetch what the pages /docs, /redoc and /dashboard load from npm into fakeai/assets: `make assets`.

The files are committed: no package on PyPI has Swagger UI for OpenAPI 3.1 or ReDoc without a framework behind it, and a
wheel that is built where npm is missing has to have them, too.
"""

import subprocess
import tarfile
import tempfile
from pathlib import Path

ASSETS = Path(__file__).parent.parent / "fakeai" / "assets"

# A package of npm, and which of its files are taken. ReDoc 3 is twice the size and speaks to more hosts than one.
PACKAGES = {
    "swagger-ui-dist@5.35.0": (
        "LICENSE",
        "NOTICE",
        "swagger-ui-bundle.js",
        "swagger-ui-bundle.js.LICENSE.txt",
        "swagger-ui.css",
    ),
    "uplot@1.6.32": ("LICENSE", "dist/uPlot.iife.min.js", "dist/uPlot.min.css"),
    "redoc@2.5.4": ("LICENSE", "bundles/redoc.standalone.js", "bundles/redoc.standalone.js.LICENSE.txt"),
}
LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"  # ReDoc's only request to another host
NO_IMAGE = b"data:,"


def main() -> None:
    for package, names in PACKAGES.items():
        folder = ASSETS / package.partition("@")[0]
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as place:
            subprocess.run(["npm", "pack", "--silent", package], cwd=place, check=True)
            (packed,) = Path(place).glob("*.tgz")
            with tarfile.open(packed) as archive:
                for name in names:
                    member = archive.extractfile(f"package/{name}")
                    assert member is not None, f"{package} has no {name}"
                    path = folder / Path(name).name
                    path.write_bytes(member.read().replace(LOGO, NO_IMAGE))
                    print(path.relative_to(ASSETS.parent))


if __name__ == "__main__":
    main()
