package journal

import (
	"io/fs"
	"syscall"
)

// layer lies between the journal and the system, counts the operations, and asks
// before each of them what shall happen.
type layer struct {
	steps  int
	before func(step int, op string) fault
}

// fault is what happens instead of an operation; the zero value is nothing.
type fault struct {
	err   error
	short bool   // a write writes half of it first
	lie   bool   // a write writes nothing and says it wrote everything
	kill  func() // called before the operation, or in the middle of a write
}

func (l *layer) wrap(d directory) directory { return &layeredDir{d, l} }

func (l *layer) step(op string) fault {
	l.steps++
	if l.before == nil {
		return fault{}
	}
	return l.before(l.steps, op)
}

func (l *layer) ask(op string) error {
	f := l.step(op)
	if f.kill != nil {
		f.kill()
	}
	return f.err
}

// failAt makes the n-th operation fail with err.
func failAt(n int, err error) func(int, string) fault {
	return func(step int, _ string) fault {
		if step != n {
			return fault{}
		}
		return fault{err: err, short: true}
	}
}

type layeredDir struct {
	d directory
	l *layer
}

func (d *layeredDir) Stat() (fs.FileInfo, error) {
	if err := d.l.ask("stat"); err != nil {
		return nil, err
	}
	return d.d.Stat()
}

func (d *layeredDir) Lstat(name string) (fs.FileInfo, error) {
	if err := d.l.ask("lstat"); err != nil {
		return nil, err
	}
	return d.d.Lstat(name)
}

func (d *layeredDir) Sub(name string) (directory, error) {
	if err := d.l.ask("sub"); err != nil {
		return nil, err
	}
	sub, err := d.d.Sub(name)
	if err != nil {
		return nil, err
	}
	return d.l.wrap(sub), nil
}

func (d *layeredDir) Names() ([]string, error) {
	if err := d.l.ask("names"); err != nil {
		return nil, err
	}
	return d.d.Names()
}

func (d *layeredDir) Open(name string) (file, error) {
	if err := d.l.ask("open"); err != nil {
		return nil, err
	}
	return d.l.file(d.d.Open(name))
}

func (d *layeredDir) Create(name string, perm fs.FileMode) (file, error) {
	if err := d.l.ask("create"); err != nil {
		return nil, err
	}
	return d.l.file(d.d.Create(name, perm))
}

func (d *layeredDir) Mkdir(name string, perm fs.FileMode) error {
	if err := d.l.ask("mkdir"); err != nil {
		return err
	}
	return d.d.Mkdir(name, perm)
}

func (d *layeredDir) Chmod(name string, mode fs.FileMode) error {
	if err := d.l.ask("chmod"); err != nil {
		return err
	}
	return d.d.Chmod(name, mode)
}

func (d *layeredDir) Rename(from, to string) error {
	if err := d.l.ask("rename"); err != nil {
		return err
	}
	return d.d.Rename(from, to)
}

func (d *layeredDir) Remove(name string) error {
	if err := d.l.ask("remove"); err != nil {
		return err
	}
	return d.d.Remove(name)
}

func (d *layeredDir) Sync() error {
	return d.l.ask("syncdir") // counted, not done: no test cuts the power
}

func (d *layeredDir) Close() error { return d.d.Close() }

type layeredFile struct {
	file
	l *layer
}

func (l *layer) file(f file, err error) (file, error) {
	if err != nil {
		return nil, err
	}
	return &layeredFile{f, l}, nil
}

func (f *layeredFile) Read(p []byte) (int, error) {
	if err := f.l.ask("read"); err != nil {
		return 0, err
	}
	return f.file.Read(p)
}

func (f *layeredFile) Write(p []byte) (int, error) {
	what := f.l.step("write")
	if what.lie {
		return len(p), nil
	}
	if what.err == nil && what.kill == nil && !what.short {
		return f.file.Write(p)
	}
	n := 0
	if what.short || what.kill != nil {
		n, _ = f.file.Write(p[:(len(p)+1)/2])
	}
	if what.kill != nil {
		what.kill()
	}
	return n, what.err
}

func (f *layeredFile) Stat() (fs.FileInfo, error) {
	if err := f.l.ask("fstat"); err != nil {
		return nil, err
	}
	return f.file.Stat()
}

func (f *layeredFile) Chmod(mode fs.FileMode) error {
	if err := f.l.ask("fchmod"); err != nil {
		return err
	}
	return f.file.Chmod(mode)
}

func (f *layeredFile) Chown(uid, gid int) error {
	if err := f.l.ask("fchown"); err != nil {
		return err
	}
	return f.file.Chown(uid, gid)
}

func (f *layeredFile) Sync() error {
	return f.l.ask("fsync")
}

// Close closes in any case: that it reports an error does not leave a file open.
func (f *layeredFile) Close() error {
	err := f.l.ask("close")
	if closed := f.file.Close(); err == nil {
		err = closed
	}
	return err
}

var ioErrors = []error{syscall.ENOSPC, syscall.EIO, syscall.EACCES}
