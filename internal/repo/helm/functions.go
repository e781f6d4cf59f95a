package helm

import (
	"strings"

	"drydock/internal/repo/kube"
)

// functions are those that are evaluated. Any other is unknown.
var functions = map[string]func(args []value) value{
	"default": func(a []value) value {
		if len(a) != 2 {
			return value{}
		}
		return choose(a[1], a[1], a[0])
	},
	"coalesce": func(a []value) value {
		for _, v := range a {
			if t := v.truth(); t == kube.Maybe || t == kube.Yes {
				return v
			}
		}
		return value{kind: nothing}
	},
	"ternary": func(a []value) value {
		if len(a) != 3 {
			return value{}
		}
		return choose(a[2], a[0], a[1])
	},
	"required": last, "toYaml": last, "toJson": last, "toString": onText(func(s string) string { return s }), "quote": onText(func(s string) string { return s }),
	"squote": onText(func(s string) string { return s }), "indent": last, "nindent": last, "trim": onText(strings.TrimSpace), "lower": onText(strings.ToLower),
	"upper": onText(strings.ToUpper), "int": last, "int64": last, "float64": last, "toPrettyJson": last, "toRawJson": last, "deepCopy": last,
	"trunc": onPair(func(length, s string) string {
		if n, ok := parseSmall(length); ok && n < len(s) {
			return s[:n]
		}
		return s
	}),
	"trimSuffix": onPair(func(end, s string) string { return strings.TrimSuffix(s, end) }),
	"trimPrefix": onPair(func(start, s string) string { return strings.TrimPrefix(s, start) }),
	"not":        func(a []value) value { return judged(len(a) == 1, func() kube.Truth { return negate(a[0].truth()) }) },
	"empty":      func(a []value) value { return judged(len(a) == 1, func() kube.Truth { return negate(a[0].truth()) }) },
	"and": func(a []value) value {
		for i, v := range a {
			if t := v.truth(); t != kube.Yes || i == len(a)-1 {
				if t == kube.Maybe {
					return laterDecides(a[i:], kube.No)
				}
				return v
			}
		}
		return value{}
	},
	"or": func(a []value) value {
		for i, v := range a {
			if t := v.truth(); t != kube.No || i == len(a)-1 {
				if t == kube.Maybe {
					return laterDecides(a[i:], kube.Yes)
				}
				return v
			}
		}
		return value{}
	},
	"eq": func(a []value) value { return equal(a) },
	"ne": func(a []value) value {
		v := equal(a)
		return judged(true, func() kube.Truth { return negate(v.truth()) })
	},
	"hasKey":    hasKey,
	"hasPrefix": onTest(func(start, s string) bool { return strings.HasPrefix(s, start) }),
	"hasSuffix": onTest(func(end, s string) bool { return strings.HasSuffix(s, end) }),
	"contains":  onTest(func(part, s string) bool { return strings.Contains(s, part) }),
	"printf":    printf,
	"tpl": func(a []value) value {
		if len(a) > 0 && a[0].kind == text && !strings.Contains(a[0].text, "{{") {
			return a[0]
		}
		return value{}
	},
}

// isFunction says whether a word at the start of a command calls something.
func isFunction(name string) bool {
	return name != "" && name[0] >= 'a' && name[0] <= 'z' && name != "true" && name != "false" && name != "nil"
}

func call(name string, args []value) value {
	if f, ok := functions[name]; ok {
		return f(args)
	}
	return value{}
}

func last(a []value) value {
	if len(a) == 0 {
		return value{}
	}
	return a[len(a)-1]
}

// choose is yes where cond holds and no where it does not.
func choose(cond, yes, no value) value {
	switch cond.truth() {
	case kube.Yes:
		return yes
	case kube.No:
		return no
	}
	return value{}
}

// laterDecides is false where one of the operands after an unknown one gives and
// or or the answer that ends it, whatever the unknown one is.
func laterDecides(rest []value, ends kube.Truth) value {
	for _, v := range rest {
		if v.truth() == ends {
			return boolOf(ends == kube.Yes)
		}
	}
	return value{}
}

func negate(t kube.Truth) kube.Truth {
	switch t {
	case kube.Yes:
		return kube.No
	case kube.No:
		return kube.Yes
	}
	return kube.Maybe
}

func judged(ok bool, judge func() kube.Truth) value {
	if !ok {
		return value{}
	}
	switch judge() {
	case kube.Yes:
		return boolOf(true)
	case kube.No:
		return boolOf(false)
	}
	return value{}
}

func equal(a []value) value {
	if len(a) < 2 {
		return value{}
	}
	first, ok := a[0].scalar()
	known := ok || a[0].kind == nothing
	for _, v := range a[1:] {
		s, isText := v.scalar()
		switch {
		case v.kind == unknown || v.kind == tree || !known:
			return value{}
		case isText == ok && s == first:
			return boolOf(true)
		}
	}
	return boolOf(false)
}

func hasKey(a []value) value {
	if len(a) != 2 || a[0].kind != tree || a[1].kind != text {
		return value{}
	}
	return boolOf(a[0].tree.Get(a[1].text).Exists())
}

func onText(f func(string) string) func([]value) value {
	return func(a []value) value {
		if len(a) == 0 {
			return value{}
		}
		v := a[len(a)-1]
		if s, ok := v.scalar(); ok {
			return value{kind: text, text: f(s), tree: v.tree}
		}
		return value{}
	}
}

func onPair(f func(a, b string) string) func([]value) value {
	return func(a []value) value {
		if len(a) != 2 {
			return value{}
		}
		x, ok := a[0].scalar()
		y, also := a[1].scalar()
		if !ok || !also {
			return value{}
		}
		return textOf(f(x, y))
	}
}

func onTest(f func(a, b string) bool) func([]value) value {
	return func(a []value) value {
		if len(a) != 2 {
			return value{}
		}
		x, ok := a[0].scalar()
		y, also := a[1].scalar()
		if !ok || !also {
			return value{}
		}
		return boolOf(f(x, y))
	}
}

// printf knows %s, %v and %d.
func printf(a []value) value {
	if len(a) == 0 || a[0].kind != text {
		return value{}
	}
	var out strings.Builder
	format, next := a[0].text, 1
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			out.WriteByte(format[i])
			continue
		}
		if i++; i >= len(format) || next >= len(a) || format[i] != 's' && format[i] != 'v' && format[i] != 'd' {
			return value{}
		}
		s, ok := a[next].scalar()
		if !ok {
			return value{}
		}
		out.WriteString(s)
		next++
	}
	return textOf(out.String())
}
