package themes

import (
	"image/color"
	"math"
	"reflect"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestEveryTokenIsSetAndReadable(t *testing.T) {
	seen := map[string]bool{}
	for _, theme := range All() {
		if seen[theme.Name] || theme.Name == Auto {
			t.Errorf("%s: two themes of one name", theme.Name)
		}
		seen[theme.Name] = true
		if theme.Colorless() || theme.Background == "" {
			continue
		}
		v := reflect.ValueOf(theme)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			c, isColor := v.Field(i).Interface().(Color)
			if !isColor || name == "Background" {
				continue
			}
			if _, ok := c.Ink().(color.RGBA); !ok || len(c) != len("#rrggbb") {
				t.Errorf("%s: %s is %q, not a colour", theme.Name, name, c)
				continue
			}
			switch name {
			case "Faint":
				wantContrast(t, theme, name, c, theme.Background, 1.4)
			case "Selection":
				wantContrast(t, theme, "Text on Selection", theme.Text, c, 4.5)
				wantContrast(t, theme, "Selection", c, theme.Background, 1.15)
			default:
				wantContrast(t, theme, name, c, theme.Background, 4.5)
			}
		}
	}
}

func TestSixteenColourThemeNamesOnlyIndexes(t *testing.T) {
	theme, err := Find("ansi")
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(theme)
	for i := range v.NumField() {
		if c, ok := v.Field(i).Interface().(Color); ok && c != "" {
			if _, index := c.Ink().(ansi.BasicColor); index {
				continue
			}
			t.Errorf("%s is %q", v.Type().Field(i).Name, c)
		}
	}
}

func TestPickFollowsTheTerminal(t *testing.T) {
	for _, c := range []struct {
		dark bool
		can  Capability
		want string
	}{{true, FullColor, "dark"}, {false, FullColor, "light"}, {true, ANSI16, "ansi"}, {false, ANSI16, "ansi"}, {true, NoColor, "mono"}} {
		if got := Pick(c.dark, c.can).Name; got != c.want {
			t.Errorf("Pick(%v, %v) = %s, want %s", c.dark, c.can, got, c.want)
		}
	}
}

func TestFindNamesTheWayOut(t *testing.T) {
	if _, err := Find("nope"); err == nil {
		t.Error("Find accepted a theme that is not there")
	}
}

func TestStyleWritesOneSequence(t *testing.T) {
	for _, c := range []struct {
		style Style
		want  string
	}{
		{Style{}, "x"},
		{Style{Bold: true}, "\x1b[1mx\x1b[m"},
		{Style{FG: "9", BG: "4"}, "\x1b[91;44mx\x1b[m"},
		{Style{FG: "#010203", Reverse: true}, "\x1b[7;38;2;1;2;3mx\x1b[m"},
		{Style{BG: "#010203"}.Over(Style{FG: "1", BG: "2", Bold: true}), "\x1b[1;31;48;2;1;2;3mx\x1b[m"},
	} {
		if got := c.style.Lipgloss().Render("x"); got != c.want {
			t.Errorf("%+v renders %q, want %q", c.style, got, c.want)
		}
	}
}

func wantContrast(t *testing.T, theme Theme, name string, a, b Color, least float64) {
	t.Helper()
	if got := contrast(a, b); got < least {
		t.Errorf("%s: %s has contrast %.2f, want %.2f at least", theme.Name, name, got, least)
	}
}

// contrast is WCAG's ratio of two colours, 1 to 21.
func contrast(a, b Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c Color) float64 {
	r, g, b, _ := c.Ink().RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
