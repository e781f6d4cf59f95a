//go:build unix

package e2e

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hinshun/vt10x"

	"drydock/themes"
)

// The README's pictures are screens of the program, drawn cell by cell. They are
// taken with -update; otherwise the test sees to it that they can be shown.
func TestPictures(t *testing.T) {
	t.Parallel()
	p := acme(t)
	s := start(t, p, 120, 36, "COLORTERM=truecolor")
	s.audited()
	s.waitFor(" of code")
	s.golden("120x36/dashboard")
	s.picture("dashboard", "The dashboard of drydock on its sample project: overall score, a score for each category, the top risks, the services")
	s.open("security/inline-secret")
	s.press("f")
	s.waitFor("Questions")
	s.answer()
	s.proven()
	s.golden("120x36/move-secrets")
	s.picture("fix", "A fix in drydock: on the left the diff, in which secrets are masked, on the right the proof and the scores before and after")
	s.quit()
}

// picture takes the screen for docs, or checks the one that is there.
func (s *session) picture(name, title string) {
	s.t.Helper()
	path := filepath.Join("..", "..", "docs", name+".svg")
	if *update {
		theme, err := themes.Find("dark")
		if err != nil {
			s.t.Fatal(err)
		}
		d := drawing{frame: s.now(), text: string(theme.Text), ground: string(theme.Background)}
		if err := os.WriteFile(path, d.svg(title), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	image, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	for dec := xml.NewDecoder(bytes.NewReader(image)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			s.t.Fatalf("%s: %v", path, err)
		}
		if e, ok := token.(xml.StartElement); ok && !strings.Contains(" svg title g rect path text ", " "+e.Name.Local+" ") {
			s.t.Errorf("%s: has a %s", path, e.Name.Local)
		}
	}
}

// The cells of a picture, in pixels, and the margin around them.
const (
	cellWidth  = 8
	cellHeight = 18
	margin     = 14
	fontSize   = 13
	baseline   = 13 // below the upper edge of the cell
)

// drawing draws a frame. The lines of boxes and the blocks of bars are drawn as
// shapes, since fonts leave gaps between them.
type drawing struct {
	frame        *frame
	text, ground string // the colours of what has none of its own
	out          bytes.Buffer
}

func (d *drawing) svg(title string) []byte {
	w, h := d.frame.cols*cellWidth+2*margin, d.frame.rows*cellHeight+2*margin
	d.printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", w, h, w, h)
	d.printf("<title>%s</title>\n", escaped(title))
	d.printf("<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"9\" fill=\"%s\" stroke=\"#3d444d\"/>\n", w-1, h-1, d.ground)
	d.printf("<g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace\" font-size=\"%d\">\n", fontSize)
	for y, row := range d.frame.cells {
		d.grounds(y, row)
	}
	for y, row := range d.frame.cells {
		d.row(y, row)
	}
	d.printf("</g>\n</svg>\n")
	return d.out.Bytes()
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

// grounds draws what lies behind the characters of a row.
func (d *drawing) grounds(y int, row []vt10x.Glyph) {
	for x := 0; x < len(row); {
		to := x + 1
		for to < len(row) && row[to].BG == row[x].BG {
			to++
		}
		if row[x].BG != vt10x.DefaultBG {
			d.rect(x*cellWidth, y*cellHeight, (to-x)*cellWidth, cellHeight, d.colour(row[x].BG), 1)
		}
		x = to
	}
}

// row draws the characters of a row: words as one piece of text, all else one by
// one.
func (d *drawing) row(y int, row []vt10x.Glyph) {
	for x := 0; x < len(row); {
		g := row[x]
		switch {
		case g.Char <= ' ':
			x++
		case g.Char < 0x7f:
			to := wordEnd(row, x)
			d.words(x, y, row[x:to])
			x = to
		default:
			to := x + 1
			for to < len(row) && row[to] == g {
				to++
			}
			if !d.shape(x, y, to-x, g) {
				to = x + 1
				d.printf("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"%s\">%c</text>\n",
					margin+x*cellWidth+cellWidth/2, margin+y*cellHeight+baseline, d.colour(g.FG), g.Char)
			}
			x = to
		}
	}
}

// wordEnd is where the text that begins at x ends: one blank is part of it, two
// are not.
func wordEnd(row []vt10x.Glyph, x int) int {
	like := func(i int) bool { return i < len(row) && row[i].FG == row[x].FG && row[i].Mode == row[x].Mode }
	end := x + 1
	for like(end) && row[end].Char < 0x7f && (row[end].Char > ' ' || like(end+1) && row[end+1].Char > ' ' && row[end+1].Char < 0x7f) {
		end++
	}
	return end
}

const underlined, bold = 1 << 1, 1 << 2 // the emulator's own bits

func (d *drawing) words(x, y int, cells []vt10x.Glyph) {
	var text strings.Builder
	for _, c := range cells {
		text.WriteRune(max(' ', c.Char))
	}
	style := ""
	if cells[0].Mode&bold != 0 {
		style += " font-weight=\"bold\""
	}
	if cells[0].Mode&underlined != 0 {
		style += " text-decoration=\"underline\""
	}
	d.printf("<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" fill=\"%s\"%s>%s</text>\n",
		margin+x*cellWidth, margin+y*cellHeight+baseline, len(cells)*cellWidth, d.colour(cells[0].FG), style, escaped(text.String()))
}

// lines are the characters of boxes as paths in a cell; a horizontal one is as
// long as the run.
var lines = map[rune]string{
	'│': "M4 0V18", '┃': "M4 0V18", '╭': "M4 18V13Q4 9 8 9", '╮': "M0 9Q4 9 4 13V18", '╰': "M4 0V5Q4 9 8 9", '╯': "M0 9Q4 9 4 5V0",
	'├': "M4 0V18M4 9H8", '┤': "M4 0V18M0 9H4", '┬': "M0 9H8M4 9V18", '┴': "M0 9H8M4 0V9",
}

// shape draws n times the character of a box or a bar; false when it is none.
func (d *drawing) shape(x, y, n int, g vt10x.Glyph) bool {
	left, top, width, colour := x*cellWidth, y*cellHeight, n*cellWidth, d.colour(g.FG)
	switch g.Char {
	case '─':
		d.rect(left, top+cellHeight/2, width, 1, colour, 1)
	case '━':
		d.rect(left, top+cellHeight/2-1, width, 3, colour, 1)
	case '█':
		d.rect(left, top, width, cellHeight, colour, 1)
	case '▀':
		d.rect(left, top, width, cellHeight/2, colour, 1)
	case '▄':
		d.rect(left, top+cellHeight/2, width, cellHeight/2, colour, 1)
	case '░':
		d.rect(left, top, width, cellHeight, colour, 0.3)
	default:
		path, ok := lines[g.Char]
		if !ok {
			return false
		}
		stroke := 1
		if g.Char == '┃' {
			stroke = 3
		}
		for i := range n {
			d.printf("<path transform=\"translate(%d %d)\" d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%d\"/>\n",
				margin+left+i*cellWidth, margin+top, path, colour, stroke)
		}
	}
	return true
}

func (d *drawing) rect(x, y, w, h int, colour string, opacity float64) {
	d.printf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"", margin+x, margin+y, w, h, colour)
	if opacity < 1 {
		d.printf(" opacity=\"%g\"", opacity)
	}
	d.printf("/>\n")
}

// colour is a colour of the emulator as SVG wants it. The program is told that
// the terminal has all colours, so that none comes from a palette.
func (d *drawing) colour(c vt10x.Color) string {
	switch c {
	case vt10x.DefaultFG:
		return d.text
	case vt10x.DefaultBG:
		return d.ground
	}
	return fmt.Sprintf("#%06x", uint32(c))
}

func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // it writes to memory
	}
	return b.String()
}
