//go:build unix

package e2e

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/hinshun/vt10x"
)

// emulator is the terminal that the program under test believes to be on. It is
// fed what the program writes and gives frames: screens that are complete.
type emulator struct {
	vt      vt10x.Terminal
	answer  io.Writer // where replies to the program go
	pending []byte    // the beginning of a sequence
	syncing bool      // within a frame that is being written
	colours int       // sequences that set a colour
	frame   *frame
	seen    []*frame // every frame, oldest first
}

func newEmulator(cols, rows int, answer io.Writer) *emulator {
	e := &emulator{vt: vt10x.New(vt10x.WithSize(cols, rows)), answer: answer}
	e.take()
	return e
}

// resize gives the screen another size. The emulator forgets its tab stops beyond
// the old width, so they are set anew.
func (e *emulator) resize(cols, rows int) {
	e.vt.Resize(cols, rows)
	var b bytes.Buffer
	b.WriteString("\x1b7\x1b[3g")
	for col := 9; col <= cols; col += 8 {
		b.WriteString("\x1b[1;" + strconv.Itoa(col) + "H\x1bH")
	}
	b.WriteString("\x1b8")
	e.print(b.Bytes())
	e.take()
}

// write takes what the program wrote.
func (e *emulator) write(data []byte) {
	data = append(e.pending, data...)
	e.pending = nil
	state := byte(0)
	for len(data) > 0 {
		if data[0] != ansi.ESC {
			n := bytes.IndexByte(data, ansi.ESC)
			if n < 0 {
				n = whole(data)
			}
			if n == 0 {
				break
			}
			e.print(data[:n])
			data = data[n:]
			continue
		}
		seq, _, n, next := ansi.DecodeSequence(data, state, nil)
		if next != 0 {
			break
		}
		e.sequence(seq)
		data = data[n:]
	}
	e.pending = slices.Clone(data)
	if !e.syncing {
		e.take()
	}
}

// whole is how many bytes of data are whole characters.
func whole(data []byte) int {
	for n := len(data); n > max(0, len(data)-utf8.UTFMax); n-- {
		if utf8.RuneStart(data[n-1]) {
			if utf8.FullRune(data[n-1:]) {
				return len(data)
			}
			return n - 1
		}
	}
	return len(data)
}

func (e *emulator) print(data []byte) {
	if _, err := e.vt.Write(data); err != nil {
		panic(err) // it writes to memory
	}
}

var (
	setsColour = regexp.MustCompile(`^\x1b\[(?:[\d:]*;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;:m]`)
	underline  = regexp.MustCompile(`4:\d`)
)

// sequence carries out one escape sequence: it answers the questions that a
// terminal of today answers, and keeps from the emulator what it misreads.
func (e *emulator) sequence(seq []byte) {
	switch s := string(seq); {
	case s == ansi.RequestModeSynchronizedOutput:
		e.reply("\x1b[?2026;2$y")
	case s == ansi.SetModeSynchronizedOutput:
		e.syncing = true
	case s == ansi.ResetModeSynchronizedOutput:
		e.syncing = false
		e.take()
	case strings.HasPrefix(s, "\x1b]11;?"):
		e.reply("\x1b]11;rgb:1212/1414/1818\x1b\\")
	case strings.HasPrefix(s, "\x1b[<"), strings.HasPrefix(s, "\x1b[>"), strings.HasPrefix(s, "\x1b[="):
	case strings.HasPrefix(s, "\x1b[?") && !strings.HasSuffix(s, "h") && !strings.HasSuffix(s, "l"):
	case strings.HasPrefix(s, "\x1b[") && strings.HasSuffix(s, "m"):
		if setsColour.MatchString(s) {
			e.colours++
		}
		e.print(underline.ReplaceAll(seq, []byte("4")))
	default:
		e.print(seq)
	}
}

func (e *emulator) reply(s string) {
	// A program that is gone needs no reply.
	_, _ = io.WriteString(e.answer, s)
}

// take makes the screen as it is now the latest frame.
func (e *emulator) take() {
	e.vt.Lock()
	defer e.vt.Unlock()
	cols, rows := e.vt.Size()
	f := &frame{cols: cols, rows: rows, cells: make([][]vt10x.Glyph, rows), alternate: e.vt.Mode()&vt10x.ModeAltScreen != 0,
		mouse: e.vt.Mode()&vt10x.ModeMouseMask != 0, cursor: e.vt.CursorVisible()}
	for y := range rows {
		f.cells[y] = make([]vt10x.Glyph, cols)
		var line strings.Builder
		for x := range cols {
			f.cells[y][x] = e.vt.Cell(x, y)
			line.WriteRune(max(' ', f.cells[y][x].Char))
		}
		f.lines = append(f.lines, strings.TrimRight(line.String(), " "))
	}
	if e.frame == nil || !slices.Equal(e.frame.lines, f.lines) {
		e.seen = append(e.seen, f)
	}
	e.frame = f
}

// frame is a screen that the program has finished.
type frame struct {
	cols, rows int
	lines      []string // without blanks at the end
	cells      [][]vt10x.Glyph
	alternate  bool // the alternate screen is shown
	mouse      bool // the program gets the mouse
	cursor     bool // the cursor is visible
}

func (f *frame) text() string { return strings.Join(f.lines, "\n") }

func (f *frame) has(text string) bool { return strings.Contains(f.text(), text) }
