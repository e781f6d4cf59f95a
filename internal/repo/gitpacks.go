package repo

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

// gitPacks are a project's packs, opened on first use. go-git's own storage makes a
// map of all objects of a pack to read one of them, some 60 bytes for each.
type gitPacks struct {
	files  gitDir
	kept   cache.Object
	opened bool
	list   []gitPack
	err    error // why they are left to go-git's storage
}

type gitPack struct {
	index *packIndex
	pack  *packfile.Packfile
	file  io.Closer
}

// errNoPacks is said of packs that go-git's storage may judge.
var errNoPacks = errors.New("the packs are read another way")

func (p *gitPacks) open() error {
	if p.opened {
		return p.err
	}
	p.opened = true
	if err := p.openAll(); err != nil {
		p.err = errors.Join(errNoPacks, err)
	}
	return p.err
}

func (p *gitPacks) openAll() error {
	const dir = "objects/pack"
	entries, err := p.files.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, isPack := strings.CutSuffix(e.Name(), ".pack")
		if !isPack || !strings.HasPrefix(name, "pack-") {
			continue
		}
		index, err := p.index(path.Join(dir, name+".idx"))
		if err != nil {
			return err
		}
		if sum := hex.EncodeToString(index.PackfileChecksum[:]); name != "pack-"+sum {
			return fmt.Errorf("%s has the index of %s", name, sum)
		}
		file, err := p.files.Open(path.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		p.list = append(p.list, gitPack{index, packfile.NewPackfileWithCache(index, p.files, file, p.kept, maxGitObject), file})
	}
	return nil
}

func (p *gitPacks) index(name string) (*packIndex, error) {
	file, err := p.files.Open(name)
	if err != nil {
		return nil, err
	}
	index := &packIndex{MemoryIndex: idxfile.NewMemoryIndex()}
	return index, errors.Join(idxfile.NewDecoder(file).Decode(index.MemoryIndex), file.Close())
}

// find is the pack that holds an object, and where.
func (p *gitPacks) find(id plumbing.Hash) (*packfile.Packfile, int64, error) {
	if err := p.open(); err != nil {
		return nil, 0, err
	}
	for _, one := range p.list {
		if at, err := one.index.FindOffset(id); err == nil {
			return one.pack, at, nil
		}
	}
	return nil, 0, plumbing.ErrObjectNotFound
}

func (p *gitPacks) object(kind plumbing.ObjectType, id plumbing.Hash) (plumbing.EncodedObject, error) {
	pack, _, err := p.find(id)
	if err != nil {
		return nil, err
	}
	found, err := pack.Get(id)
	if err == nil && kind != plumbing.AnyObject && found.Type() != kind {
		return nil, plumbing.ErrObjectNotFound
	}
	return found, err
}

func (p *gitPacks) size(id plumbing.Hash) (int64, error) {
	pack, at, err := p.find(id)
	if err != nil {
		return 0, err
	}
	if found, ok := p.kept.Get(id); ok {
		return found.Size(), nil
	}
	return pack.GetSizeByOffset(at)
}

func (p *gitPacks) close() error {
	var errs []error
	for _, one := range p.list {
		errs = append(errs, one.file.Close())
	}
	p.list = nil
	return errors.Join(errs...)
}

// packIndex is the index of a pack that says which object lies at an offset with
// eight bytes for each.
type packIndex struct {
	*idxfile.MemoryIndex
	places []uint64 // offset and number of each object, by offset
	plain  bool     // places cannot hold this pack's
}

const (
	placeBits  = 24 // of a place, that hold the number of an object
	offsetBits = 64 - placeBits
)

// FindHash implements idxfile.Index.
func (x *packIndex) FindHash(offset int64) (plumbing.Hash, error) {
	if x.places == nil && !x.plain {
		x.plain = !x.order()
	}
	if x.plain || offset < 0 || offset >= 1<<offsetBits {
		return x.MemoryIndex.FindHash(offset)
	}
	i, _ := slices.BinarySearch(x.places, uint64(offset)<<placeBits)
	if i == len(x.places) || x.places[i]>>placeBits != uint64(offset) {
		return plumbing.ZeroHash, plumbing.ErrObjectNotFound
	}
	n := uint32(x.places[i] & (1<<placeBits - 1))
	first := sort.Search(len(x.Fanout), func(k int) bool { return x.Fanout[k] > n })
	if first > 0 {
		n -= x.Fanout[first-1]
	}
	var id plumbing.Hash
	copy(id[:], x.Names[x.FanoutMapping[first]][int(n)*len(id):])
	return id, nil
}

// order fills places; false when they cannot hold what the index says.
func (x *packIndex) order() bool {
	count := x.Fanout[len(x.Fanout)-1]
	if count >= 1<<placeBits {
		return false
	}
	places := make([]uint64, 0, count)
	for first, end := range x.Fanout {
		for from := uint32(len(places)); uint32(len(places)) < end; {
			offsets := x.Offset32[x.FanoutMapping[first]]
			at := uint64(binary.BigEndian.Uint32(offsets[4*(uint32(len(places))-from):]))
			if at>>31 != 0 { // a pack of more than 2 GiB
				long := 8 * (at &^ (1 << 31))
				if long+8 > uint64(len(x.Offset64)) {
					return false
				}
				at = binary.BigEndian.Uint64(x.Offset64[long:])
			}
			if at >= 1<<offsetBits {
				return false
			}
			places = append(places, at<<placeBits|uint64(len(places)))
		}
	}
	slices.Sort(places)
	x.places = places
	return true
}
