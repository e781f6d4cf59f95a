package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"drydock/remediation"
	"drydock/tui/action"
	"drydock/tui/paint"
)

// pane is a rectangle of the screen: it holds what it shows, not the program.
type pane interface {
	Name() string // where panes that are not shown are listed
	Layout(paint.Rect)
	Area() paint.Rect
	Focus(bool)
	Do(action.ID) (intent, bool) // what a key means here; false when it means nothing
	Render(*paint.Kit) []string  // exactly as large as the rectangle, cached
	Actions() []offer            // the actions at hand, beside those of moving
	Scopes() []action.Scope
	Click(x, y int) intent // in cells of the screen
	Wheel(rows int) intent
}

// typist is a pane that takes text while Typing.
type typist interface {
	Typing() bool
	Type(tea.KeyPressMsg) (intent, bool)
	Paste(string)
}

// offer is an action that a pane has at hand; Disabled says why it cannot be
// taken now.
type offer struct {
	ID       action.ID
	Disabled string
}

// base is what panes have in common.
type base struct {
	rect    paint.Rect
	focused bool
	version int // of what is shown; touch raises it
	cached  cache
	box     mailbox
}

type cache struct {
	rect    paint.Rect
	kit     *paint.Kit
	version int
	focused bool
	lines   []string
}

func (b *base) Layout(r paint.Rect)   { b.rect = r }
func (b *base) Area() paint.Rect      { return b.rect }
func (b *base) Focus(on bool)         { b.focused = on }
func (b *base) Click(int, int) intent { return nil }
func (b *base) Wheel(int) intent      { return nil }
func (b *base) Actions() []offer      { return nil }
func (b *base) touch()                { b.version++ }
func (b *base) Scopes() []action.Scope {
	return nil
}

// draw returns what render drew last, as long as nothing it depends on changed.
func (b *base) draw(k *paint.Kit, render func() []string) []string {
	c := &b.cached
	if c.lines == nil || c.kit != k || c.rect != b.rect || c.version != b.version || c.focused != b.focused {
		*c = cache{b.rect, k, b.version, b.focused, render()}
	}
	return c.lines
}

// mailbox holds the one answer that is waited for; earlier ones are stale.
type mailbox struct {
	id     int
	cancel context.CancelFunc
}

// drop forgets what is waited for and ends the work on it.
func (m *mailbox) drop() {
	m.id = 0
	if m.cancel != nil {
		m.cancel()
		m.cancel = nil
	}
}

// intent is what a pane asks of App; it is carried out in the same Update, so
// that the next key already meets its result. nil asks for nothing.
type intent any

type (
	several    []intent
	show       struct{ screen *screen }       // put a screen on top
	goBack     struct{}                       // take the top screen away
	openItem   struct{ fingerprint string }   // the finding's screen
	openList   struct{ category string }      // the findings of a category
	chosen     struct{ fingerprint string }   // the list's cursor is on another finding
	openFix    struct{ plans []fixOf }        // plan these fixes
	say        struct{ text string }          // one line for the person
	warn       struct{ text string }          // one line that something did not work
	overlaid   struct{ overlay overlay }      // put an overlay on top
	perform    struct{ id action.ID }         // as if its key had been pressed
	setFilter  struct{ text string }          // filter findings everywhere
	setTheme   struct{ name string }          // "" takes the first one back
	rearranged struct{}                       // the screen's panes changed
	copied     struct{ what, content string } // put content on the clipboard
	edit       struct {                       // open the editor
		path string
		line int
	}
	write struct { // the engine is to change the project
		what string
		work func(context.Context) (remediation.Applied, error)
		then func(remediation.Applied, error) intent
	}
)

// fixOf names a fix and the findings it is for.
type fixOf struct {
	id           string
	fingerprints []string
}

// request asks for work outside Update; then gets its answer inside.
type request struct {
	box  *mailbox
	work func(context.Context) any
	then func(any) intent
}

// ask makes a request whose answer is a T. What the box waited for is dropped.
func ask[T any](box *mailbox, work func(context.Context) T, then func(T) intent) intent {
	return request{box, func(ctx context.Context) any { return work(ctx) }, func(v any) intent {
		if failed, ok := v.(error); ok {
			if _, wanted := any(*new(T)).(error); !wanted {
				return warn{failed.Error()}
			}
		}
		return then(v.(T))
	}}
}

// reply is the message that carries an answer.
type reply struct {
	id      int
	request request
	value   any
}
