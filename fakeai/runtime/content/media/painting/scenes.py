"""Scenes: sky, land and subjects put together on a canvas, and the style that all of it has."""

from typing import TYPE_CHECKING

from ....chance import Chance
from . import land, sky, things
from .canvas import Canvas, Colour
from .words import AIR, UNDER, WATER, Scene, Subject

if TYPE_CHECKING:
    from PIL import Image

HORIZON = 0.6  # of the height
# What stands behind the rest.
BEHIND = frozenset((
    things.pyramid, things.castle, things.bridge, things.windmill, things.lighthouse, things.house, things.tree,
    things.pine, things.palm, things.christmas, things.train, things.ship,
))  # fmt: skip


def paint(canvas: Canvas, scene: Scene, chance: Chance) -> None:
    """*scene* with its surroundings."""
    time = surroundings(canvas, scene, chance)
    subjects(canvas, scene, chance, time)
    weather(canvas, scene, time, chance)


def surroundings(canvas: Canvas, scene: Scene, chance: Chance) -> str:
    """All of *scene* but what it is about and what falls before that; the time at which it is."""
    time = "night" if "fireworks" in scene.sights or "aurora" in scene.sights else scene.time
    if "stars" in scene.sights and time == "day":
        time = "night"
    horizon = canvas.high * HORIZON
    if time in ("underwater", "room"):
        horizon = canvas.high * (0.84 if time == "underwater" else 0.66)
    light = canvas.wide * (0.22 + chance.below(100) / 100 * 0.56)
    sky.paint(canvas, time, canvas.high if time == "space" else horizon, scene.tint, chance)
    _above(canvas, scene, time, horizon, light, chance)
    _lands(canvas, scene, time, horizon, light, chance)
    return time


def weather(canvas: Canvas, scene: Scene, time: str, chance: Chance) -> None:
    """What falls before all else."""
    if "rain" in scene.sights or time == "storm":
        sky.rain(canvas, chance)
    if "snow" in scene.sights:
        sky.snow(canvas, chance)


def _above(canvas: Canvas, scene: Scene, time: str, horizon: float, light: float, chance: Chance) -> None:
    sights = scene.sights
    if time in ("space", "underwater", "room"):
        if time == "space":
            sky.planet(canvas, light, horizon * 0.42, scene.tint or (214, 150, 96))
        elif time == "underwater":
            for number in range(5):
                left = canvas.wide * (0.1 + 0.2 * number)
                canvas.polygon([(left, 0), (left + 0.06, 0), (left + 0.2, horizon), (left - 0.04, horizon)],
                               (190, 236, 246), 36)  # fmt: skip
        return
    if "aurora" in sights:
        sky.aurora(canvas, horizon, chance)
    if "stars" in sights and time != "night":
        sky.stars(canvas, horizon, chance)
    if "moon" in sights or (time == "night" and "sun" not in sights and "fireworks" not in sights):
        sky.moon(canvas, light, horizon * 0.3)
    if time in ("sunset", "dawn"):
        sky.sun(canvas, light, horizon - (0.42 if "mountains" in scene.lands else 0.13), time)
    elif "sun" in sights or (time == "day" and "clouds" not in sights):
        sky.sun(canvas, light, horizon * 0.28, time)
    if "fireworks" in sights:
        sky.fireworks(canvas, horizon, chance)
    if "rainbow" in sights:
        sky.rainbow(canvas, horizon)
    if time == "storm" or "clouds" in sights or time == "day":
        grey: Colour = (112, 118, 130) if time == "storm" else (250, 252, 254)
        sky.clouds(canvas, 6 if "clouds" in sights or time == "storm" else 3, horizon, grey, chance)
    if "lightning" in sights:
        sky.lightning(canvas, canvas.wide - light, horizon)


def _lands(canvas: Canvas, scene: Scene, time: str, horizon: float, light: float, chance: Chance) -> None:
    lands = scene.lands
    if time == "space":
        if not all(subject.kind.place == AIR for subject in scene.subjects):
            land.ground(canvas, "moon", canvas.high * 0.74, time, chance)
        return
    if time == "underwater":
        land.ground(canvas, "seabed", horizon, "day", chance)
        return
    if time == "room":
        land.ground(canvas, "floor", horizon, "day", chance)
        return
    if "mountains" in lands:
        land.mountains(canvas, horizon, time, None, chance)
    if "volcano" in lands:
        land.volcano(canvas, horizon, time)
    if "hills" in lands or (not lands and time in ("day", "dawn", "sunset", "fog")):
        land.hills(canvas, horizon, time, chance)
    if "desert" in lands:
        land.dunes(canvas, horizon, time, chance)
    if "city" in lands:
        land.city(canvas, horizon, time, chance)
    if "forest" in lands:
        land.forest(canvas, horizon, time, chance)
    snowy = time == "winter" or "snow" in scene.sights
    if "sea" in lands:
        stands = any(subject.kind.place not in (AIR, WATER, UNDER) for subject in scene.subjects)
        shore = canvas.high * 0.8 if stands or "beach" in lands else canvas.high
        land.sea(canvas, horizon, shore, time, light if time not in ("storm", "fog", "winter") else None, chance)
        if shore < canvas.high:
            land.ground(canvas, "sand" if not snowy else "snow", shore, time, chance)
        return
    kind = "snow" if snowy else "sand" if lands & {"desert", "beach"} else "street" if "city" in lands else "grass"
    land.ground(canvas, kind, horizon, time, chance)
    if "river" in lands:
        land.river(canvas, horizon, time)


def subjects(canvas: Canvas, scene: Scene, chance: Chance, time: str = "day", alone: bool = False) -> None:
    """What *scene* is about: the first thing large and in the middle, the others beside it.

    Without surroundings they are *alone*: in the middle, and without shadows.
    """
    number = len(scene.subjects)
    places = {
        1: (0.5,), 2: (0.36, 0.7), 3: (0.5, 0.2, 0.8), 4: (0.4, 0.16, 0.66, 0.87), 5: (0.5, 0.14, 0.32, 0.7, 0.88),
    }.get(number, ())  # fmt: skip
    kinds = [subject.kind for subject in scene.subjects]
    order = sorted(range(number), key=lambda at: (kinds[at].paint in BEHIND, kinds[at].size, -at), reverse=True)
    for at in order:
        subject = scene.subjects[at]
        size = subject.kind.size * (1.0 if at == 0 else 0.72) * (1.0 if number < 3 else 0.82)
        _group(canvas, scene, subject, places[at] * canvas.wide, size, time, alone, chance)


def _group(
    canvas: Canvas, scene: Scene, subject: Subject, x: float, size: float, time: str, alone: bool, chance: Chance
) -> None:
    """One thing as often as it is there, in a row that is not quite even."""
    count = subject.many
    size *= 1.0 if count == 1 else 0.78 if count < 4 else 0.62
    step = min(size * 1.05, canvas.wide * 0.8 / max(1, count))
    for number in range(count):
        shift, lift = chance.draw(1000, 1000)
        left = x + (number - (count - 1) / 2) * step + (shift / 1000 - 0.5) * 0.04 * min(count, 2)
        left = min(max(left, size * 0.4), canvas.wide - size * 0.4)
        top = _alone(canvas, subject, size) if alone else _level(canvas, scene, subject, time)
        top += (lift / 1000 - 0.5) * (0.09 if count > 1 else 0.015)
        if subject.kind.place not in (AIR, UNDER, WATER) and not alone:
            _shadow(canvas, left, top, size)
        subject.kind.paint(canvas, left, top, size, subject.colour)


def _alone(canvas: Canvas, subject: Subject, size: float) -> float:
    """Where a thing stands of which nothing else is seen."""
    return canvas.high * 0.5 + (0.0 if subject.kind.place in (AIR, UNDER) else size * 0.5)


def _level(canvas: Canvas, scene: Scene, subject: Subject, time: str) -> float:
    """Where a thing stands or flies."""
    place = subject.kind.place
    if place == AIR:
        return canvas.high * (0.4 if time == "space" else 0.3)
    if place == UNDER:
        return canvas.high * (0.48 if time == "underwater" else 0.76)
    if place == WATER:
        return canvas.high * (0.74 if "sea" in scene.lands else 0.8)
    if "sea" in scene.lands and time != "room":
        return canvas.high * 0.86
    return canvas.high * 0.84


def _shadow(canvas: Canvas, x: float, y: float, size: float) -> None:
    """What a thing takes from the light where it stands."""
    from PIL import Image, ImageDraw, ImageFilter

    unit = min(canvas.image.size)
    box = ((x - 0.5 * size) * unit, (y - 0.07 * size) * unit, (x + 0.5 * size) * unit, (y + 0.07 * size) * unit)
    left, top, right, bottom = (round(edge) for edge in box)
    across, down = max(4, right - left), max(4, bottom - top)
    shade = Image.new("L", (across * 2, down * 4), 0)
    ImageDraw.Draw(shade).ellipse((across // 2, down * 3 // 2, across * 3 // 2, down * 5 // 2), fill=110)
    shade = shade.filter(ImageFilter.BoxBlur(max(1, down // 3)))
    ink = Image.new(canvas.image.mode, shade.size, (16, 24, 28) if canvas.image.mode == "RGB" else (16, 24, 28, 255))
    canvas.image.paste(ink, (left - across // 2, top - down * 3 // 2), shade)


def styled(image: "Image.Image", styles: frozenset[str]) -> "Image.Image":
    """*image* as a style shows it."""
    from PIL import Image, ImageEnhance, ImageFilter, ImageOps

    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    made = image.convert("RGB")
    if "paint" in styles:
        small = made.resize((max(1, made.width // 5), max(1, made.height // 5)), Image.Resampling.BOX)
        washed = small.resize(made.size, Image.Resampling.BICUBIC)
        made = ImageOps.posterize(Image.blend(made.filter(ImageFilter.GaussianBlur(2)), washed, 0.45), 5)
    if "poster" in styles:
        made = ImageOps.posterize(made, 4)
    if "sketch" in styles:
        grey = made.convert("L")
        blurred = ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(5))
        made = Image.composite(Image.new("L", grey.size, 250), grey, blurred.point(lambda level: min(255, level + 40)))
        edges = ImageOps.invert(grey.filter(ImageFilter.FIND_EDGES)).filter(ImageFilter.SMOOTH)
        made = ImageEnhance.Contrast(Image.blend(made, edges, 0.65)).enhance(2.2).convert("RGB")
    if "grey" in styles:
        made = made.convert("L").convert("RGB")
    if "sepia" in styles:
        made = ImageOps.colorize(made.convert("L"), (44, 26, 12), (250, 234, 202), (164, 124, 84))
    if "neon" in styles:
        made = ImageEnhance.Color(made).enhance(1.7)
        made = ImageEnhance.Contrast(made).enhance(1.15)
    if "pixel" in styles:
        small = made.resize((max(1, made.width // 12), max(1, made.height // 12)), Image.Resampling.BOX)
        made = small.quantize(32).convert("RGB").resize(made.size, Image.Resampling.NEAREST)
    if alpha is not None:
        made = made.convert("RGBA")
        made.putalpha(alpha)
    return made
