// Package dockerfile reads Dockerfiles: their stages, what each instruction says
// and where, and what an image built from them runs as.
//
// The text is taken apart by buildkit's own parser. Nothing is built, pulled or
// looked up: what depends on a build argument without a default is unknown, and
// says so.
package dockerfile

import (
	"fmt"
	"iter"

	"drydock/internal/finding"
	"drydock/internal/repo/imageref"
)

// Limits on what Parse reads of a file.
const (
	MaxBytes  = 512 << 10
	MaxStages = 1000
)

// File is one Dockerfile.
type File struct {
	Path   string
	Args   []*Instruction // the ARGs before the first FROM
	Stages []*Stage
	Syntax Directive // the frontend that builds it: # syntax=docker/dockerfile:1
	Checks Directive // what of buildkit's own checks is left out: # check=skip=all
	Escape byte      // the backslash, unless # escape=` + "`" + ` says otherwise

	given  map[string]BuildArg // see With
	global scope               // what Args say
}

// Directive is one of the comments at the top of a file that its parser reads.
type Directive struct {
	Value string
	Span  finding.Span // the whole comment
}

// BuildArg is a build argument that a build is given. Known is false when its value
// is decided elsewhere.
type BuildArg struct {
	Name, Value string
	Known       bool
}

// With is the file as a build with the given arguments sees it: bases, users and
// paths that depend on them are resolved. Instructions are shared with f.
func (f *File) With(args []BuildArg) *File {
	if len(args) == 0 {
		return f
	}
	out := *f
	out.given, out.global, out.Stages = map[string]BuildArg{}, scope{}, nil
	for _, a := range args {
		out.given[a.Name] = a
	}
	for _, inst := range f.Args {
		out.global.declare(inst, nil, out.given)
	}
	for _, s := range f.Stages {
		out.addStage(s.From)
		out.FinalStage().Instructions = s.Instructions
	}
	return &out
}

// All yields every instruction in file order with the stage it stands in, nil for
// those before the first FROM.
func (f *File) All() iter.Seq2[*Stage, *Instruction] {
	return func(yield func(*Stage, *Instruction) bool) {
		for _, inst := range f.Args {
			if !yield(nil, inst) {
				return
			}
		}
		for _, s := range f.Stages {
			if !yield(s, s.From) {
				return
			}
			for _, inst := range s.Instructions {
				if !yield(s, inst) {
					return
				}
			}
		}
	}
}

// FinalStage is the stage that becomes the image when no target is named; nil
// when the file has no stage. The methods of Stage accept nil.
func (f *File) FinalStage() *Stage {
	if len(f.Stages) == 0 {
		return nil
	}
	return f.Stages[len(f.Stages)-1]
}

// Target is the stage that a build with the given target makes, by its name or
// number; the final stage for "", nil when there is no such stage.
func (f *File) Target(name string) *Stage {
	if name == "" {
		return f.FinalStage()
	}
	return f.stage(name, len(f.Stages))
}

// Stage is one FROM with the instructions below it.
type Stage struct {
	Name         string // after AS, "" when it has none
	Index        int
	Base         Base
	BaseStage    *Stage         // the earlier stage it continues, if any
	From         *Instruction   // its FROM
	Instructions []*Instruction // without the FROM

	file *File
}

// Exists says whether the stage is there at all.
func (s *Stage) Exists() bool { return s != nil }

// Span runs from the FROM to the end of the last instruction.
func (s *Stage) Span() finding.Span {
	if s == nil {
		return finding.Span{}
	}
	span := s.From.Span
	if n := len(s.Instructions); n > 0 {
		span.End = s.Instructions[n-1].Span.End
	}
	return span
}

// Base is what a stage starts from.
type Base struct {
	imageref.Ref        // build arguments replaced by their defaults
	Written      string // as the file says it
	Span         finding.Span
	Arg          string // the build argument without a default that it depends on, "" when known
	Platform     string // of --platform
}

// Known says whether the base depends on nothing that is given at build time.
func (b Base) Known() bool { return b.Arg == "" }

// IsScratch says whether the stage starts from nothing.
func (b Base) IsScratch() bool { return b.Name == "scratch" }

// Instruction is one instruction with all its lines.
type Instruction struct {
	Cmd   string   // in capitals: RUN, COPY, …
	Args  []string // of the JSON form its elements, of RUN, CMD and ENTRYPOINT else one line
	Flags []string // --mount=…, --from=…
	JSON  bool     // written as a JSON list
	Raw   string   // its text in the file
	Span  finding.Span
	Line  int // 1-based

	// Words are the words behind the command as they are written, flags included,
	// with their places.
	Words []Word
	// Heredocs are the texts that stand below the instruction.
	Heredocs []string
	// OnBuild is the instruction that an ONBUILD leaves to the images built on this
	// one; nil for any other.
	OnBuild *Instruction

	typed  any // buildkit's form of it, nil when it is not valid
	escape byte
}

// Word is a word of an instruction as it is written, quotes included.
type Word struct {
	Text string
	Span finding.Span
}

// Flag is the value of the flag --name=value; ok is false when it is not given.
func (i *Instruction) Flag(name string) (value string, ok bool) {
	for _, f := range i.Flags {
		if f == "--"+name {
			return "true", true
		}
		if len(f) > len(name)+3 && f[:len(name)+3] == "--"+name+"=" {
			return f[len(name)+3:], true
		}
	}
	return "", false
}

// Error says where and why a file is not a valid Dockerfile.
type Error struct {
	Line int // 1-based
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }
