package containers

import (
	"slices"

	"drydock/internal/repo"
	"drydock/internal/repo/compose"
	"drydock/internal/repo/dockerfile"
)

// image is a stage of a Dockerfile that becomes an image which production runs.
type image struct {
	*repo.Dockerfile
	stage    *dockerfile.Stage
	services []*compose.Service // deployed ones that build it
}

// deployedImages are the images that the project builds for production, in order
// of their Dockerfiles.
func deployedImages(s *repo.Snapshot) []image {
	var out []image
	for _, d := range s.Dockerfiles() {
		services, ok := deployedBy(s, d)
		if !ok {
			continue
		}
		for _, stage := range targets(d, services) {
			if stage.Exists() {
				out = append(out, image{d, stage, servicesOf(d, stage, services)})
			}
		}
	}
	return out
}

// deployedFile is a Dockerfile that production's images come from.
type deployedFile struct {
	*repo.Dockerfile
	stages []*dockerfile.Stage        // those that the builds go through
	kept   map[*dockerfile.Stage]bool // those whose layers are in an image
}

// deployedFiles are the Dockerfiles that production's images come from.
func deployedFiles(s *repo.Snapshot) []deployedFile {
	var out []deployedFile
	for _, d := range s.Dockerfiles() {
		services, ok := deployedBy(s, d)
		if !ok {
			continue
		}
		f := deployedFile{d, nil, map[*dockerfile.Stage]bool{}}
		for _, target := range targets(d, services) {
			f.stages = needed(target, f.stages)
			for _, stage := range layers(target) {
				f.kept[stage] = true
			}
		}
		if len(services) == 0 { // any stage may be somebody's target
			f.stages = d.Spec.Stages
		}
		out = append(out, f)
	}
	return out
}

// needed adds a stage and those that it continues or takes files from.
func needed(stage *dockerfile.Stage, known []*dockerfile.Stage) []*dockerfile.Stage {
	if !stage.Exists() || slices.Contains(known, stage) {
		return known
	}
	known = append(needed(stage.BaseStage, known), stage)
	for _, c := range stage.Copies() {
		known = needed(c.FromStage, known)
	}
	return known
}

// deployedBy are the deployed services that build a Dockerfile. ok is false when
// the file is not for production.
func deployedBy(s *repo.Snapshot, d *repo.Dockerfile) (services []*compose.Service, ok bool) {
	if d.Role != repo.Production || isDevelopmentImage(d.Path) {
		return nil, false
	}
	services = deployedBuilds(s, d)
	return services, services != nil
}

// servicesOf are those of the services that run the stage.
func servicesOf(d *repo.Dockerfile, stage *dockerfile.Stage, services []*compose.Service) []*compose.Service {
	var out []*compose.Service
	for _, v := range services {
		if d.Spec.Target(v.Build.Target.Value) == stage {
			out = append(out, v)
		}
	}
	return out
}

// layers are the stages whose layers are in the image of the stage: those it
// continues, then itself. What another stage only hands over files from is not
// among them.
func layers(stage *dockerfile.Stage) []*dockerfile.Stage {
	var out []*dockerfile.Stage
	for ; stage != nil && !slices.Contains(out, stage); stage = stage.BaseStage {
		out = append(out, stage)
	}
	slices.Reverse(out)
	return out
}

// isFilesOnly says whether a stage only holds files to take out of it, and is
// never run.
func isFilesOnly(stage *dockerfile.Stage) bool {
	return stage.Image().IsScratch() && !stage.Entrypoint().Present && !stage.Cmd().Present
}

// starts is what a container of the image begins with: its ENTRYPOINT and CMD as
// far as a deployed service leaves them.
func (i image) starts() []dockerfile.Command {
	var out []dockerfile.Command
	kept := func(replaced func(*compose.Service) bool) bool {
		return len(i.services) == 0 || slices.ContainsFunc(i.services, func(v *compose.Service) bool { return !replaced(v) })
	}
	if c := i.stage.Entrypoint(); c.Present && kept(func(v *compose.Service) bool { return v.Entrypoint.Set() }) {
		out = append(out, c)
	}
	if c := i.stage.Cmd(); c.Present && kept(func(v *compose.Service) bool { return v.Entrypoint.Set() || v.Command.Set() }) {
		out = append(out, c)
	}
	return out
}
