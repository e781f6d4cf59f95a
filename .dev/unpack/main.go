package main

import (
	"os"
	"path/filepath"

	"drydock/internal/demo"
)

func main() {
	files, err := demo.Files()
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		p := filepath.Join(os.Args[1], f.Path)
		os.MkdirAll(filepath.Dir(p), 0o755)
		os.WriteFile(p, f.Data, f.Mode)
	}
}
