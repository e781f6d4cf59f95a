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

// ImagePipefail finds pipes whose first half may fail without anybody noticing.
var ImagePipefail = check.PerProject(check.Doc{
	ID:         "containers/image-pipefail",
	Title:      "Pipe hides failures",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.1,
	Why:        "A shell looks at the last command of a pipe only. A download that breaks off in the first one gives an image with half of what it needs, and the build says that all is well.",
	How:        "Write SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before the RUN (/bin/ash -eo pipefail -c on Alpine), or begin the RUN with set -o pipefail. Or download to a file first.",
	Holds:      "Pipes fail when their first half does",
	References: []string{"https://docs.docker.com/build/building/best-practices/#using-pipes", "https://www.gnu.org/software/bash/manual/html_node/Pipelines.html"},
	Peers:      []finding.Peer{check.Narrower("hadolint", "DL4006"), check.Narrower("kics", "shell_running_a_pipe_without_pipefail_flag")},
	Attaches:   finding.Review,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		for _, stage := range d.stages {
			first := true
			for _, run := range stage.Runs() {
				left, right := riskyPipe(run)
				if left == "" {
					continue
				}
				if strings.Contains(strings.Join(run.Shell, " "), "pipefail") || strings.Contains(run.Text, "pipefail") {
					p.Holds(d.At(run.Span), "the pipe from %s fails when it does", left)
					continue
				}
				found := p.Report(d.At(run.Span), "when %s fails, %s hides it (no pipefail)", left, right)
				if edit, ok := shellEdit(d.Dockerfile, stage, run); ok && first {
					title := "Let pipes fail in " + d.Path
					found.WithPatch(title, finding.Review, editsOf(d.File, title, "The RUNs from here on use this shell; a pipe that fails now stops the build.", edit))
				}
				first = false
			}
		}
	}
})

// riskyPipe names the two sides of a pipe whose left side can fail; "" without one.
func riskyPipe(run dockerfile.Command) (left, right string) {
	if run.JSON || run.Program != "" || len(run.Shell) > 0 && !slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh"}, path.Base(run.Shell[0])) {
		return "", ""
	}
	commands := run.Commands()
	for k := range len(commands) - 1 {
		a, b := commands[k], commands[k+1]
		if a.End > b.Start || b.Start > len(run.Text) {
			continue
		}
		between := run.Text[a.End:b.Start]
		if !strings.Contains(between, "|") || strings.Contains(between, "||") || strings.ContainsAny(between, "()") {
			continue
		}
		if neverFails[a.Name()] || a.Name() == "" || inSubstitution(run.Text, a.Start) {
			continue
		}
		return a.Name(), b.Name()
	}
	return "", ""
}

// neverFails are commands whose result nobody has to wait for, or that end early
// by design.
var neverFails = map[string]bool{"echo": true, "printf": true, "yes": true, "true": true, "set": true, "pwsh": true, "ls": true, "env": true, "cd": true}

// inSubstitution says whether a position of a script is inside $(…) or `…`, whose
// result is looked at by what surrounds it.
func inSubstitution(text string, at int) bool {
	before := text[:at]
	open := strings.LastIndex(before, "$(")
	return open >= 0 && !strings.Contains(before[open:], ")") || strings.Count(before, "`")%2 == 1
}

// shellEdit sets the shell before a RUN. ok is false when nothing tells which
// shells the image has.
func shellEdit(d *repo.Dockerfile, stage *dockerfile.Stage, run dockerfile.Command) (edit patch.Edit, ok bool) {
	base := stage.Image()
	line := ""
	switch name := base.Repository(); {
	case !base.Known() || len(run.Shell) > 0 || len(stage.Shell()) > 0 || strings.Contains(base.Tag, "windows") || strings.Contains(base.Tag, "nanoserver"):
		return edit, false
	case name == "alpine" || strings.Contains(base.Tag, "alpine") && officialDebian[name]:
		line = `SHELL ["/bin/ash", "-eo", "pipefail", "-c"]`
	case officialDebian[name] && !strings.Contains(base.Tag, "distroless"):
		line = `SHELL ["/bin/bash", "-o", "pipefail", "-c"]`
	default:
		return edit, false
	}
	at := run.Inst.Span.Start
	return patch.Edit{Span: finding.Span{Start: at, End: at}, New: []byte(line + patch.EOL(d.Bytes(), at))}, true
}

// officialDebian are official images that are made of Debian or Ubuntu, with bash,
// unless their tag says alpine.
var officialDebian = map[string]bool{"debian": true, "ubuntu": true, "node": true, "python": true, "ruby": true, "golang": true, "rust": true, "php": true, "openjdk": true, "eclipse-temurin": true, "maven": true, "gradle": true, "nginx": true, "postgres": true, "buildpack-deps": true}
