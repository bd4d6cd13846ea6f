package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hob/internal/diag"
)

// duration is a time span with a unit, such as 400ms or 1h30m, in whole
// milliseconds. The tags `min` and `max` bound it; `unit` is what people most
// likely mean by a bare number.
type duration struct {
	slot
	value time.Duration
}

func (f *duration) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a duration such as " + tags.Get("example"))
	if !ok {
		return
	}
	d, p := parseDuration(raw, tags.Get("unit"))
	if p != nil {
		p.message = v.label() + " " + p.message
		v.problem(*p)
		return
	}
	least, most := durationTag(tags, "min"), durationTag(tags, "max")
	if d < least || d > most {
		v.problem(problem{code: diag.OutOfRange, message: fmt.Sprintf("%s must be from %s to %s, not %s",
			v.label(), formatDuration(least), formatDuration(most), raw)})
		return
	}
	f.value, f.valid = d, true
}

func durationTag(tags reflect.StructTag, key string) time.Duration {
	d, ok := readDuration(tags.Get(key))
	if !ok {
		panic(fmt.Sprintf("config: field tag %s:%q is not a duration", key, tags.Get(key)))
	}
	return d
}

// units in the order in which they may follow each other.
func durationUnits() []string { return []string{"d", "h", "m", "s", "ms"} }

func unitLength(unit string) time.Duration {
	return map[string]time.Duration{
		"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second, "ms": time.Millisecond,
	}[unit]
}

var (
	bareNumber   = regexp.MustCompile(`^[0-9]{1,9}(?:\.[0-9]{1,9})?$`)
	oneDuration  = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)?(?:ms|d|h|m|s)$`)
	fractionPart = regexp.MustCompile(`\.[0-9]+`)
	durationPart = regexp.MustCompile(`^([0-9]{1,9})(?:\.([0-9]{1,3}))?(ms|d|h|m|s)`)
)

// parseDuration reads "1h30m", "1.5s", "400ms". The message of a problem goes
// on after the name of what is wrong.
func parseDuration(raw, unit string) (time.Duration, *problem) {
	if bareNumber.MatchString(raw) {
		return 0, &problem{code: diag.MissingUnit, message: "needs a unit: " + raw + " of what?",
			suggestion: suggestUnits(raw, unit)}
	}
	d, ok := readDuration(raw)
	switch {
	case ok:
		return d, nil
	case oneDuration.MatchString(raw): // and so it is too long or too fine
		p := &problem{code: diag.BadDuration, message: fmt.Sprintf("cannot be %s: that is longer than a hundred years", quote(raw))}
		if _, ok := readDuration(fractionPart.ReplaceAllString(raw, "")); ok {
			p.message = fmt.Sprintf("cannot be %s: durations have three decimals at most, and are in whole milliseconds", quote(raw))
		}
		return 0, p
	case strings.HasPrefix(raw, "-"):
		if _, ok := readDuration(raw[1:]); ok {
			return 0, &problem{code: diag.BadDuration, message: fmt.Sprintf("cannot be %s: no duration is below zero", quote(raw)),
				suggestion: "write " + raw[1:]}
		}
	}
	return 0, &problem{code: diag.BadDuration, message: fmt.Sprintf("cannot be %s: that is no duration", quote(raw)),
		suggestion: suggestDuration(raw, unit)}
}

func readDuration(raw string) (time.Duration, bool) {
	var sum time.Duration
	rest, units := raw, durationUnits()
	for rest != "" {
		m := durationPart.FindStringSubmatch(rest)
		if m == nil || !slices.Contains(units, m[3]) {
			return 0, false
		}
		d, ok := partLength(m[1], m[2], m[3])
		if !ok {
			return 0, false
		}
		sum += d
		units = units[slices.Index(units, m[3])+1:]
		rest = rest[len(m[0]):]
	}
	return sum, raw != ""
}

// partLength computes in whole numbers: 0.1s is 100 ms, not nearly so. It
// refuses what is finer than a millisecond or longer than a century.
func partLength(integer, decimals, unit string) (time.Duration, bool) {
	n, err := strconv.ParseInt(integer, 10, 64)
	length := unitLength(unit)
	if err != nil || n > int64(100*365*24*time.Hour/length) {
		return 0, false
	}
	sum := time.Duration(n) * length
	if decimals != "" {
		n, _ := strconv.ParseInt((decimals + "000")[:3], 10, 64)
		sum += time.Duration(n) * length / 1000
	}
	return sum, sum%time.Millisecond == 0
}

var spelledOut = regexp.MustCompile(`(?i)^([0-9]+(?:\.[0-9]+)?)\s*([a-zµ]+)\.?$`)

// suggestDuration understands what people write in other programs.
func suggestDuration(raw, unit string) string {
	if m := spelledOut.FindStringSubmatch(raw); m != nil {
		unit := map[string]string{
			"ms": "ms", "msec": "ms", "millis": "ms", "millisecond": "ms", "milliseconds": "ms",
			"s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "sek": "s",
			"m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
			"h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "std": "h",
			"d": "d", "day": "d", "days": "d",
		}[strings.ToLower(m[2])]
		if _, ok := readDuration(m[1] + unit); ok {
			return "write " + m[1] + unit
		}
	}
	if one, ok := map[string]string{"second": "1s", "minute": "1m", "hour": "1h", "hourly": "1h", "day": "1d", "daily": "1d", "week": "7d", "weekly": "7d"}[strings.ToLower(raw)]; ok {
		return "write " + one
	}
	if tight := strings.ReplaceAll(raw, " ", ""); tight != raw {
		if _, ok := readDuration(tight); ok {
			return "write " + tight
		}
	}
	switch strings.ToLower(raw) {
	case "never", "none", "off", "no", "false", "unlimited", "forever", "-":
		return "delete the key, if there is to be no such time"
	}
	if iso, ok := strings.CutPrefix(strings.ToLower(raw), "pt"); ok { // ISO 8601
		if _, ok := readDuration(iso); ok {
			return "write " + iso
		}
	}
	if n := plainNumber(raw); n != "" && !strings.HasPrefix(raw, "-") {
		return suggestUnits(n, unit)
	}
	if d := theirDuration(raw); d != "" && (strings.Count(raw, ":") == 2 || strings.HasPrefix(raw, "0:") || strings.HasPrefix(raw, "00:")) {
		return "write " + d
	}
	if h, m, ok := strings.Cut(raw, ":"); ok && bareNumber.MatchString(h) && bareNumber.MatchString(m) {
		return fmt.Sprintf("write %sh%sm or %sm%ss", trimZero(h), trimZero(m), trimZero(h), trimZero(m))
	}
	return "write a number and a unit (ms, s, m, h or d), such as 400ms, 90s or 1h30m"
}

func trimZero(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return "0"
}

// suggestUnits guesses what a bare number means for a field whose usual unit is
// known: below 20, milliseconds are unlikely.
func suggestUnits(raw, unit string) string {
	if unit == "ms" && (len(raw) < 2 || strings.Contains(raw, ".")) {
		unit = "s"
	}
	switch unit {
	case "ms":
		return "write " + raw + "ms"
	case "s":
		return "write " + raw + "s"
	}
	return fmt.Sprintf("write %ss or %sm", raw, raw)
}

// formatDuration writes a duration as people write it in the file.
func formatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var out strings.Builder
	for _, unit := range durationUnits() {
		length := unitLength(unit)
		if n := d / length; n > 0 {
			fmt.Fprintf(&out, "%d%s", n, unit)
			d %= length
		}
	}
	return out.String()
}
