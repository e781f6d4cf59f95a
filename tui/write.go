package tui

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"drydock/remediation"
	"drydock/tui/action"
)

// wrote is the message that the engine is through with a change.
type wrote struct {
	write   write
	applied remediation.Applied
	history []remediation.Applied
	err     error
}

// writing keeps the program alive while a change is written, and lets none begin
// once the program is about to end.
type writing struct {
	mu     sync.Mutex
	closed bool
	active sync.WaitGroup
}

func (w *writing) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.active.Add(1)
	}
	return !w.closed
}

func (w *writing) done() { w.active.Done() }

func (w *writing) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.active.Wait()
}

// write lets the engine change the project. It is not cut short when the UI
// closes: a set is written whole.
func (a *App) write(w write) tea.Cmd {
	if a.busy != "" {
		return a.carry(warn{a.busy + "; a moment"})
	}
	a.busy = w.what
	ctx, engine := context.WithoutCancel(a.ctx), a.o.Engine
	return func() tea.Msg {
		msg := wrote{write: w}
		if !a.writing.begin() {
			msg.err = context.Canceled
			return msg
		}
		defer a.writing.done()
		failed := guarded(ctx, func(ctx context.Context) any {
			msg.applied, msg.err = w.work(ctx)
			return nil
		})
		if err, ok := failed.(error); ok {
			msg.err = err
		}
		msg.history = historyOf(engine)
		return msg
	}
}

// written takes in what was changed and audits the project again.
func (a *App) written(msg wrote) tea.Cmd {
	a.busy = ""
	a.history = msg.history
	after := a.carry(msg.write.then(msg.applied, msg.err))
	if msg.err != nil {
		return after
	}
	return tea.Batch(after, a.startScan(), a.present(a.pic))
}

func historyOf(e Engine) []remediation.Applied {
	history, err := e.History()
	if err != nil {
		return nil // Writable says why, and undo with it
	}
	return history
}

// turnBack undoes or redoes the last change.
func (a *App) turnBack(id action.ID) tea.Cmd {
	engine := a.o.Engine
	w := write{what: "undoing", work: engine.Undo, then: func(done remediation.Applied, err error) intent {
		if err != nil {
			return warn{"nothing was undone: " + err.Error()}
		}
		if !done.Redoable {
			return say{"undone: " + done.Title}
		}
		return say{fmt.Sprintf("undone: %s; %s applies it again", done.Title, a.keys.Key(action.Redo))}
	}}
	if id == action.Redo {
		w.what, w.work = "redoing", engine.Redo
		w.then = func(done remediation.Applied, err error) intent {
			if err != nil {
				return warn{"nothing was redone: " + err.Error()}
			}
			return say{fmt.Sprintf("applied again: %s; %s takes it back", done.Title, a.keys.Key(action.Undo))}
		}
	}
	return a.write(w)
}

// cannotTurn says why there is nothing to undo, or to redo.
func (a *App) cannotTurn(redo bool) string {
	if a.pic.readOnly != "" {
		return "nothing can be written: " + a.pic.readOnly
	}
	secret := false
	for _, h := range a.history {
		if h.Undone == redo && (h.Redoable || !redo) {
			return ""
		}
		secret = secret || h.Undone
	}
	switch {
	case secret && redo:
		return "what was undone wrote secrets, which are not kept; plan the fix again"
	case redo:
		return "nothing was undone"
	}
	return "nothing was applied"
}

// edited is the message that the editor was left.
type edited struct{ err error }

// editor opens a file of the project at a line.
func (a *App) editor(e edit) tea.Cmd {
	root, ok := a.o.Tree.(interface{ Path() string })
	switch {
	case a.o.Editor == "":
		return a.carry(warn{"no editor is set: set $VISUAL or $EDITOR"})
	case !ok || e.path == ".":
		return a.carry(warn{"there is no file to open"})
	}
	words := editorCommand(a.o.Editor, filepath.Join(root.Path(), filepath.FromSlash(e.path)), e.line)
	cmd := exec.Command(words[0], words[1:]...)
	return tea.ExecProcess(cmd, func(err error) tea.Msg { return edited{err} })
}

// editorCommand is the command line that opens path at line. Editors that are
// not known open the file alone.
func editorCommand(editor, path string, line int) []string {
	words := strings.Fields(editor)
	switch strings.TrimSuffix(filepath.Base(words[0]), ".exe") {
	case "vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "ed", "joe", "mg", "ne":
		return append(words, fmt.Sprintf("+%d", line), path)
	case "hx", "helix", "subl", "zed":
		return append(words, fmt.Sprintf("%s:%d", path, line))
	case "code", "codium", "cursor":
		return append(words, "--goto", fmt.Sprintf("%s:%d", path, line))
	}
	return append(words, path)
}

// editorLeft audits again: the file may have changed.
func (a *App) editorLeft(msg edited) tea.Cmd {
	if msg.err != nil {
		return a.carry(warn{"editor: " + msg.err.Error()})
	}
	return tea.Batch(a.startScan(), a.present(a.pic))
}
