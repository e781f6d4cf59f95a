package repo

import (
	"encoding/binary"
	"encoding/json"
	"errors"

	"drydock/internal/finding"
)

// Inherit takes over what an earlier snapshot found in files that have not changed
// since, as far as the file system knows. It is for a snapshot that nobody has asked
// anything yet.
func (s *Snapshot) Inherit(earlier *Snapshot) {
	if earlier == nil {
		return
	}
	s.past.Store(earlier.past.Load())
	settled := earlier.opened.Add(-settling).UnixNano()
	for _, f := range s.files {
		if old := earlier.byPath[f.Path]; old != nil && old.same(f) && old.seen.ctime < settled {
			f.known.Store(old.known.Load())
		}
	}
}

// same says whether the file system tells no difference.
func (f *File) same(other *File) bool {
	return f.seen == other.seen && f.Size == other.Size && f.Lang == other.Lang && f.Role == other.Role && f.seen.ctime != 0
}

// factsVersion changes when what is kept does, or what the pass over a file finds.
const factsVersion = "6"

// Surveyed is how many files were read for their facts: those of which nothing was
// inherited or adopted.
func (s *Snapshot) Surveyed() int { return int(s.home.surveyed.Load()) }

// Facts are what the pass over the files found, for Adopt to read back in another
// process; nil when there is nothing to keep. Files that could not be read or that
// changed while the snapshot was made are left out.
func (s *Snapshot) Facts() []byte {
	e := factsWriter{index: map[string]uint64{}}
	settled := s.opened.Add(-settling).UnixNano()
	n := 0
	for _, f := range s.files {
		known := f.known.Load()
		if known == nil || f.ReadErr() != nil || f.seen.ctime == 0 || f.seen.ctime >= settled || f.seen.mtime >= settled {
			continue
		}
		e.file(f, known)
		n++
	}
	if n == 0 {
		return nil
	}
	head := factsWriter{}
	head.text(factsVersion)
	head.number(uint64(len(e.names)))
	for _, name := range e.names {
		head.text(name)
	}
	head.number(uint64(n))
	if past := s.past.Load(); past != nil {
		record, _ := json.Marshal(past)
		e.text(string(record))
	}
	return append(head.out, e.out...)
}

type factsWriter struct {
	out   []byte
	names []string // modules and the like, each once
	index map[string]uint64
}

func (w *factsWriter) number(n uint64) { w.out = binary.AppendUvarint(w.out, n) }
func (w *factsWriter) text(s string)   { w.number(uint64(len(s))); w.out = append(w.out, s...) }

func (w *factsWriter) name(s string) {
	at, known := w.index[s]
	if !known {
		at = uint64(len(w.names))
		w.index[s] = at
		w.names = append(w.names, s)
	}
	w.number(at)
}

func (w *factsWriter) truth(flags ...bool) {
	n := uint64(0)
	for i, on := range flags {
		if on {
			n |= 1 << i
		}
	}
	w.number(n)
}

func (w *factsWriter) file(f *File, k *facts) {
	w.text(f.Path)
	for _, n := range []uint64{uint64(f.Size), uint64(f.seen.mtime), uint64(f.seen.ctime), f.seen.inode} {
		w.number(n)
	}
	w.out = binary.LittleEndian.AppendUint64(w.out, k.hash.Hi)
	w.out = binary.LittleEndian.AppendUint64(w.out, k.hash.Lo)
	w.truth(k.binary, k.golang != nil)
	if k.golang != nil {
		w.golang(k.golang)
	}
	for _, n := range k.count.numbers() {
		w.number(uint64(*n))
	}
	w.number(uint64(len(k.words)))
	for _, word := range k.words {
		w.out = binary.LittleEndian.AppendUint64(w.out, word)
	}
	w.number(uint64(len(k.links)))
	for _, l := range k.links {
		w.name(l.module)
		w.number(uint64(l.span.Start))
		w.number(uint64(l.span.Len()))
		w.number(uint64(l.level))
		w.truth(l.typeOnly, l.dynamic)
		w.number(uint64(len(l.names)))
		for _, n := range l.names {
			w.name(n)
		}
	}
}

// numbers are the places of all that is counted.
func (c *count) numbers() []*int {
	return []*int{&c.Total, &c.Code, &c.Comment, &c.Blank, &c.todos, &c.consoleLogs, &c.mocks}
}

// Adopt takes over the facts that another process kept, of files that have not
// changed since. What is no such record is left alone.
func (s *Snapshot) Adopt(record []byte) {
	r := factsReader{in: record}
	if r.text() != factsVersion {
		return
	}
	names := make([]string, 0, min(r.number(), uint64(len(record))))
	for range cap(names) {
		names = append(names, r.text())
	}
	r.names = names
	for n := r.number(); n > 0 && r.err == nil; n-- {
		as, k := r.file()
		if r.err != nil {
			return
		}
		if f := s.byPath[as.path]; f != nil && as.seen == f.seen && as.size == f.Size {
			f.known.Store(k)
		}
	}
	if past := new(PastTokens); json.Unmarshal([]byte(r.text()), past) == nil && past.Head != "" {
		s.past.Store(past)
	}
}

type factsReader struct {
	in    []byte
	names []string
	err   error
}

var errRecord = errors.New("no record of facts")

func (r *factsReader) take(n uint64) []byte {
	if n > uint64(len(r.in)) {
		r.err, r.in = errRecord, nil
		return nil
	}
	out := r.in[:n]
	r.in = r.in[n:]
	return out
}

func (r *factsReader) number() uint64 {
	v, n := binary.Uvarint(r.in)
	if n <= 0 {
		r.err, r.in = errRecord, nil
		return 0
	}
	r.in = r.in[n:]
	return v
}

func (r *factsReader) text() string { return string(r.take(r.number())) }

func (r *factsReader) name() string {
	at := r.number()
	if at >= uint64(len(r.names)) {
		r.err = errRecord
		return ""
	}
	return r.names[at]
}

func (r *factsReader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// atMost is a number of things that take at least size bytes each.
func (r *factsReader) atMost(size int) int {
	n := r.number()
	if n > uint64(len(r.in)/size) {
		r.err = errRecord
		return 0
	}
	return int(n)
}

// seenFile is a file as it was when its facts were found.
type seenFile struct {
	path string
	size int64
	seen statKey
}

func (r *factsReader) file() (as seenFile, k *facts) {
	k = &facts{}
	as.path = r.text()
	as.size = int64(r.number())
	as.seen = statKey{int64(r.number()), int64(r.number()), r.number()}
	k.hash.Hi, k.hash.Lo = r.uint64(), r.uint64()
	flags := r.number()
	if k.binary = flags&1 != 0; flags&2 != 0 {
		k.golang = r.golang(as.size)
	}
	for _, n := range k.count.numbers() {
		*n = int(r.number())
	}
	if n := r.atMost(8); n > 0 {
		k.words = make(wordSet, n)
	}
	for i := range k.words {
		k.words[i] = r.uint64()
	}
	if n := len(k.words); n&(n-1) != 0 {
		r.err = errRecord
	}
	if n := r.atMost(6); n > 0 {
		k.links = make([]link, n)
	}
	for i := range k.links {
		l := &k.links[i]
		l.module = r.name()
		start := int(r.number())
		l.span = finding.Span{Start: start, End: start + int(r.number())}
		if l.span.Start < 0 || l.span.End < l.span.Start || int64(l.span.End) > as.size {
			r.err = errRecord
		}
		l.level = int(r.number())
		flags := r.number()
		l.typeOnly, l.dynamic = flags&1 != 0, flags&2 != 0
		for n := r.atMost(1); n > 0; n-- {
			l.names = append(l.names, r.name())
		}
	}
	return as, k
}
