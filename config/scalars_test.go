package config

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hob/internal/diag"
	"hob/internal/entity"
)

func TestDurations(t *testing.T) {
	good := map[string]time.Duration{
		"0s": 0, "0ms": 0, "1ms": time.Millisecond, "400ms": 400 * time.Millisecond, "1.5s": 1500 * time.Millisecond,
		"0.1s": 100 * time.Millisecond, "0.001s": time.Millisecond, "0.5h": 30 * time.Minute, "30m": 30 * time.Minute,
		"1h30m": 90 * time.Minute, "1d12h": 36 * time.Hour, "1m1ms": time.Minute + time.Millisecond, "010s": 10 * time.Second,
		"36500d": 36500 * 24 * time.Hour,
	}
	for raw, want := range good {
		if got, p := parseDuration(raw, ""); p != nil || got != want {
			t.Errorf("%q: got %v, %v", raw, got, p)
		}
	}
	bad := map[string]diag.Code{
		"": diag.BadDuration, "s": diag.BadDuration, "-1s": diag.BadDuration, "+1s": diag.BadDuration, "1 s": diag.BadDuration,
		" 1s": diag.BadDuration, "1s ": diag.BadDuration, "1S": diag.BadDuration, "1e3s": diag.BadDuration, "1us": diag.BadDuration,
		"1m1h": diag.BadDuration, "1s1s": diag.BadDuration, ".5s": diag.BadDuration, "1.s": diag.BadDuration, "1.0005s": diag.BadDuration,
		"0.0001s": diag.BadDuration, "1.5ms": diag.BadDuration, "1,5s": diag.BadDuration, "9999999999s": diag.BadDuration,
		"36501d": diag.BadDuration, "١s": diag.BadDuration, "1s\n": diag.BadDuration, "1h-1m": diag.BadDuration, "12:30": diag.BadDuration,
		"30": diag.MissingUnit, "0": diag.MissingUnit, "1.5": diag.MissingUnit,
	}
	for raw, want := range bad {
		got, p := parseDuration(raw, "")
		if p == nil || p.code != want {
			t.Errorf("%q: got %v, %v; want %s", raw, got, p, want)
		}
	}
}

func TestDurationsAreWrittenAsTheyAreRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := time.Duration(rapid.Int64Range(0, int64(7*24*time.Hour/time.Millisecond)).Draw(t, "ms")) * time.Millisecond
		if got, p := parseDuration(formatDuration(want), ""); p != nil || got != want {
			t.Fatalf("%s is written %q and read %v, %v", want, formatDuration(want), got, p)
		}
	})
}

// What a suggestion says to write is accepted when it is written.
func TestSuggestedDurationsAreAccepted(t *testing.T) {
	for _, raw := range []string{"5min", "5 min", "2 hours", "1.5 hours", "3 Sek.", "10 sec", "1 day", "250 msec", "400 ms"} {
		s := suggestDuration(raw)
		if len(s) < 7 || s[:6] != "write " {
			t.Errorf("%q: no suggestion but %q", raw, s)
			continue
		}
		if _, ok := readDuration(s[6:]); !ok {
			t.Errorf("%q: the suggestion %q is refused", raw, s)
		}
	}
}

func TestPercentages(t *testing.T) {
	for raw, want := range map[string]entity.Level{
		"0%": 0, "4%": 40, "4.5%": 45, "40%": 400, "100%": 1000, "100.0%": 1000, "007%": 70,
	} {
		if got, p := parsePercent(raw); p != nil || got != want {
			t.Errorf("%q: got %v, %v", raw, got, p)
		}
	}
	for raw, want := range map[string]diag.Code{
		"": diag.BadPercent, "%": diag.BadPercent, "-1%": diag.BadPercent, "4 %": diag.BadPercent, "4%%": diag.BadPercent,
		"4.55%": diag.BadPercent, "1e1%": diag.BadPercent, "4,5%": diag.BadPercent, "1000%": diag.BadPercent, "half": diag.BadPercent,
		"100.1%": diag.OutOfRange, "101%": diag.OutOfRange, "4": diag.MissingUnit, "0.4": diag.MissingUnit,
	} {
		got, p := parsePercent(raw)
		if p == nil || p.code != want {
			t.Errorf("%q: got %v, %v; want %s", raw, got, p, want)
		}
	}
}

func TestActions(t *testing.T) {
	level := entity.Level(400)
	for raw, want := range map[string]entity.Action{
		"toggle porch": {Verb: entity.VerbToggle},
		"porch on":     {Verb: entity.VerbOn},
		"porch off":    {Verb: entity.VerbOff},
		"porch 40%":    {Verb: entity.VerbSet, Level: &level},
		" porch   on ": {Verb: entity.VerbOn},
	} {
		target, at, got, p := parseAction(raw)
		if p != nil || target != "porch" || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, %+v, %v", raw, target, got, p)
		}
		if word := raw[at.from : at.from+at.width]; word != "porch" {
			t.Errorf("%q: the target is said to be %q", raw, word)
		}
	}
}

// A toggle of something called "off" must not turn into an off.
func TestActionTargetsMayHaveAnyName(t *testing.T) {
	target, _, do, p := parseAction("toggle off")
	if p != nil || target != "off" || do.Verb != entity.VerbToggle {
		t.Errorf("got %q, %+v, %v", target, do, p)
	}
	target, _, do, p = parseAction("on on")
	if p != nil || target != "on" || do.Verb != entity.VerbOn {
		t.Errorf("got %q, %+v, %v", target, do, p)
	}
}

func TestAddresses(t *testing.T) {
	for _, good := range []string{
		"192.168.1.40", "192.168.1.40:80", "hall", "hall.lan", "hall.lan.", "hall.lan:8080", "::1", "fe80::1%eth0", "[::1]:80", "1a.example",
	} {
		if !validAddress(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{
		"", " ", ":80", "hall:", "hall:0", "hall:65536", "hall:x", "192.168.1.400", "1.2.3", "12345", "http://hall", "hall/link",
		"hall lan", "-hall", "hall..lan", "user@hall", "[::1]", "::1:80:x", "0.0.0.0", "224.0.0.251", "::", "ha_ll",
	} {
		if validAddress(bad) {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestZones(t *testing.T) {
	for _, good := range []string{"Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"} {
		if !validZone(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", "Local", "Europe", "europe/berlin", "../etc/passwd", "/etc/localtime", "CEST", "UTC+1"} {
		if validZone(bad) {
			t.Errorf("%q is accepted", bad)
		}
	}
	for raw, want := range map[string]string{
		"berlin": "write Europe/Berlin", "new york": "write America/New_York", "Asia/tokyo": "write Asia/Tokyo",
		"é/ü": "write its IANA name, such as Europe/Berlin or America/New_York",
	} {
		if got := suggestZone(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// A struct tag with a slip would only show when its key is used.
func TestEveryFieldTagIsWellFormed(t *testing.T) {
	for _, s := range []any{
		&houseYAML{}, &homeYAML{}, &locationYAML{}, &boardYAML{}, &areaYAML{},
		&switchYAML{}, &lightYAML{}, &buttonYAML{}, &contactYAML{},
	} {
		seen := make(map[string]bool)
		for _, m := range members(s) {
			if seen[m.name] {
				t.Errorf("%T has the key %q twice", s, m.name)
			}
			seen[m.name] = true
			checkTags(t, s, m)
		}
		if len(seen) == 0 {
			t.Errorf("%T has no keys", s)
		}
	}
}

func checkTags(t *testing.T, s any, m member) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%T, key %q: %v", s, m.name, p)
		}
	}()
	switch m.field.(type) {
	case *whole, *number:
		if intTag(m.tags, "min") >= intTag(m.tags, "max") {
			t.Errorf("%T, key %q: min is not below max", s, m.name)
		}
	case *duration:
		if durationTag(m.tags, "min") >= durationTag(m.tags, "max") {
			t.Errorf("%T, key %q: min is not below max", s, m.name)
		}
		if d, ok := readDuration(m.tags.Get("example")); !ok || d < durationTag(m.tags, "min") || d > durationTag(m.tags, "max") {
			t.Errorf("%T, key %q: the example %q is refused", s, m.name, m.tags.Get("example"))
		}
	case *choice:
		if m.tags.Get("oneof") == "" {
			t.Errorf("%T, key %q: nothing to choose from", s, m.name)
		}
	case *word:
		if m.tags.Get("shape") == "" || m.tags.Get("like") == "" {
			t.Errorf("%T, key %q: no shape", s, m.name)
		}
	case *reference:
		if m.tags.Get("names") == "" {
			t.Errorf("%T, key %q: what does it name?", s, m.name)
		}
	}
}
