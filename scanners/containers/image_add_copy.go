package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/patch"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// ImageAddCopy finds ADD where COPY does, and downloads that nobody verifies.
var ImageAddCopy = check.PerProject(check.Doc{
	ID:         "containers/image-add-copy",
	Title:      "ADD instead of COPY",
	Severity:   finding.Low,
	Confidence: finding.Sure,
	Hours:      0.1,
	Why:        "ADD unpacks archives and fetches addresses without saying so. What it fetches is whatever the server sends that day, and it stays in a layer of its own.",
	How:        "Write COPY for files of the project. Fetch with ADD --checksum=sha256:…, or with curl in a RUN that verifies and removes in the same layer.",
	Holds:      "Files are copied, downloads are verified",
	References: []string{"https://docs.docker.com/build/building/best-practices/#add-or-copy", "https://docs.docker.com/reference/dockerfile/#add"},
	Peers: []finding.Peer{
		check.Same("hadolint", "DL3020"), check.Same("trivy", "add_instead_of_copy"), check.Same("kics", "add_instead_of_copy"),
		check.Broader("kics", "curl_or_wget_instead_of_add"), check.Same("checkov", "AddExists"),
	},
	Attaches: finding.Safe,
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		var local []dockerfile.Copy
		for _, stage := range d.stages {
			for _, c := range stage.Copies() {
				if c.Cmd == "ADD" && judgeAdd(p, d.Dockerfile, c) {
					local = append(local, c)
				}
			}
		}
		if len(local) > 0 {
			reportLocal(p, d.Dockerfile, local)
		}
	}
})

// reportLocal reports the instructions of a file that COPY does as well.
func reportLocal(p *check.Pass, d *repo.Dockerfile, local []dockerfile.Copy) {
	var edits []patch.Edit
	var at []finding.Location
	for _, c := range local {
		at = append(at, d.At(c.Span))
		word := "COPY"
		switch d.Text(finding.Span{Start: c.Span.Start, End: c.Span.Start + 3}) {
		case "add":
			word = "copy"
		case "ADD":
		default:
			continue
		}
		edits = append(edits, patch.Replace(finding.Span{Start: c.Span.Start, End: c.Span.Start + 3}, word))
	}
	found := p.Report(at[0], "ADD takes files of the project, where COPY does").With(at[1:]...).Keyed("local")
	if len(edits) == len(local) {
		title := "Write COPY for ADD in " + d.Path
		found.WithPatch(title, finding.Safe, editsOf(d.File, title, "It does the same for files and directories.", edits...))
	}
}

// judgeAdd looks at one ADD; local says whether it takes nothing but files of the
// project.
func judgeAdd(p *check.Pass, d *repo.Dockerfile, c dockerfile.Copy) (local bool) {
	at := d.At(c.Span)
	if _, verified := c.Flag("checksum"); verified {
		p.Holds(at, "the download is verified by its checksum")
		return false
	}
	local = len(c.Paths) > 0
	for k, source := range c.Paths {
		name := strings.Trim(source.Path, `"'`)
		switch {
		case source.Remote && isRepository(name):
			return false // a commit, a tag or a branch
		case source.Remote:
			if k < len(c.Sources) {
				name = strings.Trim(c.Sources[k].Text, `"'`)
			}
			p.Report(at, "ADD fetches %s without a checksum", name).Keyed("%s", name)
			return false
		case source.Arg != "" || isArchive(name) || strings.ContainsAny(name, "*?["):
			local = false
		}
	}
	return local
}

// isArchive says whether ADD unpacks the file.
func isArchive(name string) bool {
	return slices.ContainsFunc([]string{".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".gz", ".bz2", ".xz", ".zst"}, func(end string) bool {
		return strings.HasSuffix(strings.ToLower(name), end)
	})
}

func isRepository(name string) bool {
	return strings.HasPrefix(name, "git@") || strings.HasPrefix(name, "git://") || strings.HasPrefix(name, "ssh://") || strings.HasSuffix(name, ".git") || strings.Contains(name, ".git#")
}
