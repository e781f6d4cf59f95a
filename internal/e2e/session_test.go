//go:build unix

package e2e

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// deadline is how long the tests wait for a state before they fail.
const deadline = time.Minute

// program is the built binary.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "drydock-e2e-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	// The program is also started as somebody else, who has to reach it.
	if err := os.Chmod(dir, 0o755); err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "drydock")
	build := exec.Command("go", "build", "-o", program, "drydock")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		panic(string(out) + err.Error())
	}
	return m.Run()
}

// session is the program on a terminal.
type session struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	tty    *os.File
	before *term.State // how the terminal was set

	mu      sync.Mutex
	screen  *emulator
	raw     bytes.Buffer  // all that the program wrote
	changed chan struct{} // closed by the next frame
	drained chan struct{} // closed when nothing more comes
	exited  chan struct{} // closed when the program has ended
	failure error         // why it failed, once it has ended
	stale   bool          // a screen was not as recorded
}

// start opens the program on a terminal of the given size, in the project p. The
// environment is p's; more is added to it.
func start(t *testing.T, p *project, cols, rows int, more ...string) *session {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, master: master, tty: tty, changed: make(chan struct{}), drained: make(chan struct{}), exited: make(chan struct{})}
	s.screen = newEmulator(cols, rows, master)
	s.size(cols, rows)
	if s.before, err = term.GetState(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command(program, p.dir)
	s.cmd.Dir, s.cmd.Env = p.work, append(p.env(), more...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = tty, tty, tty
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if p.as != 0 {
		s.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: p.as, Gid: p.as}
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.pump()
	go func() {
		s.failure = s.cmd.Wait()
		close(s.exited)
	}()
	t.Cleanup(s.kill)
	return s
}

// size sets the size of the terminal, as dragging a window does.
func (s *session) size(cols, rows int) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.screen.resize(cols, rows)
	if err := pty.Setsize(s.master, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		s.t.Fatal(err)
	}
}

// pump feeds the emulator until the terminal is closed.
func (s *session) pump() {
	defer close(s.drained)
	buf := make([]byte, 32<<10)
	for {
		n, err := s.master.Read(buf)
		s.mu.Lock()
		s.raw.Write(buf[:n])
		s.screen.write(buf[:n])
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
		if err != nil {
			return // the other end is closed
		}
	}
}

// now is the latest frame.
func (s *session) now() *frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.screen.frame
}

// wait returns the first frame from now on that is as wanted.
func (s *session) wait(what string, ok func(*frame) bool) *frame {
	s.t.Helper()
	f, err := s.waitUntil(time.Now().Add(deadline), ok)
	if err != nil {
		s.t.Fatalf("%s: %v; the screen:\n%s", what, err, f.text())
	}
	return f
}

func (s *session) waitUntil(end time.Time, ok func(*frame) bool) (*frame, error) {
	timer := time.NewTimer(time.Until(end))
	defer timer.Stop()
	for {
		s.mu.Lock()
		f, changed := s.screen.frame, s.changed
		s.mu.Unlock()
		if ok(f) {
			return f, nil
		}
		select {
		case <-changed:
		case <-s.exited:
			return s.now(), errors.New("the program has ended")
		case <-timer.C:
			return f, errors.New("this did not come about")
		}
	}
}

// waitFor waits for a frame that shows all of the texts.
func (s *session) waitFor(texts ...string) *frame {
	s.t.Helper()
	return s.wait("waiting for "+strings.Join(texts, ", "), func(f *frame) bool {
		for _, text := range texts {
			if !f.has(text) {
				return false
			}
		}
		return true
	})
}

// named are the keys that have names.
var named = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "up": "\x1b[A", "down": "\x1b[B", "ctrl+c": "\x03",
	"ctrl+a": "\x01", "ctrl+k": "\x0b", "ctrl+u": "\x15",
}

// press presses keys by name; what is no name is typed.
func (s *session) press(keys ...string) {
	s.t.Helper()
	for _, key := range keys {
		if bytes, ok := named[key]; ok {
			key = bytes
		}
		if _, err := io.WriteString(s.master, key); err != nil {
			s.t.Fatal(err)
		}
	}
}

// signal sends the program a signal.
func (s *session) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// end waits until the program has ended, checks that it left the terminal as it
// found it, and returns its exit code.
func (s *session) end() int {
	s.t.Helper()
	select {
	case <-s.exited:
	case <-time.After(deadline):
		s.t.Fatalf("the program did not end; the screen:\n%s", s.now().text())
	}
	var failed *exec.ExitError
	if s.failure != nil && !errors.As(s.failure, &failed) {
		s.t.Fatal(s.failure)
	}
	after, err := term.GetState(int(s.tty.Fd()))
	if err != nil {
		s.t.Fatal(err)
	}
	if !reflect.DeepEqual(s.before, after) {
		s.t.Errorf("the terminal is set differently:\nbefore %+v\nafter  %+v", s.before, after)
	}
	s.tty.Close()
	<-s.drained
	if f := s.now(); f.alternate || f.mouse || !f.cursor {
		s.t.Errorf("left behind: alternate screen %t, mouse %t, hidden cursor %t", f.alternate, f.mouse, !f.cursor)
	}
	return s.cmd.ProcessState.ExitCode()
}

// quit leaves the program as a person does.
func (s *session) quit() {
	s.t.Helper()
	s.press("q")
	if code := s.end(); code != 0 {
		s.t.Errorf("exit code %d, want 0; it wrote:\n%s", code, s.now().text())
	}
}

// kill ends what a failed test left running.
func (s *session) kill() {
	_ = s.cmd.Process.Kill() // fails when it has ended, which is as well
	<-s.exited
	s.tty.Close()
	<-s.drained
	s.master.Close()
}
