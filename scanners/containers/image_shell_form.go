package containers

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// ImageShellForm finds images whose process is started by a shell.
var ImageShellForm = check.PerProject(check.Doc{
	ID:         "containers/image-shell-form",
	Title:      "Start command runs in a shell",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.1,
	Why:        "The shell is process 1 and keeps the signal to stop for itself: every deployment waits ten seconds, then kills the process in the middle of its requests.",
	How:        "Write the command as a JSON list: CMD [\"node\", \"server.js\"]. Where a shell has to fill in variables, begin the command with exec.",
	Holds:      "Processes are started without a shell",
	References: []string{"https://docs.docker.com/reference/dockerfile/#shell-and-exec-form", "https://docs.docker.com/reference/build-checks/json-args-recommended/"},
	Peers:      []finding.Peer{check.Same("hadolint", "DL3025"), check.Same("kics", "not_using_json_in_cmd_and_entrypoint_arguments")},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, i := range deployedImages(s) {
		if strings.Contains(i.stage.Image().Name, "windows") || otherShell(i.stage.Shell()) {
			continue
		}
		entry := i.stage.Entrypoint()
		for _, c := range i.starts() {
			if entry.JSON && len(entry.Words) > 0 && path.Base(entry.Words[0]) == "dumb-init" && !c.JSON {
				p.Holds(i.At(entry.Span), "dumb-init passes signals on to what the shell starts")
				continue
			}
			judgeForm(p, i, c)
		}
	}
})

func judgeForm(p *check.Pass, i image, c dockerfile.Command) {
	if c.Inst == nil || c.Program != "" {
		return
	}
	at := i.At(c.Span)
	commands := c.Commands()
	switch {
	case c.JSON:
		p.Holds(at, "%s starts %s without a shell", c.Inst.Cmd, strings.Join(c.Words[:min(len(c.Words), 1)], ""))
	case strings.HasPrefix(strings.TrimSpace(c.Text), "["):
		p.Report(at, "the list of %s is not valid JSON, so a shell gets it as a command", c.Inst.Cmd).Keyed("%s %s", i.stage.Name, c.Inst.Cmd)
	case len(commands) > 0 && commands[len(commands)-1].Name() == "exec":
		p.Holds(at, "the shell of %s gives way to the process (exec)", c.Inst.Cmd)
	default:
		found := p.Report(at, "%s starts a shell that keeps signals from %s", c.Inst.Cmd, startsWhat(c)).Keyed("%s %s", i.stage.Name, c.Inst.Cmd)
		if edit, ok := jsonForm(i.Dockerfile, c); ok {
			title := "Start the process of " + i.Path + " without a shell"
			found.WithPatch(title, finding.Review, editsOf(i.File, title, "The command needs nothing that a shell would do.", edit))
		}
	}
}

// startsWhat names the program that the shell is left waiting for.
func startsWhat(c dockerfile.Command) string {
	commands := c.Commands()
	if len(commands) == 0 {
		return "the process"
	}
	return commands[len(commands)-1].Name()
}

// otherShell says whether SHELL names one that this check knows nothing of.
func otherShell(words []string) bool {
	return len(words) > 0 && !slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh"}, path.Base(words[0]))
}

// jsonForm writes a command of plain words as a list. ok is false for one that
// needs the shell.
func jsonForm(d *repo.Dockerfile, c dockerfile.Command) (edit patch.Edit, ok bool) {
	text := strings.TrimSpace(c.Text)
	commands := c.Commands()
	if len(commands) != 1 || len(commands[0].Env) > 0 || strings.ContainsAny(text, "$;&|<>*?[]{}()`~\\\n\"'#=!") || len(c.Words) == 0 {
		return edit, false
	}
	switch commands[0].Name() {
	case "cd", "export", "source", ".", "set", "eval", "ulimit", "umask", "if", "for", "while", "test", "[":
		return edit, false
	}
	written := d.Text(c.Inst.Span)
	at := strings.Index(written, text)
	if at < 0 || strings.Count(written, text) > 1 {
		return edit, false
	}
	var list []string
	for _, w := range c.Words {
		list = append(list, patch.JSONString(w))
	}
	start := c.Inst.Span.Start + at
	return patch.Replace(finding.Span{Start: start, End: start + len(text)}, "["+strings.Join(list, ", ")+"]"), true
}
