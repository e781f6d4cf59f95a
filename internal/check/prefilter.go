package check

import (
	"sync"

	"drydock/internal/repo"
)

// Prefilter finds, in one pass over a file, which checks' keywords it holds. It
// is an Aho-Corasick automaton over bytes with ASCII case folded.
type Prefilter struct {
	next    [][256]int32
	outputs [][]string // state → ids of checks with a keyword that ends there
	seen    sync.Map   // *repo.File → *fileHits
}

type fileHits struct {
	once sync.Once
	ids  map[string]bool
}

// NewPrefilter builds the automaton for the checks' keywords.
func NewPrefilter(checks []*Check) *Prefilter {
	p := &Prefilter{}
	p.state()
	for _, c := range checks {
		for _, k := range c.Keywords {
			p.insert(k, c.ID)
		}
	}
	p.link()
	return p
}

func (p *Prefilter) state() int32 {
	p.next = append(p.next, [256]int32{})
	p.outputs = append(p.outputs, nil)
	return int32(len(p.next) - 1)
}

func (p *Prefilter) insert(keyword, id string) {
	at := int32(0)
	for i := range len(keyword) {
		c := fold(keyword[i])
		if p.next[at][c] == 0 {
			s := p.state()
			p.next[at][c] = s
		}
		at = p.next[at][c]
	}
	p.outputs[at] = append(p.outputs[at], id)
}

// link turns the trie into a dense automaton, breadth first.
func (p *Prefilter) link() {
	fail := make([]int32, len(p.next))
	var queue []int32
	for c := range 256 {
		if s := p.next[0][c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		p.outputs[at] = append(p.outputs[at], p.outputs[fail[at]]...)
		for c := range 256 {
			if s := p.next[at][c]; s != 0 {
				fail[s] = p.next[fail[at]][c]
				queue = append(queue, s)
			} else {
				p.next[at][c] = p.next[fail[at]][c]
			}
		}
	}
	for at := range p.next {
		for c := byte('A'); c <= 'Z'; c++ {
			p.next[at][c] = p.next[at][c+32]
		}
	}
}

// Mentions says whether the file holds a keyword of the check with this id.
func (p *Prefilter) Mentions(id string, f *repo.File) bool {
	v, ok := p.seen.Load(f)
	if !ok {
		v, _ = p.seen.LoadOrStore(f, &fileHits{})
	}
	hits := v.(*fileHits)
	hits.once.Do(func() { hits.ids = p.scan(f.Bytes()) })
	return hits.ids[id]
}

func (p *Prefilter) scan(data []byte) map[string]bool {
	ids := map[string]bool{}
	at := int32(0)
	for _, c := range data {
		at = p.next[at][c]
		for _, id := range p.outputs[at] {
			ids[id] = true
		}
	}
	return ids
}

func fold(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 32
	}
	return c
}
