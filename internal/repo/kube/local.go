package kube

import (
	"bytes"
	"strings"
)

// localGroups are groups of files that have an apiVersion and a kind and that no
// cluster is ever given: the configuration of tools.
var localGroups = map[string]bool{
	"kustomize.config.k8s.io": true, "kind.x-k8s.io": true, "skaffold": true, "ctlptl.dev": true, "k3d.io": true, "kubeadm.k8s.io": true,
	"kubelet.config.k8s.io": true, "kubeproxy.config.k8s.io": true, "kubescheduler.config.k8s.io": true, "audit.k8s.io": true, "apiserver.config.k8s.io": true,
	"client.authentication.k8s.io": true, "backstage.io": true, "eksctl.io": true, "kfctl.k8s.io": true, "cli.kyverno.io": true, "ct.helm.sh": true, "builtin": true,
	"chart-verifier.openshift.io": true, "minikube.sigs.k8s.io": true, "config.kubernetes.io": true, "krew.googlecontainertools.github.com": true,
	"controller-runtime.sigs.k8s.io": true, "openslo": true, "sloth.slok.dev": true, "helmfile": true, "garden.io": true, "docker.com": true, "kcl.dev": true,
	"scorecard.operatorframework.io": true, "k0sctl.k0sproject.io": true, "vcluster.com": true,
}

// LocalConfig says whether an apiVersion and kind are those of a tool's own
// configuration rather than of an object for a cluster: a kustomization, a
// kubeconfig, a file of skaffold.
func LocalConfig(apiVersion, kind string) bool {
	group := GroupOf(apiVersion)
	return localGroups[group] || apiVersion == "v1" && kind == "Config" || strings.HasSuffix(group, ".config.k8s.io")
}

// Trim is src with what the definitions of custom kinds say about their fields
// blanked out, which is most of such files and nothing that is asked about. It is
// as long as src, and src itself when there is nothing to blank out.
func Trim(src []byte) []byte {
	if !bytes.Contains(src, []byte("CustomResourceDefinition")) {
		return src
	}
	var out []byte
	for start := 0; start < len(src); {
		end := documentEnd(src, start)
		if doc := src[start:end]; definesKind(doc) {
			if out == nil {
				out = bytes.Clone(src)
			}
			blankSchemas(out[start:end])
		}
		start = end
	}
	if out == nil {
		return src
	}
	return out
}

// documentEnd is the offset of the next document marker after start.
func documentEnd(src []byte, start int) int {
	if i := bytes.Index(src[min(start+1, len(src)):], []byte("\n---")); i >= 0 {
		return start + 1 + i + 1
	}
	return len(src)
}

func definesKind(doc []byte) bool {
	for _, line := range []string{"kind: CustomResourceDefinition", `kind: "CustomResourceDefinition"`} {
		if bytes.HasPrefix(doc, []byte(line)) || bytes.Contains(doc, []byte("\n"+line)) {
			return true
		}
	}
	return false
}

// blankSchemas blanks the lines that stand below schema: and validation:.
func blankSchemas(doc []byte) {
	below := -1 // lines indented deeper than this are blanked
	for start := 0; start < len(doc); {
		end := start + bytes.IndexByte(doc[start:], '\n')
		if end < start {
			end = len(doc)
		}
		line := doc[start:end]
		body := bytes.TrimLeft(line, " ")
		indent := len(line) - len(body)
		body = bytes.TrimRight(body, " \t\r")
		switch {
		case below >= 0 && (len(body) == 0 || indent > below):
			for i := range line {
				if line[i] != '\r' {
					line[i] = ' '
				}
			}
		default:
			below = -1
			body, _ = bytes.CutPrefix(body, []byte("- "))
			indent = len(line) - len(bytes.TrimLeft(line, " -"))
			if name := string(body); name == "schema:" || name == "validation:" {
				below = indent
			}
		}
		start = end + 1
	}
}
