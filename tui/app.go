package tui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"

	"drydock/internal/audit"
	"drydock/internal/inert"
	"drydock/internal/repo"
	"drydock/remediation"
	"drydock/themes"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// App is the UI: it routes messages, lays out screens, and owns the focus.
type App struct {
	o      Options
	ctx    context.Context
	cancel context.CancelFunc
	keys   *action.Keymap
	kit    *paint.Kit
	look   look
	width  int
	height int

	pic      *picture
	scan     scan
	excerpts *excerpts
	stack    []*screen // the top one is shown
	overlays []overlay // the last one gets the keys
	note     note      // one line in the footer, until the next key
	log      []entry
	noMouse  bool
	marked   map[string]bool // steps of the plan, by check
	history  []remediation.Applied
	requests int     // ids given out
	busy     string  // what is being written, "" when nothing is
	counting mailbox // for the figures of the last audit
	writing  writing // the engine at work
}

// look is what decides the theme.
type look struct {
	name string // chosen, "" or auto is by terminal
	dark bool
	can  themes.Capability
}

// scan is the audit under way.
type scan struct {
	id     int
	run    *audit.Run
	cancel context.CancelFunc
}

// note is a line for the person.
type note struct {
	text string
	bad  bool
}

// entry is a note in the log.
type entry struct {
	when time.Time
	note
}

// smallest is the size below which nothing is laid out.
const smallestWidth, smallestHeight = 40, 10

// New makes the UI. It fails as Options.Check does; nothing is read yet.
func New(ctx context.Context, o Options) (*App, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	keys, err := action.NewKeymap(o.Keymap)
	if err != nil {
		return nil, err
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.Target == 0 {
		o.Target = 90
	}
	a := &App{o: o, keys: keys, excerpts: &excerpts{}, marked: map[string]bool{}, look: look{name: o.Theme, dark: true, can: themes.FullColor}}
	a.ctx, a.cancel = context.WithCancel(ctx)
	a.restyle()
	a.pic = &picture{spin: spinner.New(spinner.WithSpinner(a.kit.Spin)), name: o.Name, scanning: true, docs: docsOf(o.Checks), source: func(string) *repo.File { return nil }}
	a.push(a.overviewScreen())
	return a, nil
}

// Close ends what still runs, but for a change that is being written: that one
// is waited for, and no other begins.
func (a *App) Close() {
	a.cancel()
	a.writing.close()
}

// Init starts the audit; the first frame does not wait for it.
func (a *App) Init() tea.Cmd { return tea.Batch(a.startScan(), tea.RequestBackgroundColor) }

// restyle makes the kit that the look asks for.
func (a *App) restyle() {
	can := a.look.can
	if a.o.NoColor {
		can = themes.NoColor
	}
	theme := themes.Pick(a.look.dark, can)
	if a.chosenTheme() && can != themes.NoColor {
		if chosen, err := themes.Find(a.look.name); err == nil {
			theme = chosen
		}
	}
	a.kit = paint.NewKit(theme, a.o.ASCII)
}

func (a *App) chosenTheme() bool { return a.look.name != "" && a.look.name != themes.Auto }

func (a *App) top() *screen { return a.stack[len(a.stack)-1] }

// push puts a screen on top and hands it the picture.
func (a *App) push(s *screen) tea.Cmd {
	a.stack = append(a.stack, s)
	in := s.update(a.pic)
	a.place()
	return a.carry(in)
}

// pop takes the top screen away; the first one stays.
func (a *App) pop() tea.Cmd {
	if len(a.stack) == 1 {
		return nil
	}
	if s := a.top(); s.close != nil {
		s.close()
	}
	a.stack = a.stack[:len(a.stack)-1]
	in := a.top().update(a.pic)
	a.place()
	return a.carry(in)
}

// open goes to a tab: its screen stands right above the overview.
func (a *App) open(s *screen) tea.Cmd {
	for len(a.stack) > 1 {
		if top := a.top(); top.close != nil {
			top.close()
		}
		a.stack = a.stack[:len(a.stack)-1]
	}
	if s == nil {
		in := a.top().update(a.pic)
		a.place()
		return a.carry(in)
	}
	return a.push(s)
}

// present tells the panes of the top screen about a new picture.
func (a *App) present(pic *picture) tea.Cmd {
	a.pic = pic
	in := a.top().update(pic)
	a.place()
	return a.carry(in)
}

// body is the rectangle between header and footer.
func (a *App) body() paint.Rect {
	head := a.headerRows()
	return paint.Rect{X: 0, Y: head, W: a.width, H: max(0, a.height-head-1)}
}

// place lays out the top screen.
func (a *App) place() {
	if a.tooSmall() {
		return
	}
	a.top().layout(a.body())
}

func (a *App) tooSmall() bool { return a.width < smallestWidth || a.height < smallestHeight }

// View draws the frame.
func (a *App) View() tea.View {
	v := tea.NewView(a.frame())
	v.AltScreen = true
	v.WindowTitle = inert.Line("drydock " + a.o.Name)
	if !a.noMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if a.chosenTheme() && a.kit.Theme.Background != "" && !a.o.NoColor {
		v.BackgroundColor, v.ForegroundColor = a.kit.Theme.Background.Ink(), a.kit.Theme.Text.Ink()
	}
	return v
}
