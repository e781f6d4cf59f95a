//go:build !unix

package repo

// openNonblock has no counterpart where named pipes are not files.
const openNonblock = 0
