package containers

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// ownUser is the unprivileged user that an official image brings without using
// it; "" when it brings none.
func ownUser(base dockerfile.Base) string {
	switch repository := base.Repository(); {
	case !base.Known():
	case repository == "node" && base.Registry() == "docker.io":
		return "node"
	case repository == "oven/bun":
		return "bun"
	case repository == "denoland/deno":
		return "deno"
	case base.Registry() == "gcr.io" && strings.HasPrefix(repository, "distroless/"):
		return "nonroot"
	}
	return ""
}

// userEdit inserts USER before the instructions that only say how a container
// starts. ok is false when what starts needs root, or when nothing tells that it
// does not.
func userEdit(d *repo.Dockerfile, stage *dockerfile.Stage, user string) (edit patch.Edit, ok bool) {
	if !startsWithoutRoot(stage) || !readsItsFiles(stage) {
		return edit, false
	}
	last := len(stage.Instructions)
	for last > 0 && slices.Contains([]string{"CMD", "ENTRYPOINT"}, stage.Instructions[last-1].Cmd) {
		last--
	}
	if last == len(stage.Instructions) {
		return edit, false
	}
	at := stage.Instructions[last].Span.Start
	end := "\n"
	if strings.Contains(string(d.Bytes()), "\r\n") {
		end = "\r\n"
	}
	return patch.Edit{Span: finding.Span{Start: at, End: at}, New: []byte("USER " + user + end)}, true
}

// startsWithoutRoot says whether the command is a plain start of a program: no
// script, no shell, no package manager that installs or builds at start, no port
// below 1024, no volume that root owns.
func startsWithoutRoot(stage *dockerfile.Stage) bool {
	for _, port := range stage.Exposed() {
		if n, err := strconv.Atoi(port.Number); err != nil || n < 1024 {
			return false
		}
	}
	for _, inst := range stage.Instructions {
		if inst.Cmd == "VOLUME" || inst.Cmd == "ONBUILD" {
			return false
		}
	}
	words := slices.Concat(stage.Entrypoint().Words, stage.Cmd().Words)
	if len(words) == 0 || stage.Entrypoint().Present && !stage.Entrypoint().JSON {
		return false
	}
	switch path.Base(words[0]) {
	case "tini", "dumb-init":
		words = slices.DeleteFunc(words[1:], func(w string) bool { return w == "--" })
	}
	if len(words) == 0 {
		return false
	}
	switch path.Base(words[0]) {
	case "node", "bun", "deno":
		return !slices.ContainsFunc(words, func(w string) bool { return w == "install" || w == "task" || w == "build" || w == "&&" || w == ";" })
	case "npm":
		return slices.Equal(words[1:], []string{"start"}) || len(words) == 3 && words[1] == "run" && strings.HasPrefix(words[2], "start")
	}
	// A program of the image's own, as in ENTRYPOINT ["/app"].
	return stage.Entrypoint().JSON && strings.HasPrefix(words[0], "/") && path.Ext(words[0]) == "" && !strings.Contains(words[0], "entrypoint")
}

// readsItsFiles says whether another user can read what was copied: nothing lies
// in root's home, and nothing is copied with rights for root alone.
func readsItsFiles(stage *dockerfile.Stage) bool {
	if strings.HasPrefix(stage.Workdir(), "/root") || strings.Contains(stage.Workdir(), "$") {
		return false
	}
	for _, c := range stage.Copies() {
		if mode, ok := c.Flag("chmod"); ok && !strings.HasSuffix(mode, "5") && !strings.HasSuffix(mode, "4") && !strings.Contains(mode, "+") {
			return false
		}
		if strings.HasPrefix(c.Dest, "/root") || c.Chown == "root" {
			return false
		}
	}
	return !slices.ContainsFunc(stage.Runs(), func(run dockerfile.Command) bool { return strings.Contains(run.Text, "corepack") })
}
