package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// processes measures whole programs on the directory.
func processes(dir, binary string, runs int) []*row {
	var rows []*row
	if path, err := filepath.Abs(binary); err == nil && binary != "" {
		rows = append(rows,
			program("drydock audit --no-cache", dir, runs, path, "audit", "--no-cache", "--quiet"),
			program("drydock audit, nothing changed", dir, runs, path, "audit", "--quiet"))
	}
	for _, p := range [][]string{{"git", "status"}, {"scc"}, {"oxlint", "--silent"}, {"gitleaks", "dir", "--no-banner", "--log-level", "error"}} {
		if _, err := exec.LookPath(p[0]); err == nil {
			n := runs
			if p[0] == "gitleaks" {
				n = 1
			}
			rows = append(rows, program(p[0]+" "+join(p[1:]), dir, n, p[0], p[1:]...))
		}
	}
	var out []*row
	for _, r := range rows {
		if r != nil {
			out = append(out, r)
		}
	}
	return out
}

func join(args []string) string {
	if len(args) == 0 || args[0][0] == '-' {
		return ""
	}
	return args[0]
}

// program runs a program in the directory; its answer does not matter, as long as
// it starts.
func program(name, dir string, runs int, file string, args ...string) *row {
	r := &row{name: name}
	for range runs + 1 {
		cmd := exec.Command(file, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0")
		start := time.Now()
		if err := cmd.Start(); err != nil {
			return nil
		}
		_ = cmd.Wait()
		r.times = append(r.times, time.Since(start))
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			r.peak = max(r.peak, usage.Maxrss<<10)
		}
	}
	r.times = r.times[1:]
	slices.Sort(r.times)
	return r
}
