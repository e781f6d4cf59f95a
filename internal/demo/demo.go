// Package demo holds the sample project behind "drydock demo": a web product as
// found in the wild, with true faults and, beside each, something that only
// looks like one. It is stored as txtar archives below project; the comment at
// the head of each archive names its faults and its traps.
package demo

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

//go:embed project/*.txtar
var archives embed.FS

// File is one file of the sample project.
type File struct {
	Path string // slash-separated, relative to the project's root
	Data []byte
	Mode fs.FileMode // 0755 for shell scripts, 0644 for everything else
}

// Files returns the sample project, sorted by path. It fails if an archive names
// a path twice or one that leads out of the project.
func Files() ([]File, error) {
	names, err := fs.Glob(archives, "project/*.txtar")
	if err != nil {
		return nil, fmt.Errorf("sample project: %w", err)
	}
	var files []File
	for _, name := range names {
		data, err := archives.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("sample project: %w", err)
		}
		for _, f := range txtar.Parse(data).Files {
			if !fs.ValidPath(f.Name) {
				return nil, fmt.Errorf("sample project: %s: %q is not a path inside the project", name, f.Name)
			}
			files = append(files, File{Path: f.Name, Data: f.Data, Mode: modeOf(f.Name)})
		}
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	for i := 1; i < len(files); i++ {
		if files[i].Path == files[i-1].Path {
			return nil, fmt.Errorf("sample project: %s is there twice", files[i].Path)
		}
	}
	return files, nil
}

func modeOf(path string) fs.FileMode {
	if strings.HasSuffix(path, ".sh") {
		return 0o755
	}
	return 0o644
}
