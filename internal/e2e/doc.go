// Package e2e holds drydock to what it promises on a real terminal: its tests
// build the program, start it on a pseudo terminal and press keys.
package e2e
