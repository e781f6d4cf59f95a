package repo

// Shared is what a package above makes of the snapshot once and several of its
// checks look at: built on first use, under a name that begins with the package's,
// and shared. What it returns is not to be changed.
func Shared[T any](s *Snapshot, name string, build func() T) T {
	return view(s, "shared "+name, build)
}
