// Package scanners holds the checks: one package per category, one file per
// check, its fixture beside it.
package scanners

//go:generate go run ./gen .
