package containers

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ImageSSHPort finds images that people are to log in to.
var ImageSSHPort = check.PerProject(check.Doc{
	ID:         "containers/image-ssh-port",
	Title:      "Image serves SSH",
	Severity:   finding.Medium,
	Confidence: finding.Sure,
	Hours:      0.2,
	Why:        "A login to a container is a second way in, with keys and passwords of its own that nobody rotates, past everything that guards the host. What is changed by hand in it is gone with the next start.",
	How:        "Remove the server and the EXPOSE. Look into a container with docker exec or kubectl exec, which ask for the rights of whoever calls them.",
	Holds:      "Nobody logs in to containers",
	References: []string{"https://docs.docker.com/reference/cli/docker/container/exec/", "https://docs.docker.com/reference/dockerfile/#expose"},
	Peers:      []finding.Peer{check.Same("kics", "exposing_port_22"), check.Same("trivy", "port22"), check.Same("checkov", "ExposePort22")},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, i := range deployedImages(s) {
		if servesGit(i.stage.Image().Repository()) {
			continue
		}
		judgeSSH(p, i)
	}
})

func judgeSSH(p *check.Pass, i image) {
	for _, port := range i.stage.Exposed() {
		if coversSSH(port.Number) && port.Protocol != "udp" {
			p.Report(i.At(port.Span), "the image exposes port 22").Keyed("%s", i.stage.Name)
			return
		}
	}
	for _, start := range i.starts() {
		for _, c := range start.Commands() {
			name := c.Name()
			service := name == "service" && len(c.Words) > 1 && (c.Words[1] == "ssh" || c.Words[1] == "sshd")
			if name == "sshd" || name == "dropbear" || service {
				p.Report(i.At(start.Span), "the image starts %s", strings.Join(c.Words[:min(2, len(c.Words))], " ")).Keyed("%s", i.stage.Name)
				return
			}
		}
	}
}

// coversSSH says whether a port or a range of ports holds 22.
func coversSSH(number string) bool {
	first, last, isRange := strings.Cut(number, "-")
	lo, err := strconv.Atoi(first)
	if err != nil {
		return false
	}
	if !isRange {
		return lo == 22
	}
	hi, err := strconv.Atoi(last)
	return err == nil && lo <= 22 && 22 <= hi
}

// servesGit says whether an image serves repositories or files over SSH.
func servesGit(repository string) bool {
	return slices.Contains([]string{"gitea", "forgejo", "gitlab-ce", "gitlab-ee", "gogs", "sftp", "sftpgo", "bitbucket-server", "gerrit"}, path.Base(repository))
}
