package repo

import (
	"sync"
	"sync/atomic"
)

// keeper bounds what a snapshot keeps in memory of what it can read or parse
// again. What was asked for last is kept longest; what is dropped lives on as long
// as somebody holds it.
type keeper struct {
	budget int64 // bytes

	mu    sync.Mutex
	used  int64
	queue []*keptCost // in order of arrival; see makeRoom
}

// keptBytes is how much of the files' contents, and of what they parse to, is kept
// at a time: more makes little difference, since checks ask by file.
const keptBytes = 16 << 20

// keptCost is one kept thing as the keeper sees it.
type keptCost struct {
	cost  int64
	asked atomic.Bool // since the keeper looked last
	drop  func()
}

// again is a value that can be made again.
type again[T any] struct {
	mu    sync.Mutex
	value *T
	entry *keptCost
}

// get is the value, made anew when it was dropped. cost is its size in bytes.
func (a *again[T]) get(k *keeper, build func() (value T, cost int64)) T {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.value != nil {
		if a.entry != nil {
			a.entry.asked.Store(true)
		}
		return *a.value
	}
	value, cost := build()
	a.value = &value
	if k != nil {
		a.entry = &keptCost{cost: cost, drop: a.drop}
		k.add(a.entry)
	}
	return value
}

// drop forgets the value, unless somebody is asking for it right now.
func (a *again[T]) drop() {
	if a.mu.TryLock() {
		a.value, a.entry = nil, nil
		a.mu.Unlock()
	}
}

func (k *keeper) add(e *keptCost) {
	k.mu.Lock()
	k.queue = append(k.queue, e)
	k.used += e.cost
	var out []*keptCost
	if k.used > k.budget {
		out = k.makeRoom()
	}
	k.mu.Unlock()
	for _, e := range out {
		e.drop()
	}
}

// makeRoom takes the oldest things out that nobody asked for since it looked last,
// until a quarter of the budget is free; the newest one stays in any case.
func (k *keeper) makeRoom() (out []*keptCost) {
	newest := k.queue[len(k.queue)-1]
	for again := range 2 {
		var stay []*keptCost
		for i, e := range k.queue {
			if k.used <= k.budget*3/4 {
				stay = append(stay, k.queue[i:]...)
				break
			}
			if e == newest || again == 0 && e.asked.Swap(false) {
				stay = append(stay, e)
				continue
			}
			k.used -= e.cost
			out = append(out, e)
		}
		k.queue = stay
	}
	return out
}
