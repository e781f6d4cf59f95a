package database

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/repo"
	"drydock/internal/repo/kube"
)

// unconnectedInKube judges the databases among manifests. Nothing is said where a
// pod takes settings from somewhere that may hold an address.
func unconnectedInKube(p *check.Pass, s *repo.Snapshot) {
	for _, u := range s.KubeUnits() {
		if u.Role != repo.Production || len(u.Gaps) > 0 || u.Chart != nil {
			continue
		}
		for _, db := range u.Workloads() {
			w := db.Workload()
			if w == nil || db.Unsure != "" || db.File == nil || !runsEngine(w) {
				continue
			}
			names := []string{db.Name.Value}
			for _, svc := range db.ServedBy() {
				names = append(names, svc.Name.Value)
			}
			at := s.Place(db.File.Path, db.Name.At.Span)
			switch user, state := kubeUser(s, u, db, names); {
			case state == yes:
				p.Holds(at, "%s is pointed at %s", user, db.Name.Value)
			case state == no && !namedInCode(s, names):
				p.Report(at, "%s runs in %s, and no other pod there is given its address", db.Name.Value, u.Dir).Keyed("%s", db.Name.Value)
			}
		}
	}
}

func runsEngine(w *kube.Workload) bool {
	return slices.ContainsFunc(w.Pod.Containers, func(c kube.Container) bool { return engineOfImage(c.Image.Ref) != "" })
}

func kubeUser(s *repo.Snapshot, u *repo.KubeUnit, db *repo.Deployed, names []string) (user string, state answer) {
	own := 0
	for _, d := range u.Workloads() {
		w := d.Workload()
		if d == db || w == nil || runsEngine(w) {
			continue
		}
		if d.Unsure != "" || w.Pod.Open() {
			return "", unknown
		}
		for _, c := range w.Pod.Containers {
			if isBuiltHere(s, c.Image.Ref.Base()) {
				own++
			}
			if len(c.EnvFrom) > 0 || len(c.Mounts) > 0 || c.Open() {
				return "", unknown
			}
			for _, e := range c.Env {
				if pointsAt(e.Value.Value, names) || slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.Contains(e.Value.Value, n+".") }) {
					return d.Name.Value, yes
				}
				if !e.Value.Set && e.Other == "" {
					return "", unknown // from a secret
				}
			}
			for _, a := range slices.Concat(c.Command, c.Args) {
				if pointsAt(a.Value, names) {
					return d.Name.Value, yes
				}
			}
		}
	}
	if own == 0 {
		return "", unknown // other people's images find what the cluster tells them
	}
	return "", no
}

// isBuiltHere says whether a folder or package of that name has a Dockerfile.
func isBuiltHere(s *repo.Snapshot, name string) bool {
	return slices.ContainsFunc(s.Dockerfiles(), func(d *repo.Dockerfile) bool {
		if d.Role != repo.Production || name == "" {
			return false
		}
		return path.Base(d.Dir()) == name || slices.ContainsFunc(s.Units(), func(u *repo.Unit) bool { return u.Name == name && u.Dir == d.Dir() })
	})
}
