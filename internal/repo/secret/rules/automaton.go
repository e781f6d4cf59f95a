package rules

// automaton finds many words in one pass, ASCII case folded (Aho and Corasick).
type automaton struct {
	class   [256]byte // of a byte; 0 for those in no word
	classes int
	words   []word
	next    []int32 // state*classes + class → state
	outputs [][]word
}

// word is one that is looked for.
type word struct {
	text string
	id   int
}

func newAutomaton() *automaton { return &automaton{classes: 1} }

// insert adds a lower-case word; link ends it.
func (a *automaton) insert(text string, id int) {
	for i := range len(text) {
		if a.class[text[i]] == 0 {
			a.class[text[i]] = byte(a.classes)
			a.classes++
		}
	}
	a.words = append(a.words, word{text, id})
}

// link builds the states.
func (a *automaton) link() {
	a.state()
	for _, w := range a.words {
		at := int32(0)
		for i := range len(w.text) {
			edge := int(at)*a.classes + int(a.class[w.text[i]])
			if a.next[edge] == 0 {
				s := a.state()
				a.next[edge] = s
			}
			at = a.next[edge]
		}
		a.outputs[at] = append(a.outputs[at], w)
	}
	fail := make([]int32, len(a.outputs))
	var queue []int32
	for c := range a.classes {
		if s := a.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		a.outputs[at] = append(a.outputs[at], a.outputs[fail[at]]...)
		for c := range a.classes {
			edge, other := int(at)*a.classes+c, int(fail[at])*a.classes+c
			if s := a.next[edge]; s != 0 {
				fail[s] = a.next[other]
				queue = append(queue, s)
			} else {
				a.next[edge] = a.next[other]
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		a.class[c] = a.class[c+32]
	}
}

func (a *automaton) state() int32 {
	a.next = append(a.next, make([]int32, a.classes)...)
	a.outputs = append(a.outputs, nil)
	return int32(len(a.outputs) - 1)
}

// each passes on the words in text with the offset of their end, until yield
// returns false.
func (a *automaton) each(text []byte, yield func(id, end int) bool) {
	at := int32(0)
	for i, c := range text {
		at = a.next[int(at)*a.classes+int(a.class[c])]
		for _, w := range a.outputs[at] {
			if !yield(w.id, i+1) {
				return
			}
		}
	}
}
