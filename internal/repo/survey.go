package repo

import (
	"math/bits"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"
)

// facts are what one pass over a file's bytes finds. They depend on the bytes and
// what the name says of them.
type facts struct {
	hash   xxh3.Uint128
	binary bool
	count  count
	words  wordSet
	links  []link   // of JavaScript, TypeScript, Python, Go and components
	golang *goFacts // nil for other languages

	derived derivations
}

// survey reads every file once, over the cores, and keeps of each what fits in a
// few hundred bytes: most questions to a file are answered without reading it again.
func (s *Snapshot) survey() {
	view(s, "survey", func() struct{} {
		var next atomic.Int64
		var workers sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			workers.Go(func() {
				var r reader
				for i := next.Add(1) - 1; int(i) < len(s.files); i = next.Add(1) - 1 {
					s.files[i].surveyed(&r)
				}
			})
		}
		workers.Wait()
		return struct{}{}
	})
}

// reader is what a goroutine reads files with.
type reader struct {
	buf   []byte
	words wordCollector
	names map[string]string // see intern
}

func (r *reader) read(f *File) ([]byte, error) {
	if need := int(f.Size); cap(r.buf) < need {
		r.buf = make([]byte, max(need, 256<<10))
	}
	return f.read(r.buf[:0])
}

// facts are the file's facts, found on first use. A file that cannot be read has
// none; see Err.
func (f *File) facts() *facts {
	if known := f.known.Load(); known != nil {
		return known
	}
	r := readers.Get().(*reader)
	defer readers.Put(r)
	return f.surveyed(r)
}

var readers = sync.Pool{New: func() any { return &reader{} }}

func (f *File) surveyed(r *reader) *facts {
	if known := f.known.Load(); known != nil {
		return known
	}
	found := &facts{}
	f.home.surveyed.Add(1)
	if f.Size > MaxFileSize {
		f.fail(errTooLarge)
	} else if data, err := r.read(f); err != nil {
		f.fail(err)
	} else {
		found.hash = xxh3.Hash128(data)
		found.binary = isBinary(data)
		if !found.binary {
			found.count = countLines(f.Lang, data)
			found.words = r.words.collect(data)
			if len(data) <= maxSource {
				switch f.Lang {
				case TypeScript, JavaScript:
					found.links = r.scriptLinks(data, r.words.lastLink)
				case Python:
					found.links = r.pythonLinks(data, r.words.lastImport)
				case Go:
					if f.Role != Vendored {
						found.links, found.golang = r.goLinks(data)
					}
				default:
					if ext := path.Ext(f.Path); componentExts[ext] {
						found.links = r.componentLinks(data, ext)
					}
				}
			}
		}
	}
	if !f.known.CompareAndSwap(nil, found) {
		return f.known.Load()
	}
	return found
}

// wordSet says which words a text may hold: a Bloom filter, four bits a word. Its
// length is a power of two.
type wordSet []uint64

// has says whether the word may be in the set.
func (w wordSet) has(h wordHash) bool {
	if len(w) == 0 {
		return false
	}
	mask := uint64(len(w)*64 - 1)
	for range 4 {
		at := uint64(h) & mask
		if w[at/64]>>(at%64)&1 == 0 {
			return false
		}
		h >>= 16
	}
	return true
}

// wordHash is a word's hash.
type wordHash uint64

// maxWordBits bounds the set of one file in bits: each of a hash's four parts has
// sixteen.
const maxWordBits = 1 << 16

// inWord tells the bytes of words: letters, digits, _, $ and all that is not ASCII.
var inWord = buildInWord()

func buildInWord() (t [256]bool) {
	for c := range 256 {
		b := byte(c)
		t[c] = isWord(b) || b == '$' || b >= 0x80
	}
	return t
}

// hashWord hashes by the first and the last eight bytes and the length.
func hashWord(first, last uint64, n int) wordHash {
	hi, lo := bits.Mul64(first^0x9e3779b97f4a7c15, last^uint64(n)*0xbf58476d1ce4e5b9^0x94d049bb133111eb)
	return wordHash(hi ^ lo)
}

// eight are the first eight bytes at b, or as many as there are.
func eight(b []byte) uint64 {
	if len(b) >= 8 {
		return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
	}
	var v uint64
	for i, c := range b {
		v |= uint64(c) << (8 * i)
	}
	return v
}

func hashOfWord(word []byte) wordHash {
	return hashWord(eight(word), eight(word[max(0, len(word)-8):]), len(word))
}

// wordCollector makes word sets; it is one goroutine's.
type wordCollector struct {
	seen [maxWordBits / 64]uint64

	// Where the last word begins that may import something, -1 without one.
	lastLink, lastImport int // in JavaScript, in Python
}

// collect is the set of the words in text.
func (c *wordCollector) collect(text []byte) wordSet {
	clear(c.seen[:])
	c.lastLink, c.lastImport = -1, -1
	words := 0
	for i := 0; i < len(text); {
		if !inWord[text[i]] {
			i++
			continue
		}
		start := i
		for i++; i < len(text) && inWord[text[i]]; i++ {
		}
		n := i - start
		var h wordHash
		if start+8 <= len(text) && n <= 8 {
			v := eight(text[start:]) & (1<<(8*uint(n)) - 1)
			h = hashWord(v, v, n)
		} else {
			h = hashOfWord(text[start:i])
		}
		switch h {
		case wordImport, wordDunderImport, wordImportModule:
			c.lastImport = start
		}
		if mayLink(h, text, i) {
			c.lastLink = start
		}
		fresh := uint64(0)
		for range 4 {
			at := uint64(h) % maxWordBits
			fresh |= ^c.seen[at/64] >> (at % 64) & 1
			c.seen[at/64] |= 1 << (at % 64)
			h >>= 16
		}
		words += int(fresh)
	}
	if words == 0 {
		return nil
	}
	return c.folded(words)
}

// folded is the set in as many bits as keep wrong answers to about one in a thousand.
func (c *wordCollector) folded(words int) wordSet {
	size := 1
	for size*64 < 16*words && size < len(c.seen) {
		size *= 2
	}
	out := slices.Clone(c.seen[:size])
	for i := size; i < len(c.seen); i++ {
		out[i&(size-1)] |= c.seen[i]
	}
	return out
}
