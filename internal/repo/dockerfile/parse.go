package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"drydock/internal/finding"
	"drydock/internal/repo/imageref"
)

// Parse reads a Dockerfile. The error, an *Error, is the first thing that docker
// would refuse; what could be read is returned with it.
func Parse(path string, src []byte) (*File, error) {
	f := &File{Path: path, Escape: '\\', global: scope{}}
	if len(src) > MaxBytes {
		return f, &Error{1, fmt.Sprintf("larger than %d KiB", MaxBytes>>10)}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return f, &Error{bytes.Count(src[:i], []byte("\n")) + 1, "control character 0x00"}
	}
	tree, err := parseTree(src)
	if err != nil {
		return f, located(err)
	}
	var first error
	fail := func(line int, msg string) {
		if first == nil {
			first = &Error{line, msg}
		}
	}
	lines := lineStarts(src)
	f.Escape = byte(tree.EscapeToken)
	f.directives(src, lines)
	for _, node := range tree.AST.Children {
		inst, err := newInstruction(node, src, lines, f.Escape)
		if err != nil {
			fail(node.StartLine, located(err).Msg)
		}
		switch {
		case inst.Cmd == "FROM" && len(f.Stages) == MaxStages:
			return f, &Error{inst.Line, fmt.Sprintf("more than %d stages", MaxStages)}
		case inst.Cmd == "FROM":
			f.addStage(inst)
		case len(f.Stages) > 0:
			last := f.FinalStage()
			last.Instructions = append(last.Instructions, inst)
		case inst.Cmd == "ARG":
			f.Args = append(f.Args, inst)
			f.global.declare(inst, nil, nil)
		default:
			fail(node.StartLine, inst.Cmd+" stands before the first FROM")
		}
	}
	if len(f.Stages) == 0 {
		fail(1, "no FROM instruction")
	}
	return f, first
}

// parseTree runs buildkit's parser; a panic is an error like any other.
func parseTree(src []byte) (tree *parser.Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return parser.Parse(bytes.NewReader(src))
}

func located(err error) *Error {
	line := 1
	var at *parser.LocationError
	if errors.As(err, &at) {
		for _, ranges := range at.Locations {
			if len(ranges) > 0 && ranges[0].Start.Line > 0 {
				line = ranges[0].Start.Line
				break
			}
		}
	}
	return &Error{line, err.Error()}
}

// lineStarts are the offsets of the first byte of each line, plus the end.
func lineStarts(src []byte) []int {
	starts := []int{0}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		starts[0] = 3
	}
	for i, c := range src {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return append(starts, len(src))
}

func newInstruction(node *parser.Node, src []byte, lines []int, escape byte) (*Instruction, error) {
	last := len(lines) - 1
	first := min(max(node.StartLine-1, 0), last)
	start, end := lines[first], lines[min(max(node.EndLine, first), last)]
	for start < end && isSpace(src[start]) {
		start++
	}
	for end > start && isSpace(src[end-1]) {
		end--
	}
	inst := &Instruction{
		Cmd:   strings.ToUpper(node.Value),
		Flags: node.Flags,
		JSON:  node.Attributes["json"],
		Raw:   string(src[start:end]),
		Span:  finding.Span{Start: start, End: end},
		Line:  node.StartLine,

		escape: escape,
	}
	for n := node.Next; n != nil; n = n.Next {
		inst.Args = append(inst.Args, n.Value)
	}
	for _, h := range node.Heredocs {
		inst.Heredocs = append(inst.Heredocs, h.Content)
	}
	inst.Words = words(src, inst.Span, escape, inst.JSON)
	var err error
	inst.typed, err = typed(node)
	if inst.Cmd == "ONBUILD" && node.Next != nil && len(node.Next.Children) > 0 && len(inst.Words) > 0 {
		inst.OnBuild = inst.inner(node.Next.Children[0], src)
	}
	return inst, err
}

// inner is the instruction behind ONBUILD.
func (i *Instruction) inner(node *parser.Node, src []byte) *Instruction {
	span := finding.Span{Start: i.Words[0].Span.Start, End: i.Span.End}
	in := &Instruction{
		Cmd: strings.ToUpper(node.Value), Flags: node.Flags, JSON: node.Attributes["json"],
		Raw: string(src[span.Start:span.End]), Span: span, Line: i.Line, escape: i.escape,
	}
	for n := node.Next; n != nil; n = n.Next {
		in.Args = append(in.Args, n.Value)
	}
	in.Words = words(src, span, i.escape, in.JSON)
	in.typed, _ = typed(node)
	return in
}

// directives reads the comments at the top that the parser takes note of.
func (f *File) directives(src []byte, lines []int) {
	for _, d := range []struct {
		key  string
		into *Directive
	}{{"syntax", &f.Syntax}, {"check", &f.Checks}} {
		_, value, at, ok := parser.ParseDirective(d.key, src)
		if !ok || len(at) == 0 || at[0].Start.Line < 1 || at[0].Start.Line >= len(lines) {
			continue
		}
		start, end := lines[at[0].Start.Line-1], lines[at[0].Start.Line]
		for end > start && isSpace(src[end-1]) {
			end--
		}
		*d.into = Directive{value, finding.Span{Start: start, End: end}}
	}
}

// typed is buildkit's reading of an instruction.
func typed(node *parser.Node) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("%v", r)
		}
	}()
	if v, err = instructions.ParseInstruction(node); err != nil {
		return nil, err
	}
	return v, nil
}

func (f *File) addStage(from *Instruction) {
	s := &Stage{Index: len(f.Stages), From: from, file: f}
	s.Base.Platform, _ = from.Flag("platform")
	if st, ok := from.typed.(*instructions.Stage); ok {
		s.Name = st.Name
	}
	if len(from.Args) > 0 {
		s.Base.Written = from.Args[0]
		s.Base.Span = from.wordSpan(0)
		name, missing := f.global.expand(s.Base.Written)
		s.Base.Ref, s.Base.Arg = imageref.Parse(name), missing
		s.BaseStage = f.stageNamed(name, s.Index)
	}
	f.Stages = append(f.Stages, s)
}

// stageNamed is the last stage before limit with the given name.
func (f *File) stageNamed(name string, limit int) *Stage {
	for i := min(limit, len(f.Stages)) - 1; i >= 0; i-- {
		if s := f.Stages[i]; s.Name != "" && strings.EqualFold(s.Name, name) {
			return s
		}
	}
	return nil
}

// stage is the stage before limit with the given name or number.
func (f *File) stage(name string, limit int) *Stage {
	if s := f.stageNamed(name, limit); s != nil {
		return s
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < min(limit, len(f.Stages)) {
		return f.Stages[i]
	}
	return nil
}

// wordSpan is the place of the n-th word that is not a flag; the instruction's
// own when there is none.
func (i *Instruction) wordSpan(n int) finding.Span {
	for _, w := range i.operands() {
		if n == 0 {
			return w.Span
		}
		n--
	}
	return i.Span
}

// operands are the words behind the flags.
func (i *Instruction) operands() []Word {
	flags := 0
	for flags < len(i.Words) && flags < len(i.Flags) && strings.HasPrefix(i.Words[flags].Text, "--") {
		flags++
	}
	return i.Words[flags:]
}
