"""Serves the built page: files by their exact name, and the page itself for every address a person may open."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from aiohttp import web

from parley_gateway.problems import not_found, problem, service_unavailable

# Their names carry a hash of their content, so a browser never needs to ask for them twice.
HASHED_FOLDER = "/assets/"
FOREVER = "public, max-age=31536000, immutable"
ASK_EVERY_TIME = "no-cache"
# Written down because what a machine believes about these differs (Windows keeps its own list in the registry).
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
COMPRESSIBLE = frozenset({".css", ".html", ".js", ".json", ".map", ".mjs", ".svg", ".txt", ".wasm", ".webmanifest"})
PRECOMPRESSED = (".br", ".gz")
CONDITIONS = ("If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Range")


class Page:
    """The files of the build. Only names found there are ever opened, so no path can lead out of the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = folder / "index.html"
        self._built_at = self._index_time()
        self._files = _files_in(folder)

    @property
    def is_built(self) -> bool:
        return self._index.is_file()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"}:
            return _only_reading(request)
        path = unquote(request.raw_path.partition("?")[0], errors="replace")
        file = self._files.get(path) or self._built_since(path)
        if file is not None and file != self._index:
            return _file(request, file, caching=FOREVER if path.startswith(HASHED_FOLDER) else ASK_EVERY_TIME)
        if path in {"/", "/index.html"} or _is_navigation(request, path):
            if not self.is_built:
                return service_unavailable(request, "page")
            return _file(request, self._index, caching=ASK_EVERY_TIME)
        return not_found(request)

    def _built_since(self, path: str) -> Path | None:
        """Look again when the page was built anew while we run: its files have new names."""
        built_at = self._index_time()
        if built_at == self._built_at:
            return None
        self._built_at, self._files = built_at, _files_in(self._folder)
        return self._files.get(path)

    def _index_time(self) -> int:
        return self._index.stat().st_mtime_ns if self._index.is_file() else 0


def _files_in(folder: Path) -> dict[str, Path]:
    return {
        f"/{file.relative_to(folder).as_posix()}": file
        for file in folder.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    }


def _is_navigation(request: web.Request, path: str) -> bool:
    """A person's browser opening an address; a script or an image that is missing must not get the page instead."""
    if path.startswith((HASHED_FOLDER, "/api/")):
        return False
    mode = request.headers.get("Sec-Fetch-Mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("Accept", "")


def _file(request: web.Request, file: Path, *, caching: str) -> web.FileResponse:
    headers = {
        "Cache-Control": caching,
        "Content-Type": CONTENT_TYPES.get(file.suffix, "application/octet-stream"),
        "Vary": "Accept-Encoding",
    }
    answer = web.FileResponse(file, headers=headers)
    if _needs_compression(request, file):
        answer.enable_compression()
    return answer


def _needs_compression(request: web.Request, file: Path) -> bool:
    """The build compresses its files once; this is for a build that was made without doing so."""
    if file.suffix not in COMPRESSIBLE or any(file.with_name(file.name + end).is_file() for end in PRECOMPRESSED):
        return False
    # aiohttp would end an answer that has no body, or only a part of one, with the last bytes of the compressor.
    return request.method == "GET" and not any(name in request.headers for name in CONDITIONS)


def _only_reading(request: web.Request) -> web.Response:
    return problem(
        request,
        HTTPStatus.METHOD_NOT_ALLOWED,
        code="method_not_allowed",
        detail="The page can only be read.",
        headers={"Allow": "GET, HEAD"},
    )
