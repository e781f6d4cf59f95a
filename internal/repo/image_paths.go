package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/dockerfile"
)

// inImage lists the paths of the project that may lie at a path in an image, those
// copied last first. dir is the build context. What another stage makes is followed
// into that stage, whether the project has it at that place or a tool writes it
// there.
func (s *Snapshot) inImage(stage *dockerfile.Stage, dir, name string) []string {
	p := imagePaths{s: s, dir: dir}
	p.follow(stage, name)
	return p.out
}

// maxImageSteps bounds how many stages are looked through for one path.
const maxImageSteps = 64

type imagePaths struct {
	s     *Snapshot
	dir   string
	out   []string
	steps int
}

func (p *imagePaths) follow(stage *dockerfile.Stage, name string) {
	for ; stage != nil && p.steps < maxImageSteps; stage = stage.BaseStage {
		p.steps++
		work := stage.Workdir()
		target := inDir(work, name)
		copies := stage.Copies()
		for i := range slices.Backward(copies) {
			c := &copies[i]
			dest := inDir(work, c.Dest)
			for _, source := range c.Paths {
				if source.Arg != "" || source.Remote {
					continue
				}
				switch {
				case strings.ContainsAny(source.Path, "*?["): // of a pattern what has the name; of another stage nobody knows
					if from := path.Join(p.dir, path.Dir(source.Path), path.Base(target)); c.From == "" && path.Dir(target) == dest && matchesPath(path.Join(p.dir, source.Path), from) {
						p.out = append(p.out, from)
					}
				case c.FromStage != nil:
					for _, isDir := range []bool{true, false} {
						if from, ok := copiedFrom(source.Path, dest, target, isDir); ok {
							p.follow(c.FromStage, from)
							break
						}
					}
				case c.From == "":
					full := path.Join(p.dir, strings.TrimLeft(source.Path, "/"))
					if from, ok := copiedFrom(full, dest, target, p.s.dirs[full]); ok {
						p.out = append(p.out, from)
					}
				}
			}
		}
	}
}

// inDir is a path as it is seen from a working directory of an image.
func inDir(work, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join("/", work, name)
}

// copiedFrom is the path that a COPY of source to dest puts at target. Of a
// directory everything below it is copied.
func copiedFrom(source, dest, target string, isDir bool) (from string, ok bool) {
	if !isDir {
		return source, target == dest || target == path.Join(dest, path.Base(source))
	}
	below, ok := belowOf(dest, target)
	if dest == "/" {
		below, ok = strings.TrimPrefix(target, "/"), true
	}
	return path.Join(source, below), ok
}
