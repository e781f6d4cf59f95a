package containers

import (
	"fmt"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// lacking collects, by compose file, the services that lack what every service
// ought to have. A file is one finding, however many of its services lack it:
// the services share what is written once for all of them.
type lacking struct {
	s     *repo.Snapshot
	files []*lackingFile
}

type lackingFile struct {
	services []deployment
	at       []finding.Location
	total    int // services that were looked at
}

func (l *lacking) file(v deployment) *lackingFile {
	for _, f := range l.files {
		if f.services[0].Key.Path == v.Key.Path {
			return f
		}
	}
	return nil
}

// add says that a service at a place lacks it.
func (l *lacking) add(v deployment, at finding.Location) {
	f := l.file(v)
	if f == nil {
		f = &lackingFile{}
		l.files = append(l.files, f)
	}
	f.services = append(f.services, v)
	f.at = append(f.at, at)
	f.total++
}

// report reports the files. lacks is what is said of one service, as in "has no
// limits", lack the same of several.
func (l *lacking) report(p *check.Pass, held map[string]int, key, lacks, lack string) []*check.Problem {
	var out []*check.Problem
	for _, f := range l.files {
		text := fmt.Sprintf("the service %s %s", f.services[0].Name, lacks)
		if len(f.services) > 1 {
			text = fmt.Sprintf("%d of %d services %s: %s", len(f.services), f.total+held[f.services[0].Key.Path], lack, named(f.services))
		}
		out = append(out, p.Report(f.at[0], "%s", text).With(f.at[1:]...).Keyed("%s", key))
	}
	return out
}

// named lists the services, the first few by name.
func named(services []deployment) string {
	const most = 6
	var names []string
	for i, v := range services {
		if i == most && len(services) > most+1 {
			return strings.Join(names, ", ") + fmt.Sprintf(" and %d more", len(services)-most)
		}
		names = append(names, v.Name)
	}
	return strings.Join(names, ", ")
}
