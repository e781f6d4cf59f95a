package backend

import (
	"regexp"
	"strconv"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/pylex"
)

// rate is a limit for more routes than one.
type rate struct {
	text   string  // as people say it: "200/minute"
	hourly float64 // requests of one client in an hour; 0 when it cannot be read
	at     finding.Location
}

// tightHourly is the number of requests an hour up to which a limit for all
// routes also keeps people from guessing passwords.
const tightHourly = 1200

func (r rate) tight() bool { return r.hourly > 0 && r.hourly <= tightHourly }

var (
	ratePattern = regexp.MustCompile(`(?i)^\s*(\d+)\s*(?:/|per\s)\s*(\d+)?\s*(second|sec|s|minute|min|m|hour|h|day|d)s?\s*$`)
	seconds     = map[string]float64{"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}
)

// parseRates reads "5/minute;100 per day": the tightest of them counts.
func parseRates(text string) (tightest rate) {
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ',' }) {
		m := ratePattern.FindStringSubmatch(one)
		if m == nil {
			continue
		}
		times, _ := strconv.ParseFloat(m[1], 64)
		per := seconds[strings.ToLower(m[3])]
		if n, err := strconv.ParseFloat(m[2], 64); err == nil && n > 0 {
			per *= n
		}
		if hourly := times * 3600 / per; tightest.hourly == 0 || hourly < tightest.hourly {
			tightest = rate{text: strings.TrimSpace(one), hourly: hourly}
		}
	}
	return tightest
}

// defaultLimits are the limits that slowapi and Flask-Limiter put on every
// route of a unit.
func defaultLimits(s *repo.Snapshot, unit string) []rate {
	var out []rate
	for _, src := range s.RunningSources("default_limits", "application_limits") {
		if src.Py() == nil || s.UnitDir(src.File) != unit {
			continue
		}
		for i := range src.Py().Calls {
			c := &src.Py().Calls[i]
			made := src.Py().Qualify(c.Callee)
			if !strings.HasSuffix(made, "Limiter") || !strings.Contains(made, "slowapi") && !strings.Contains(made, "flask_limiter") {
				continue
			}
			for _, name := range []string{"default_limits", "application_limits"} {
				if list, ok := c.Arg(name); ok {
					out = append(out, rateOfList(src, list))
				}
			}
		}
	}
	return out
}

func rateOfList(src *repo.Source, list pylex.Arg) rate {
	values, _ := list.Strings()
	r := parseRates(strings.Join(values, ";"))
	if r.hourly == 0 {
		r.text = "a limit that is not written here"
	}
	r.at = src.At(list.Span)
	return r
}

// jsRate reads the rate of rateLimit({ windowMs, max }), or of a fastify
// plugin's { max, timeWindow }.
func jsRate(src *repo.Source, args []jslex.Arg, at finding.Span) rate {
	r := rate{text: "a limit that is not written here", at: src.At(at)}
	if len(args) == 0 {
		return r
	}
	options := args[len(args)-1]
	window, times := 60.0, 0.0
	for _, name := range []string{"max", "limit", "points"} {
		if p, ok := options.Prop(name); ok {
			times = product(p.Value.Text())
		}
	}
	for _, name := range []string{"windowMs", "timeWindow", "ttl", "duration", "interval"} {
		p, ok := options.Prop(name)
		if !ok {
			continue
		}
		if p.Value.IsLiteral {
			window = windowText(p.Value.Literal)
		} else if window = product(p.Value.Text()); window >= 1000 || name == "windowMs" {
			window /= 1000
		}
	}
	if times > 0 && window > 0 {
		r.hourly = times * 3600 / window
		r.text = strconv.FormatFloat(times, 'f', -1, 64) + " in " + spell(window)
	}
	return r
}

var windowPattern = regexp.MustCompile(`(?i)^(\d+)\s*(second|sec|s|minute|min|m|hour|h|day|d)s?$`)

func windowText(text string) float64 {
	m := windowPattern.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseFloat(m[1], 64)
	return n * seconds[strings.ToLower(m[2])]
}

func spell(window float64) string {
	if window >= 60 && float64(int(window)/60*60) == window {
		return strconv.Itoa(int(window)/60) + " min"
	}
	return strconv.FormatFloat(window, 'f', -1, 64) + " s"
}

// product is the value of 15 * 60 * 1000, of seconds(60) and minutes(1) in
// milliseconds; 0 of anything else.
func product(text string) float64 {
	text = strings.ReplaceAll(strings.TrimSpace(text), "_", "")
	for unit, ms := range map[string]float64{"seconds(": 1000, "minutes(": 60000, "hours(": 3600000} {
		if rest, ok := strings.CutPrefix(text, unit); ok {
			return product(strings.TrimSuffix(rest, ")")) * ms
		}
	}
	value := 1.0
	for _, factor := range strings.Split(text, "*") {
		n, err := strconv.ParseFloat(strings.TrimSpace(factor), 64)
		if err != nil {
			return 0
		}
		value *= n
	}
	return value
}

// throttlerRates are the limits of NestJS's throttler in a unit; where a guard
// puts them on every route they are the application's.
func throttlerRates(s *repo.Snapshot, unit string) []rate {
	var out []rate
	for _, src := range s.RunningSources("ThrottlerModule") {
		if src.JS() == nil || s.UnitDir(src.File) != unit {
			continue
		}
		for i := range src.JS().Calls {
			c := &src.JS().Calls[i]
			if !strings.HasPrefix(c.Callee, "ThrottlerModule.forRoot") {
				continue
			}
			for _, a := range c.Args {
				if p, ok := a.Prop("throttlers"); ok {
					a = p.Value
				}
				items := a.Items()
				if items == nil {
					items = []jslex.Arg{a}
				}
				for _, item := range items {
					out = append(out, jsRate(src, []jslex.Arg{item}, c.Span))
				}
			}
		}
	}
	return out
}
