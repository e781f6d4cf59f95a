// Package safety holds, as tests, what drydock promises about projects that
// nobody vetted: that an audit reads nothing outside the project, runs nothing
// of it, ends within bounds whatever the project holds, prints none of its bytes
// raw, copies no secret, and mutes nothing unseen.
//
// The hostile projects are made by the tests; none is kept.
package safety
