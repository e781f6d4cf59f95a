package dockerfile

import (
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/imageref"
)

// Copy is a COPY or ADD.
type Copy struct {
	*Instruction
	From      string       // of --from: a stage or an image; "" for the build context
	FromStage *Stage       // the stage that From names, if it names one
	FromImage imageref.Ref // the image that From names, if it names no stage
	Sources   []Word       // as they are written; here-documents left out
	Paths     []CopyPath   // the same, variables replaced
	Dest      string       // as it is written
	Chown     string
	Chmod     string
	Link      bool
	Parents   bool
	Exclude   []string // patterns of --exclude
}

// CopyPath is one source of a COPY or ADD.
type CopyPath struct {
	Path   string // variables replaced by what is known of them
	Arg    string // the variable whose value is not known, "" when the path is
	Remote bool   // fetched from elsewhere: an address or a git repository
	Span   finding.Span
}

// Copies are the COPY and ADD instructions of the stage itself, in order.
func (s *Stage) Copies() []Copy {
	if s == nil {
		return nil
	}
	var out []Copy
	vars := s.BaseStage.each(func(*Instruction, scope) {})
	for _, inst := range s.Instructions {
		if inst.Cmd == "ARG" || inst.Cmd == "ENV" {
			vars.declare(inst, s.file.global, s.file.given)
			continue
		}
		if inst.Cmd != "COPY" && inst.Cmd != "ADD" || len(inst.Args) < 2 {
			continue
		}
		c := Copy{Instruction: inst, Dest: inst.Args[len(inst.Args)-1]}
		c.Chown, _ = inst.Flag("chown")
		c.Chmod, _ = inst.Flag("chmod")
		link, _ := inst.Flag("link")
		parents, _ := inst.Flag("parents")
		c.Link, c.Parents = link == "true", parents == "true"
		for _, f := range inst.Flags {
			if pattern, ok := strings.CutPrefix(f, "--exclude="); ok {
				c.Exclude = append(c.Exclude, pattern)
			}
		}
		if from, ok := inst.Flag("from"); ok {
			c.From = from
			if c.FromStage = s.file.stage(from, s.Index); c.FromStage == nil {
				c.FromImage = imageref.Parse(from)
			}
		}
		for n, source := range inst.Args[:len(inst.Args)-1] {
			if strings.HasPrefix(source, "<<") {
				continue
			}
			p := CopyPath{Path: source, Span: inst.wordSpan(n), Remote: inst.Cmd == "ADD" && isRemote(source)}
			if strings.ContainsAny(source, `$\'"`) {
				p.Path, p.Arg = vars.expand(source)
			}
			c.Sources = append(c.Sources, Word{source, p.Span})
			c.Paths = append(c.Paths, p)
		}
		out = append(out, c)
	}
	return out
}

// isRemote says whether a source of ADD is fetched from elsewhere.
func isRemote(source string) bool {
	for _, prefix := range []string{"http://", "https://", "git@", "git://", "ssh://"} {
		if strings.HasPrefix(source, prefix) {
			return true
		}
	}
	return strings.Contains(source, "://")
}
