package config

import (
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
		s := suggestDuration(raw, "")
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

func TestTemperatures(t *testing.T) {
	for raw, want := range map[string]entity.Temp{
		"0°C": 0, "21°C": 21_000, "21.5°C": 21_500, "-0.4°C": -400, "-0.5°C": -500, "007°C": 7_000, "20.005°C": 20_005,
		"32°F": 0, "70°F": 21_111, "-40°F": -40_000, "212°F": 100_000,
	} {
		if got, p := parseTemperature(raw); p != nil || got != want {
			t.Errorf("%q: got %v, %v", raw, int(got), p)
		}
	}
	for raw, want := range map[string]entity.Temp{"1.8°F": 1_000, "-9°F": -5_000, "0.3°C": 300} {
		if got, p := parseDegrees(raw); p != nil || got != want {
			t.Errorf("a difference of %q: got %v, %v", raw, int(got), p)
		}
	}
	for raw, want := range map[string]diag.Code{
		"21": diag.MissingUnit, "-3.5": diag.MissingUnit, "": diag.BadTemperature, "°C": diag.BadTemperature, "21C": diag.BadTemperature,
		"21 °C": diag.BadTemperature, "21,5°C": diag.BadTemperature, "1e1°C": diag.BadTemperature, "NaN°C": diag.BadTemperature,
		"+21°C": diag.BadTemperature, "21°K": diag.BadTemperature, "21.0005°C": diag.BadTemperature, "99999°C": diag.BadTemperature,
		"21°C ": diag.BadTemperature, "٢١°C": diag.BadTemperature, ".5°C": diag.BadTemperature, "5.°C": diag.BadTemperature,
	} {
		if got, p := parseTemperature(raw); p == nil || p.code != want {
			t.Errorf("%q: got %v, %v; want %s", raw, got, p, want)
		}
	}
	for raw, want := range map[string]string{
		"21C": "write 21°C", "21 °C": "write 21°C", "21,5 c": "write 21.5°C", "70f": "write 70°F", "70 degrees F": "write 70°F",
		"21ºC": "write 21°C", "21 celsius": "write 21°C", "70℉": "write 70°F", "-3℃": "write -3°C",
	} {
		if got := suggestTemperature(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
		if _, p := parseTemperature(suggestTemperature(raw)[len("write "):]); p != nil {
			t.Errorf("%q: the suggestion is refused: %v", raw, p)
		}
	}
}

func TestTemperatureRanges(t *testing.T) {
	for raw, want := range map[string][2]entity.Temp{
		"5..25°C": {5_000, 25_000}, "-30..60°C": {-30_000, 60_000}, "-30..-10.5°C": {-30_000, -10_500}, "41..77°F": {5_000, 25_000},
	} {
		if low, high, p := parseTemperatureRange(raw); p != nil || low != want[0] || high != want[1] {
			t.Errorf("%q: got %v, %v, %v", raw, low, high, p)
		}
	}
	for raw, want := range map[string]diag.Code{
		"5..25": diag.MissingUnit, "25..5°C": diag.BadRange, "5..5°C": diag.BadRange, "5-25°C": diag.BadRange, "5°C..25°C": diag.BadRange,
		"..5°C": diag.BadRange, "5..°C": diag.BadRange, "5...25°C": diag.BadRange, "": diag.BadRange,
	} {
		if _, _, p := parseTemperatureRange(raw); p == nil || p.code != want {
			t.Errorf("%q: got %v; want %s", raw, p, want)
		}
	}
	for _, raw := range []string{"5-25°C", "5 - 25 °C", "5°C..25°C", "5 to 25 C", "5…25°C", "5...25", "41–77°F"} {
		s := suggestRange(raw)
		if _, _, p := parseTemperatureRange(s[len("write "):]); p != nil {
			t.Errorf("%q: the suggestion %q is refused", raw, s)
		}
	}
}

func TestResistances(t *testing.T) {
	for raw, want := range map[string]int{"10k": 10_000, "4.7k": 4_700, "470Ω": 470, "10kΩ": 10_000, "1M": 1_000_000, "2.2MΩ": 2_200_000} {
		if got, p := parseResistance(raw); p != nil || got != want {
			t.Errorf("%q: got %v, %v", raw, got, p)
		}
	}
	for raw, want := range map[string]diag.Code{
		"10000": diag.MissingUnit, "10": diag.MissingUnit, "10K": diag.BadResistance, "4k7": diag.BadResistance, "10 k": diag.BadResistance,
		"10ohm": diag.BadResistance, "": diag.BadResistance, "-10k": diag.BadResistance, "1Ω": diag.OutOfRange, "11M": diag.OutOfRange,
		"10.5Ω": diag.OutOfRange,
	} {
		if _, p := parseResistance(raw); p == nil || p.code != want {
			t.Errorf("%q: got %v; want %s", raw, p, want)
		}
	}
	for raw, want := range map[string]string{
		"10K": "write 10k", "4k7": "write 4.7k", "10 kOhm": "write 10k", "470 ohm": "write 470Ω", "470R": "write 470Ω", "1m": "write 1M",
	} {
		if got := suggestResistance(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
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
		&switchYAML{}, &lightYAML{}, &buttonYAML{}, &contactYAML{}, &i2cYAML{}, &sensorYAML{}, &garageDoorYAML{}, &warningYAML{},
		&thermostatYAML{}, &sensorLostYAML{}, &boostYAML{}, &sceneYAML{}, &personYAML{}, &alarmYAML{}, &watchesYAML{}, &ruleYAML{}, &userYAML{},
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
	case *number:
		if floatTag(m.tags, "min") >= floatTag(m.tags, "max") {
			t.Errorf("%T, key %q: min is not below max", s, m.name)
		}
	case *whole, *temperature, *degrees, *temperatureRange, *setting:
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
	case *name:
		if m.tags.Get("shape") == "" || m.tags.Get("like") == "" {
			t.Errorf("%T, key %q: no shape", s, m.name)
		}
	case *reference, *references:
		if m.tags.Get("names") == "" {
			t.Errorf("%T, key %q: what does it name?", s, m.name)
		}
	}
}

// Every key can be looked up: what it means, what it accepts, an example, and its
// default unless it is needed or has none to speak of.
func TestEveryKeyIsDocumented(t *testing.T) {
	var walk func(of any)
	walk = func(of any) {
		for _, m := range members(of) {
			shape := m.field.shape(m.tags)
			if m.tags.Get("doc") == "" || shape.words == "" || shape.schema == nil {
				t.Errorf("%T, key %q is not documented", of, m.name)
			}
			_, words := m.field.(*choice) // the words to choose from are example enough
			if m.tags.Get("example") == "" && shape.inner == nil && shape.each == nil && !words && m.name != "tests" {
				t.Errorf("%T, key %q has no example", of, m.name)
			}
			for _, inner := range []any{shape.inner, shape.each} {
				if inner != nil {
					walk(inner)
				}
			}
		}
	}
	walk(&houseYAML{})
}
