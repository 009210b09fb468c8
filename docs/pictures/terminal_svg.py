"""Frames of a terminal as one animated SVG: text stays text, and a line that does not change is there once.

Without animation (a printer, a reader who asked for less motion) the last frame is shown.
"""

import html
import re
import unicodedata

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE, PADDING = 8.4, 18, 14, 12
BACKGROUND, FOREGROUND = "#14171c", "#d5dae3"
# The sixteen colours of a dark terminal.
PALETTE = [
    "#3b4252", "#f0717b", "#8fce7b", "#e6c07b", "#6cb2f0", "#c89bea", "#5fc9d0", "#d5dae3",
    "#6b7487", "#ff8f98", "#a9e295", "#f3d497", "#8ec7ff", "#dbb5f7", "#85e0e6", "#ffffff",
]
LEVELS = [0, 95, 135, 175, 215, 255]
SGR = re.compile(r"\x1b\[([0-9;]*)m")


def colour(number):
    """A colour of the 256 of xterm."""
    if number < 16:
        return PALETTE[number]
    if number < 232:
        number -= 16
        return "#%02x%02x%02x" % (LEVELS[number // 36], LEVELS[number // 6 % 6], LEVELS[number % 6])
    grey = 8 + 10 * (number - 232)
    return "#%02x%02x%02x" % (grey, grey, grey)


def styled(style, codes):
    """The style after a select-graphic-rendition sequence (ECMA-48, 8.3.117)."""
    style, codes = dict(style), [int(code or 0) for code in codes.split(";")]
    while codes:
        code = codes.pop(0)
        if code == 0:
            style = {}
        elif code in (1, 2, 7):
            style[{1: "bold", 2: "dim", 7: "reverse"}[code]] = True
        elif code == 22:
            style.pop("bold", None), style.pop("dim", None)
        elif code == 27:
            style.pop("reverse", None)
        elif code in (38, 48):
            kind = codes.pop(0) if codes else 0
            name = "fg" if code == 38 else "bg"
            if kind == 5 and codes:
                style[name] = colour(codes.pop(0))
            elif kind == 2 and len(codes) >= 3:
                style[name] = "#%02x%02x%02x" % tuple(codes.pop(0) for _ in range(3))
        elif code == 39:
            style.pop("fg", None)
        elif code == 49:
            style.pop("bg", None)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            style["fg"] = PALETTE[code - 30 if code < 90 else code - 82]
        elif 40 <= code <= 47 or 100 <= code <= 107:
            style["bg"] = PALETTE[code - 40 if code < 100 else code - 92]
    return style


def width(text):
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def row(line, y):
    """The SVG of a line, empty where nothing is to be seen."""
    parts, style, column, at = [], {}, 0, 0
    for found in [*SGR.finditer(line), None]:
        text = line[at:found.start() if found else len(line)]
        if text:
            parts.append(span(text, style, column, y))
            column += width(text)
        if found:
            style, at = styled(style, found.group(1)), found.end()
    return "".join(parts)


def span(text, style, column, y):
    fg, bg = style.get("fg", FOREGROUND), style.get("bg")
    if style.get("reverse"):
        fg, bg = bg or BACKGROUND, fg
    x, wide = PADDING + column * CELL_WIDTH, width(text) * CELL_WIDTH
    made = f'<rect x="{x:.1f}" y="{y - FONT_SIZE + 1}" width="{wide:.1f}" height="{CELL_HEIGHT}" fill="{bg}"/>' if bg else ""
    if not text.strip():
        return made
    lead = len(text) - len(text.lstrip(" "))
    body = text.strip(" ")
    attributes = f' fill="{fg}"' if fg != FOREGROUND else ""
    attributes += ' font-weight="700"' if style.get("bold") else ""
    attributes += ' opacity=".6"' if style.get("dim") else ""
    x += lead * CELL_WIDTH
    return (f'{made}<text x="{x:.1f}" y="{y}" textLength="{width(body) * CELL_WIDTH:.1f}"{attributes}>'
            f"{html.escape(body, quote=False)}</text>")


def spans_of_time(frames):
    """For each row the lines it showed, as (first frame, frame after the last, line)."""
    rows = max(len(lines) for _, lines in frames)
    for number in range(rows):
        began, shown = 0, None
        for index, (_, lines) in enumerate(frames):
            line = lines[number] if number < len(lines) else ""
            if line != shown:
                if shown is not None:
                    yield number, began, index, shown
                began, shown = index, line
        yield number, began, len(frames), shown


def animation(frames, columns, seconds, title, hold=2.0):
    """The SVG of `frames`, (second, lines) each, which starts again `hold` seconds after its last frame."""
    whole, end, rows = seconds + hold, len(frames), max(len(lines) for _, lines in frames)
    size = (round(columns * CELL_WIDTH + 2 * PADDING), rows * CELL_HEIGHT + 2 * PADDING)
    rules, body = {}, []
    for number, began, after, line in spans_of_time(frames):
        drawn = row(line, PADDING + FONT_SIZE + number * CELL_HEIGHT)
        if not drawn:
            continue
        if (began, after) == (0, end):
            body.append(drawn)
            continue
        name = f"f{began}-{after}"
        rules[name] = (0 if began == 0 else 100 * frames[began][0] / whole, 100 if after == end else 100 * frames[after][0] / whole)
        last = " last" if after == end else ""
        body.append(f'<g class="{name}{last}">{drawn}</g>')
    style = ["text{white-space:pre}", f"g{{opacity:0;animation:{whole}s step-end infinite}}g.last{{opacity:1}}"]
    for name, (since, until) in rules.items():
        points = ["0%%{opacity:%d}" % (since == 0)]
        points += ["%.2f%%{opacity:1}" % since] if since else []
        points += ["%.2f%%{opacity:0}" % until] if until < 100 else []
        style.append(f".{name}{{animation-name:{name}}}@keyframes {name}{{{''.join(points)}}}")
    style.append("@media(prefers-reduced-motion:reduce),print{g{animation:none}}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" height="{size[1]}" role="img" xml:space="preserve" '
        f'font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,\'DejaVu Sans Mono\',monospace" font-size="{FONT_SIZE}" '
        f'fill="{FOREGROUND}"><title>{html.escape(title)}</title><style>{"".join(style)}</style>'
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>\n' + "\n".join(body) + "\n</svg>\n"
    )
