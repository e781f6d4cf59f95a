package repo

// Derived is what a package above makes of the snapshot once and several of its
// checks look at: built on first use, under a name that begins with the package's,
// and shared. What it returns is not to be changed.
func Derived[T any](s *Snapshot, name string, build func() T) T {
	return view(s, "derived "+name, build)
}
