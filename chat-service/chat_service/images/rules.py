"""The rules of pictures: what is one, how large it may be, and how it is handed out. Nothing is decoded here."""

from collections.abc import Callable
from typing import Final

from service_kit.errors import ServiceError

MAX_IMAGE_BYTES: Final = 8 * 1_048_576
# What one question may show; a request to a provider carries it encoded, a third larger, within 32 MB.
MAX_QUESTION_BYTES: Final = 20 * 1_048_576
MAX_IN_CONVERSATION: Final = 200
MAX_SIDE_PIXELS: Final = 16_384
# A small file can claim a picture that fills the memory of whoever decodes it.
MAX_PIXELS: Final = 50_000_000

Size = tuple[int, int]


class ImageTypeNotTaken(ServiceError):
    status, code = 415, "unsupported_media_type"
    detail = "Pictures are taken as PNG, JPEG, WebP or GIF."


class ImageInvalid(ServiceError):
    status, code = 422, "image_invalid"
    detail = "This is not a picture of the type it claims to be."


class ImageTooManyPixels(ServiceError):
    status, code = 422, "image_too_many_pixels"
    detail = "This picture has too many pixels."


class ImagesTooLarge(ServiceError):
    status, code = 413, "images_too_large"
    detail = "These pictures are too large for one question."


class TooManyImages(ServiceError):
    status, code = 409, "too_many_images"
    detail = "This conversation has as many pictures as it can hold."


class ImageNotFound(ServiceError):
    status, code = 404, "image_not_found"
    detail = "There is no such picture."


def ensure_picture(media_type: str, data: bytes) -> None:
    """Refuse what is not a picture of this type, or claims a size that nobody should decode."""
    measure = MEASURES.get(media_type)
    if measure is None:
        raise ImageTypeNotTaken
    size = measure(data)
    if size is None or min(size) < 1:
        raise ImageInvalid
    if max(size) > MAX_SIDE_PIXELS or size[0] * size[1] > MAX_PIXELS:
        raise ImageTooManyPixels(width=size[0], height=size[1], max_pixels=MAX_PIXELS, max_side=MAX_SIDE_PIXELS)


def file_name(media_type: str) -> str:
    """Return a name under which a picture may be saved; the one it came with is never kept."""
    return f"image.{media_type.partition('/')[2]}"


def _png(data: bytes) -> Size | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[8:16] != b"\x00\x00\x00\x0dIHDR" or len(data) < 33:
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _gif(data: bytes) -> Size | None:
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < 13:
        return None
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _webp(data: bytes) -> Size | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None


# Start-of-frame markers; 0xC4, 0xC8 and 0xCC among them mean something else.
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_END_OF_HEADERS: Final = frozenset({0xD9, 0xDA})


def _jpeg(data: bytes) -> Size | None:
    if data[:3] != b"\xff\xd8\xff":
        return None
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            # Any number of fill bytes may stand before a marker.
            place += 1
            continue
        if marker in _JPEG_FRAMES:
            return int.from_bytes(data[place + 7 : place + 9]), int.from_bytes(data[place + 5 : place + 7])
        length = int.from_bytes(data[place + 2 : place + 4])
        if marker in _JPEG_END_OF_HEADERS or length < 2:
            return None
        place += 2 + length
    return None


MEASURES: Final[dict[str, Callable[[bytes], Size | None]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/gif": _gif,
}
