package cache

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestWhatWasSavedIsThere(t *testing.T) {
	c := In(filepath.Join(t.TempDir(), "new"))
	if got := c.Load("k", "a"); got != nil {
		t.Errorf("an empty cache holds %q", got)
	}
	c.Save("k", "a", []byte("one"))
	c.Save("k", "a", []byte("two"))
	c.Save("other", "a", []byte("three"))
	if got := string(c.Load("k", "a")); got != "two" {
		t.Errorf("Load = %q, want two", got)
	}
	if info, err := os.Stat(c.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is for others to read: %v %v", info.Mode(), err)
	}
}

func TestNoCacheIsNoError(t *testing.T) {
	var none *Cache
	none.Save("k", "a", []byte("x"))
	if none.Load("k", "a") != nil {
		t.Error("a cache that is none holds something")
	}
	c := In("/proc/nowhere")
	c.Save("k", "a", []byte("x"))
	if c.Load("k", "a") != nil {
		t.Error("a cache that cannot be written holds something")
	}
}

// TestBrokenFileIsBegunAnew damages the file at every page, cuts it short and
// replaces it; each time the cache goes on with what it can read, or anew.
func TestBrokenFileIsBegunAnew(t *testing.T) {
	dir := t.TempDir()
	c := In(dir)
	value := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	fresh := func() []byte {
		os.Remove(c.path)
		c.Save("k", "a", value)
		data, err := os.ReadFile(c.path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	whole := fresh()
	damage := [][]byte{nil, []byte("no database"), whole[:len(whole)/2], whole[:4096], whole[:100]}
	for at := 0; at < len(whole); at += 4096 {
		hurt := bytes.Clone(whole)
		for i := at; i < min(at+64, len(hurt)); i++ {
			hurt[i] ^= 0xff
		}
		damage = append(damage, hurt)
	}
	for i, data := range damage {
		if err := os.WriteFile(c.path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := c.Load("k", "a"); got != nil && !bytes.Equal(got, value) {
			t.Fatalf("damage %d: a wrong value was loaded", i)
		}
		c.Save("k", "b", []byte("after"))
		c.Save("k", "b", []byte("after"))
		if got := string(c.Load("k", "b")); got != "after" {
			t.Errorf("damage %d: what was saved afterwards is %q", i, got)
		}
	}
}

func TestFileIsBegunAnewWhenItIsTooLarge(t *testing.T) {
	c := In(t.TempDir())
	c.Save("k", "a", []byte("x"))
	if err := os.Truncate(c.path, MaxSize); err != nil {
		t.Fatal(err)
	}
	c.Save("k", "b", []byte("y"))
	if info, err := os.Stat(c.path); err != nil || info.Size() > 1<<20 {
		t.Errorf("the file has %d bytes: %v", info.Size(), err)
	}
	if c.Load("k", "a") != nil || string(c.Load("k", "b")) != "y" {
		t.Error("the file was not begun anew")
	}
}
