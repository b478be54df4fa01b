# Draws folded stacks, sorted, as a flame graph: SVG, the outermost frames at the bottom, as wide as they were seen often.
# Wants total (samples) and title.

function open_frames(from, to) {
    for (; from <= to; from++) begins[from] = seen
}

function close_frames(from, to,    width, level) {
    for (level = to; level >= from; level--) {
        width = (seen - begins[level]) * scale
        if (width >= 0.3) draw(open[level], begins[level] * scale, level, width, seen - begins[level])
    }
}

function colour(name) {
    return name ~ /_\[k\]$/ ? "#e59a6b" : name ~ /_\[f\]$/ ? "#7fc97f" : name ~ /_\[m\]$/ ? "#beaed4" : "#cccccc"
}

function escaped(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/>/, "\\&gt;", text)
    return text
}

function draw(name, x, level, width, count,    fill, text, room) {
    fill = colour(name)
    sub(/_\[[kfm]\]$/, "", name)
    room = int(width / 6.6)
    text = length(name) <= room ? name : room > 3 ? substr(name, 1, room - 2) ".." : ""
    y = HEIGHT - MARGIN - level * LINE
    printf "<g><title>%s: %.2f %%, %d samples</title><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
           escaped(name), count * 100 / total, count, MARGIN + x, y, width, LINE - 1, fill
    if (text != "") printf "<text x=\"%.1f\" y=\"%d\">%s</text>", MARGIN + x + 2, y + LINE - 5, escaped(text)
    print "</g>"
}

BEGIN {
    LINE = 17; MARGIN = 10; WIDTH = 1400; HEIGHT = depth * LINE + 5 * MARGIN
    scale = (WIDTH - 2 * MARGIN) / total
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"monospace\" font-size=\"11\">\n",
           WIDTH, HEIGHT
    printf "<text x=\"%d\" y=\"20\" font-size=\"14\">%s</text>\n", MARGIN, escaped(title)
}
{
    count = $NF
    sub(/ [0-9]+$/, "")
    now = split($0, frames, ";")
    same = 0
    while (same < now && same < before && frames[same + 1] == open[same + 1]) same++
    close_frames(same + 1, before)
    open_frames(same + 1, now)
    for (i = same + 1; i <= now; i++) open[i] = frames[i]
    before = now
    seen += count
}
END { close_frames(1, before); print "</svg>" }
