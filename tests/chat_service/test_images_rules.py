"""What is a picture, told from its first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chat_service.pictures import KINDS, jpeg, png

from chat_service.images.rules import (
    MAX_SIDE_PIXELS,
    MEASURES,
    ImageInvalid,
    ImageTooManyPixels,
    ImageTypeNotTaken,
    ensure_picture,
)


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_is_read_from_the_header(kind: str) -> None:
    media_type, make = KINDS[kind]
    for width, height in ((1, 1), (640, 480), (4_000, 3_000)):
        assert MEASURES[media_type](make(width, height)) == (width, height)
        ensure_picture(media_type, make(width, height))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_claims_to_be_a_flood_is_refused(kind: str) -> None:
    media_type, make = KINDS[kind]
    most = 16_383 if kind.startswith("webp lossy") else MAX_SIDE_PIXELS
    with pytest.raises(ImageTooManyPixels):
        ensure_picture(media_type, make(most, most))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_of_the_type_that_it_claims(kind: str) -> None:
    mine, make = KINDS[kind]
    for media_type in MEASURES:
        if media_type != mine:
            with pytest.raises(ImageInvalid):
                ensure_picture(media_type, make())
    for whole in (make(), b""):
        for media_type in ("image/svg+xml", "text/html", "application/octet-stream", "", "image/PNG "):
            with pytest.raises(ImageTypeNotTaken):
                ensure_picture(media_type, whole)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_without_its_header_is_none(kind: str) -> None:
    media_type, make = KINDS[kind]
    whole = make(640, 480)
    for end in range(13):
        with pytest.raises(ImageInvalid):
            ensure_picture(media_type, whole[:end])


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=60), st.integers(0, 40))
def test_garbage_is_refused_or_measured_and_never_crashes(kind: str, garbage: bytes, place: int) -> None:
    media_type, make = KINDS[kind]
    data = make()[:place] + garbage
    try:
        ensure_picture(media_type, data)
    except (ImageInvalid, ImageTooManyPixels):
        return
    assert MEASURES[media_type](data) is not None


def test_a_jpeg_is_searched_for_its_frame_and_not_for_ever() -> None:
    comment = b"\xff\xfe\xff\xff" + b"x" * 65_533
    ensure_picture("image/jpeg", jpeg(before=comment * 100))
    ensure_picture("image/jpeg", jpeg(before=b"\xff" * 1_000))
    for hostile in (b"\xff\xd8\xff\xe0\x00\x00" * 1_000, b"\xff\xd8" + b"\xff" * 8_000_000, b"\xff\xd8\xff\xda" * 9):
        with pytest.raises(ImageInvalid):
            ensure_picture("image/jpeg", hostile)


def test_a_picture_of_nothing_is_refused() -> None:
    for width, height in ((0, 5), (5, 0)):
        with pytest.raises(ImageInvalid):
            ensure_picture("image/png", png(width, height))
