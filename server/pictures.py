"""Drawing a picture anew, in a process of its own: `python -m server.pictures [SIDE] < picture > drawn`.

`drawn` is its width and height in pixels (SIZES), then WebP.

Whatever a picture carries beside its pixels (place, camera, comments, hidden bytes) stays behind, and what a decoder
does with hostile bytes it does with little memory and no file. Exit code 3 says that it is no picture that we draw.
"""

from __future__ import annotations

import io
import resource
import struct
import sys
import warnings

MOST_PIXELS = 24_000_000
SIDE = 2_048
QUALITY = 82
MEMORY = 1 << 30
SECONDS = 20
NO_PICTURE = 3
SIZES = struct.Struct("!II")


def redraw(body: bytes, side: int = SIDE) -> tuple[bytes, tuple[int, int]]:
    """Return a picture as WebP, upright and without metadata, and its size: at most `side` pixels a side.

    Raises OSError, ValueError or a warning as an error for what is no picture, or too large.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(body), formats=["JPEG", "PNG", "WEBP", "GIF"]) as opened:
        opened.draft("RGB", (side, side))
        upright = ImageOps.exif_transpose(opened)
        drawn = upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB")
    drawn.thumbnail((side, side))
    bare = Image.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    made = io.BytesIO()
    bare.save(made, "WEBP", quality=QUALITY, method=4)
    return made.getvalue(), bare.size


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    body = sys.stdin.buffer.read()
    try:
        drawn, size = redraw(body, int(sys.argv[1]) if len(sys.argv) > 1 else SIDE)
    except (OSError, ValueError, MemoryError, Warning, SyntaxError, ArithmeticError):
        return NO_PICTURE
    sys.stdout.buffer.write(SIZES.pack(*size) + drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
