//go:build unix

package safety

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"drydock/internal/cli"
)

// child makes the test's own program be drydock. It names the file to which the
// system's word on the process is written at the end.
const child = "DRYDOCK_SAFETY_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(child) != "" {
		code := cli.Main(os.Args[1:])
		if status, err := os.ReadFile("/proc/self/status"); err == nil {
			os.WriteFile(os.Getenv(child), status, 0o600)
		}
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// The bounds of one audit. The promise is 5 s on a machine of its own; here the
// clock only tells a slow machine from an endless loop.
const (
	patience  = time.Minute
	maxMemory = 512 << 20 // bytes resident at the peak
)

// said is what one run of the program left.
type said struct {
	stdout, stderr string
	code           int
	memory         int64 // bytes resident at the peak; 0 where the system does not tell
	took           time.Duration
}

// drydock runs the program in dir, in a process of its own: a stack overflow
// would end it and nothing else.
func drydock(t *testing.T, dir string, args ...string) said {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	home := t.TempDir()
	peak := filepath.Join(home, "peak")
	cmd.Dir = dir
	cmd.Env = []string{child + "=" + peak, "HOME=" + home, "XDG_STATE_HOME=" + filepath.Join(home, "state"), "PATH=" + dir, "LANG=C.UTF-8", "GOMAXPROCS=2"}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("drydock %s: %v after %v\n%s", strings.Join(args, " "), err, time.Since(start), head(errs.String()))
	}
	s := said{stdout: out.String(), stderr: errs.String(), code: cmd.ProcessState.ExitCode(), took: time.Since(start)}
	if status, err := os.ReadFile(peak); err == nil {
		_, after, _ := strings.Cut(string(status), "VmHWM:")
		fmt.Sscan(after, &s.memory)
		s.memory *= 1024
	}
	for _, crash := range []string{"panic:", "fatal error:", "goroutine "} {
		if strings.Contains(s.stderr, crash) {
			t.Fatalf("drydock %s crashed:\n%s", strings.Join(args, " "), head(s.stderr))
		}
	}
	return s
}

func head(s string) string { return s[:min(len(s), 2000)] }

// audited is an audit in every format.
type audited struct {
	said
	formats map[string]string
}

// look runs an audit of dir, which must end by itself and within bounds.
func look(t *testing.T, dir string) audited {
	t.Helper()
	out := t.TempDir()
	files := map[string]string{"json": filepath.Join(out, "r.json"), "markdown": filepath.Join(out, "r.md")}
	s := drydock(t, dir, "audit", ".", "--report", "json="+files["json"], "--report", "markdown="+files["markdown"])
	if s.code != 0 && s.code != 1 && s.code != 3 {
		t.Fatalf("the audit ends with %d: %s", s.code, head(s.stderr))
	}
	if s.memory > maxMemory {
		t.Errorf("%d MiB at the peak", s.memory>>20)
	}
	t.Logf("%v, %d MiB", s.took.Round(time.Millisecond), s.memory>>20)
	a := audited{s, map[string]string{"text": s.stdout, "stderr": s.stderr}}
	for format, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a.formats[format] = string(data)
	}
	return a
}

// skips fails unless the report says that path was not read, and why.
func (a audited) skips(t *testing.T, path, reason string) {
	t.Helper()
	if json := a.formats["json"]; !strings.Contains(json, path) || !strings.Contains(json, reason) {
		t.Errorf("the report does not say of %s that it is %s:\n%s", path, reason, tail(json))
	}
}

func tail(s string) string { return s[max(0, len(s)-2000):] }

// put writes a file of the hostile project.
func put(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func fifo(t *testing.T, dir, name string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), syscall.Mkfifo(path, 0o644)); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, dir, target, name string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.Symlink(target, path)); err != nil {
		t.Fatal(err)
	}
}
