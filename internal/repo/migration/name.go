package migration

import (
	"strings"
	"time"
)

// Name is what the name of a migration's file says.
type Name struct {
	Version string // "0001", "20240131120000", "1.2"; without the letter of Flyway
	Title   string // what follows, as written
	Letter  byte   // of Flyway: V, U, R, B; 0 otherwise
	Down    bool   // it takes a migration back
	Up      bool   // it says that it does not: x.up.sql
	Engine  string // the database that it is for, as written: 0001_x.postgres.sql
}

// Flyway reads V1_2__title.sql, U1__x.sql, R__x.sql and B1__x.sql, also of Java
// and Kotlin; base is the last element of a path.
func Flyway(base string) (Name, bool) {
	stem, ext := cut(base)
	switch ext {
	case ".sql", ".java", ".kt":
	default:
		return Name{}, false
	}
	version, title, ok := strings.Cut(stem, "__")
	if !ok || version == "" || title == "" {
		return Name{}, false
	}
	n := Name{Letter: version[0], Title: title, Version: version[1:]}
	switch n.Letter {
	case 'R':
		return n, n.Version == ""
	case 'V', 'U', 'B':
	default:
		return Name{}, false
	}
	n.Down = n.Letter == 'U'
	n.Version = strings.ReplaceAll(n.Version, "_", ".")
	for _, part := range strings.Split(n.Version, ".") {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return Name{}, false
		}
	}
	return n, true
}

// Plain reads names that begin with a number or a time: 0001_x.sql,
// 20240131120000-x.js, 2024_01_31_120000_x.php, 1_x.up.sql, V003.sql; base is
// the last element of a path.
func Plain(base string) (Name, bool) {
	stem, ext := cut(base)
	var n Name
	for range 2 { // x.up.sql, x.postgres.sql, x.do.sql
		inner, word := cut(stem)
		switch word {
		case ".up", ".do":
			n.Up = true
		case ".down", ".undo", ".rollback", ".revert":
			n.Down = true
		default:
			if word == "" || ext != ".sql" || strings.Trim(word[1:], "abcdefghijklmnopqrstuvwxyz") != "" {
				word = ""
			} else {
				n.Engine = word[1:]
			}
		}
		if word == "" {
			break
		}
		stem = inner
	}
	lower := strings.ToLower(stem)
	for _, end := range []string{"_down", "-down", "_undo", "_rollback", "-rollback", "_revert"} {
		n.Down = n.Down || ext == ".sql" && strings.HasSuffix(lower, end)
	}
	i := 0
	if len(stem) > 1 && (stem[0] == 'V' || stem[0] == 'v') && stem[1] >= '0' && stem[1] <= '9' {
		i = 1
	}
	start := i
	for i < len(stem) && (digit(stem[i]) || (stem[i] == '_' || stem[i] == '-') && i+1 < len(stem) && digit(stem[i+1]) && dated(stem[start:i])) {
		i++
	}
	if i == start {
		return Name{}, false
	}
	n.Version = strings.NewReplacer("_", "", "-", "").Replace(stem[start:i])
	n.Title = strings.TrimLeft(stem[i:], "_-. ")
	return n, i == len(stem) || strings.IndexByte("_-. ", stem[i]) >= 0
}

// dated says whether the digits so far are the beginning of a date in parts, as
// Laravel writes it: 2024_01_31_120000.
func dated(s string) bool {
	switch len(s) {
	case 4:
		return s >= "1990" && s < "2100"
	case 7:
		return digit(s[0]) && !digit(s[4]) && s[5:] >= "01" && s[5:] <= "12"
	case 10:
		return !digit(s[4]) && !digit(s[7])
	}
	return false
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func cut(base string) (stem, ext string) {
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		return base[:i], strings.ToLower(base[i:])
	}
	return base, ""
}

// CompareVersions orders versions by their numbers: 1.2 is before 1.10, 1.0 is
// the same as 1, and 0002 the same as 2. What is no number is compared as text.
func CompareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := 0; i < max(len(as), len(bs)); i++ {
		x, y := "", ""
		if i < len(as) {
			x = strings.TrimLeft(as[i], "0")
		}
		if i < len(bs) {
			y = strings.TrimLeft(bs[i], "0")
		}
		if len(x) != len(y) && strings.Trim(x+y, "0123456789") == "" {
			return len(x) - len(y)
		}
		if c := strings.Compare(x, y); c != 0 {
			return c
		}
	}
	return 0
}

// Canonical writes versions that CompareVersions takes for the same alike.
func Canonical(version string) string {
	parts := strings.Split(version, ".")
	for i := range parts {
		parts[i] = strings.TrimLeft(parts[i], "0")
	}
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, ".")
}

// Time is the time that a version is, the zero time when it is none: 20240131,
// 20240131120000, or milliseconds since 1970.
func Time(version string) time.Time {
	if strings.Trim(version, "0123456789") != "" {
		return time.Time{}
	}
	var layout string
	switch len(version) {
	case 8:
		layout = "20060102"
	case 12:
		layout = "200601021504"
	case 14:
		layout = "20060102150405"
	case 17:
		layout, version = "20060102150405", version[:14]
	case 10, 13:
		var n int64
		for i := range len(version) {
			n = n*10 + int64(version[i]-'0')
		}
		if len(version) == 10 {
			n *= 1000
		}
		if t := time.UnixMilli(n).UTC(); t.Year() >= 2000 && t.Year() < 2100 {
			return t
		}
		return time.Time{}
	default:
		return time.Time{}
	}
	t, err := time.Parse(layout, version)
	if err != nil || t.Year() < 1990 || t.Year() >= 2100 {
		return time.Time{}
	}
	return t
}
