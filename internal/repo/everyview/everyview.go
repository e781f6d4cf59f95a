// Package everyview asks a snapshot for all that it offers: for what is measured and
// for what hostile projects are tried on.
package everyview

import (
	"reflect"

	"drydock/internal/repo"
)

// Ask calls every method of the snapshot that takes nothing and returns one value,
// in order of their names: the views. It returns how many there are.
func Ask(s *repo.Snapshot) int {
	n := 0
	v := reflect.ValueOf(s)
	for i := range v.NumMethod() {
		if m := v.Method(i).Type(); m.NumIn() == 0 && m.NumOut() == 1 {
			v.Method(i).Call(nil)
			n++
		}
	}
	return n
}
