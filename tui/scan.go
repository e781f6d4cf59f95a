package tui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"drydock/internal/audit"
	"drydock/internal/check"
	"drydock/internal/repo"
	"drydock/remediation"
)

// The messages of an audit under way. Each carries its audit's id: what an
// audit says that another has replaced is dropped.
type (
	started struct {
		id        int
		run       *audit.Run
		recovered string
		err       error
	}
	progressed struct {
		id       int
		progress audit.Progress
	}
	scanned struct {
		id      int
		picture *picture
		history []remediation.Applied
		err     error
	}
)

// frameTime is the least time between two messages of progress.
const frameTime = 50 * time.Millisecond

// beatTime is the longest time without a message while an audit runs. When none
// does, nothing ticks.
const beatTime = 400 * time.Millisecond

// startScan begins an audit; one that is under way ends.
func (a *App) startScan() tea.Cmd {
	if a.scan.cancel != nil {
		a.scan.cancel()
	}
	ctx, cancel := context.WithCancel(a.ctx)
	a.scan = scan{id: a.scan.id + 1, cancel: cancel}
	a.pic = a.pic.with(func(p *picture) {
		p.scanning, p.failed = true, nil
		p.progress = audit.Progress{Total: len(a.o.Checks)}
	})
	id, o, first := a.scan.id, a.o, a.scan.id == 1
	if res := a.pic.result; res != nil {
		o.Audit.Previous = res.Repo
	}
	return func() tea.Msg {
		msg := started{id: id}
		if first {
			// What a killed process left half written is settled before it is read.
			msg.recovered, msg.err = o.Engine.Recover()
		}
		msg.run = audit.Start(ctx, o.Tree, o.Checks, o.Audit)
		return msg
	}
}

func (a *App) scanStarted(msg started) tea.Cmd {
	if msg.id != a.scan.id {
		return nil
	}
	a.scan.run = msg.run
	if msg.recovered != "" {
		a.tell(note{text: msg.recovered})
	}
	if msg.err != nil {
		a.tell(note{text: "an interrupted fix could not be settled: " + msg.err.Error(), bad: true})
	}
	return tea.Batch(a.present(a.pic), a.listen(0))
}

// listen waits for news of the audit, at most one every frameTime.
func (a *App) listen(wait time.Duration) tea.Cmd {
	id, run, o, docs := a.scan.id, a.scan.run, a.o, a.pic.docs
	return func() tea.Msg {
		if wait > 0 {
			timer := time.NewTimer(wait)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-run.Done():
			}
		}
		select {
		case <-run.Done():
			return ended(id, run, &o, docs)
		default:
		}
		beat := time.NewTimer(beatTime)
		defer beat.Stop()
		select {
		case <-run.Done():
			return ended(id, run, &o, docs)
		case <-run.Changed():
		case <-beat.C: // a long check says nothing, but time passes
		}
		return progressed{id, run.Progress()}
	}
}

// ended makes the message that an audit is over, whatever way it ended.
func ended(id int, run *audit.Run, o *Options, docs map[string]*check.Doc) (msg scanned) {
	defer func() {
		if r := recover(); r != nil {
			msg = scanned{id: id, err: fmt.Errorf("this went wrong inside drydock: %v", r)}
		}
	}()
	res, err := run.Wait()
	if err != nil {
		return scanned{id: id, err: err}
	}
	if o.settled != nil {
		o.settled(res)
	}
	return scanned{id: id, picture: settledPicture(o, docs, res), history: historyOf(o.Engine)}
}

func (a *App) scanProgressed(msg progressed) tea.Cmd {
	if msg.id != a.scan.id {
		return nil
	}
	return tea.Batch(a.present(a.pic.advanced(msg.progress, a.scan.run.Source)), a.listen(frameTime))
}

func (a *App) scanEnded(msg scanned) tea.Cmd {
	if msg.id != a.scan.id {
		return nil
	}
	if msg.err != nil {
		return a.scanFailed(msg.err)
	}
	old := a.pic
	next := msg.picture
	next.filter, next.stats, next.spin = old.filter, old.stats, old.spin
	if old.result != nil {
		next.before = old.score
	}
	a.history = msg.history
	count := a.carry(a.count(next.result.Repo))
	told := a.tellScan(old, next)
	return tea.Batch(a.present(next), count, told)
}

func (a *App) scanFailed(err error) tea.Cmd {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	present := a.present(a.pic.with(func(p *picture) { p.scanning, p.failed = false, err }))
	return tea.Batch(present, a.carry(warn{"audit: " + err.Error()}))
}

// tellScan says what a second audit found different.
func (a *App) tellScan(old, next *picture) tea.Cmd {
	if old.result == nil {
		return nil
	}
	closed, appeared := compare(old, next)
	text := fmt.Sprintf("score %s %s %s", points(old.score.Overall), a.kit.Arrow, points(next.score.Overall))
	if closed+appeared == 0 {
		text += ", no finding changed"
	} else {
		text += fmt.Sprintf(", %d closed, %d new", closed, appeared)
	}
	if a.note.text != "" && !a.note.bad {
		text = a.note.text + ": " + text
	}
	return a.carry(say{text})
}

// compare counts the open findings that went and that came.
func compare(old, next *picture) (closed, appeared int) {
	was, is := openSet(old), openSet(next)
	for f := range was {
		if !is[f] {
			closed++
		}
	}
	for f := range is {
		if !was[f] {
			appeared++
		}
	}
	return closed, appeared
}

func openSet(p *picture) map[string]bool {
	set := map[string]bool{}
	for i := range p.findings {
		if p.findings[i].Open() {
			set[p.findings[i].Fingerprint] = true
		}
	}
	return set
}

// count asks for the count of the project's figures, which reads every file
// and therefore comes after the result.
func (a *App) count(s *repo.Snapshot) intent {
	return ask(&a.counting, func(context.Context) *repo.Stats { return s.Stats() }, func(stats *repo.Stats) intent {
		return tea.Cmd(a.present(a.pic.with(func(p *picture) { p.stats = stats })))
	})
}
