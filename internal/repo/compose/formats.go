package compose

import (
	"net/netip"
	"strconv"
	"strings"
)

// The formats say what is wrong with a value, "" when nothing is. None is asked
// about a value with a variable in it.

func boolFormat(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "y", "yes", "on", "n", "no", "off":
		return ""
	}
	return "true and false are allowed"
}

func intFormat(s string) string {
	if _, err := strconv.ParseInt(s, 0, 64); err != nil {
		if f, err := strconv.ParseFloat(s, 64); err != nil || f != float64(int64(f)) {
			return "not a whole number"
		}
	}
	return ""
}

func floatFormat(s string) string {
	if _, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64); err != nil {
		if _, err := strconv.ParseInt(s, 0, 64); err != nil {
			return "not a number"
		}
	}
	return ""
}

// durationFormat takes 1h30m, 1.5s, 2d, 1w and 0.
func durationFormat(s string) string {
	rest := strings.TrimLeft(s, "+-")
	if rest == "0" {
		return ""
	}
	for rest != "" {
		n := digits(rest)
		if n < len(rest) && rest[n] == '.' {
			n += 1 + digits(rest[n+1:])
		}
		unit := n
		for unit < len(rest) && rest[unit] != '.' && (rest[unit] < '0' || rest[unit] > '9') {
			unit++
		}
		switch rest[n:unit] {
		case "":
			return "a duration needs a unit, such as 30s"
		case "ns", "us", "µs", "μs", "ms", "s", "m", "h", "d", "w":
			if n == 0 {
				return "not a duration such as 30s or 1m30s"
			}
		default:
			return "not a duration such as 30s or 1m30s"
		}
		rest = rest[unit:]
	}
	return ""
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// sizeFormat takes 512m, 1.5 GB, 64MiB, 1024 and -1.
func sizeFormat(s string) string {
	const bad = "not a size such as 512m or 1g"
	rest := strings.ToLower(strings.TrimSpace(s))
	if rest == "-1" {
		return ""
	}
	n := 0
	for n < len(rest) && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.' || rest[n] == '_' || rest[n] == 'e' && n > 0 && n+1 < len(rest)) {
		n++
	}
	if n == 0 {
		return bad
	}
	switch unit := strings.TrimSpace(rest[n:]); unit {
	case "", "b", "k", "m", "g", "t", "p", "kb", "mb", "gb", "tb", "pb", "kib", "mib", "gib", "tib", "pib":
		return ""
	case "ki", "mi", "gi", "ti", "pi":
		return "Kubernetes writes " + unit + ", compose " + unit[:1] + " or " + unit + "b"
	}
	return bad
}

// portFormat takes [[address:]host:]container[/protocol], host and container being
// ports or ranges.
func portFormat(s string) string {
	p := shortPort(s)
	switch p.Protocol {
	case "", "tcp", "udp", "sctp":
	default:
		return "the protocol is tcp, udp or sctp"
	}
	lo, hi, ok := portRange(p.Container)
	if !ok {
		return "not a port, or host:container"
	}
	if p.Host == "" {
		return ""
	}
	from, to, ok := portRange(p.Host)
	switch {
	case !ok:
		return "the host's port is not one"
	case hi-lo != to-from && hi != lo:
		return "the two ranges differ in length"
	case p.HostIP != "" && p.HostIP != "localhost":
		if _, err := netip.ParseAddr(p.HostIP); err != nil {
			return "the host is not an IP address"
		}
	}
	return ""
}

func rangeFormat(s string) string {
	if _, _, ok := portRange(s); !ok {
		return "not a port or a range of ports"
	}
	return ""
}

// portRange reads "80" and "80-90".
func portRange(s string) (lo, hi int, ok bool) {
	first, last, isRange := strings.Cut(s, "-")
	lo, err := strconv.Atoi(first)
	if err != nil || lo < 0 || lo > 65535 {
		return 0, 0, false
	}
	if !isRange {
		return lo, lo, true
	}
	hi, err = strconv.Atoi(last)
	return lo, hi, err == nil && hi >= lo && hi <= 65535
}

func restartFormat(s string) string {
	policy, retries, limited := strings.Cut(s, ":")
	switch policy {
	case "no", "always", "unless-stopped":
		if !limited {
			return ""
		}
	case "on-failure":
		if _, err := strconv.Atoi(retries); err == nil || !limited {
			return ""
		}
	}
	return "a policy is no, always, unless-stopped, on-failure or on-failure:3"
}

func pullPolicyFormat(s string) string {
	switch s {
	case "always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly":
		return ""
	}
	if strings.HasPrefix(s, "every_") {
		return ""
	}
	return "a policy is always, never, missing, if_not_present, build, daily, weekly or every_12h"
}
