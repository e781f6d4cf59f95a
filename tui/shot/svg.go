package main

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"drydock/themes"
)

// The size of a cell, in units of the drawing.
const (
	cellWidth  = 8.4
	cellHeight = 18.0
	margin     = 14.0
)

// svg draws a frame: text and the sequences that themes.Style writes.
func svg(frame string, look themes.Theme) string {
	lines := strings.Split(frame, "\n")
	columns := 0
	for _, l := range lines {
		n := 0
		for _, r := range runs(l) {
			n += len([]rune(r.text))
		}
		columns = max(columns, n)
	}
	width, height := float64(columns)*cellWidth+2*margin, float64(len(lines))*cellHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="drydock">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", look.Background)
	fmt.Fprintf(&b, `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve" fill="%s">`+"\n", look.Text)
	for y, line := range lines {
		x := 0
		for _, r := range runs(line) {
			r.draw(&b, x, y)
			x += len([]rune(r.text))
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// run is text of one style.
type run struct {
	text                     string
	fg, bg                   string
	bold, italic, underlined bool
}

func (r run) draw(b *strings.Builder, x, y int) {
	left, top := margin+float64(x)*cellWidth, margin+float64(y)*cellHeight
	width := float64(len([]rune(r.text))) * cellWidth
	if r.bg != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, left, top, width, cellHeight, r.bg)
	}
	if strings.TrimSpace(r.text) == "" {
		return
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f"`, left, top+13.5, width)
	if r.fg != "" {
		fmt.Fprintf(b, ` fill="%s"`, r.fg)
	}
	if r.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if r.italic {
		b.WriteString(` font-style="italic"`)
	}
	if r.underlined {
		b.WriteString(` text-decoration="underline"`)
	}
	fmt.Fprintf(b, ">%s</text>\n", html.EscapeString(r.text))
}

// runs takes a line apart at its sequences.
func runs(line string) []run {
	var out []run
	var style run
	for len(line) > 0 {
		i := strings.IndexByte(line, 0x1b)
		if i < 0 {
			i = len(line)
		}
		if i > 0 {
			next := style
			next.text = line[:i]
			out = append(out, next)
			line = line[i:]
			continue
		}
		end := strings.IndexByte(line, 'm')
		if end < 0 {
			break
		}
		style = style.with(strings.Split(strings.TrimPrefix(line[:end], "\x1b["), ";"))
		line = line[end+1:]
	}
	return out
}

// with is the style after a sequence's parameters.
func (r run) with(codes []string) run {
	for i := 0; i < len(codes); i++ {
		switch codes[i] {
		case "", "0":
			r = run{}
		case "1":
			r.bold = true
		case "3":
			r.italic = true
		case "4":
			r.underlined = true
		case "38", "48":
			if i+4 >= len(codes) {
				return r
			}
			color := "#"
			for _, channel := range codes[i+2 : i+5] {
				n, err := strconv.Atoi(channel)
				if err != nil {
					return r
				}
				color += fmt.Sprintf("%02x", n)
			}
			if codes[i] == "38" {
				r.fg = color
			} else {
				r.bg = color
			}
			i += 4
		}
	}
	return r
}
