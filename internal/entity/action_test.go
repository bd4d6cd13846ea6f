package entity

import (
	"math"
	"strings"
	"testing"
)

func TestActionsAreReadFromWords(t *testing.T) {
	for in, want := range map[string]string{
		"on":              "on",
		"toggle":          "toggle",
		"40%":             "40%",
		"set 40%":         "40%",
		"on 40.5%":        "on 40.5%",
		"#FF8800":         "#ff8800",
		"40% #ff8800":     "40% #ff8800",
		"set #ff8800 40%": "40% #ff8800",
		"0%":              "0%",
	} {
		a, err := ParseAction(strings.Fields(in))
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if a.String() != want {
			t.Errorf("%q reads as %q, want %q", in, a, want)
		}
		again, err := ParseAction(strings.Fields(a.String()))
		if err != nil || again.String() != a.String() {
			t.Errorf("%q does not read back: %v %v", a, again, err)
		}
	}
}

func TestWordsThatAreNoActionAreRefused(t *testing.T) {
	for _, in := range []string{"", "set", "101%", "-1%", "NaN%", "inf%", "x%", "#ff88", "#gggggg", "off 40%",
		"toggle #ff8800", "on off", "40% 50%", "#ff8800 #ff8801"} {
		if a, err := ParseAction(strings.Fields(in)); err == nil {
			t.Errorf("%q reads as %q", in, a)
		}
	}
}

func TestLevelsOfPercent(t *testing.T) {
	for p, want := range map[float64]Level{0: 0, 0.04: 0, 0.05: 1, 33.3: 333, 99.96: 1000, 100: 1000} {
		if got, err := LevelOfPercent(p); err != nil || got != want {
			t.Errorf("%v%%: %d %v, want %d", p, got, err, want)
		}
	}
	for _, p := range []float64{-0.1, 100.1, math.NaN(), math.Inf(1)} {
		if _, err := LevelOfPercent(p); err == nil {
			t.Errorf("%v%% was taken", p)
		}
	}
}

func FuzzParseAction(f *testing.F) {
	f.Add("on 40%")
	f.Add("#ff8800 1e2%")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAction(strings.Fields(s))
		if err != nil {
			return
		}
		if a.Level != nil && (*a.Level < 0 || *a.Level > FullLevel) {
			t.Fatalf("%q gives level %d", s, *a.Level)
		}
		if a.Verb == "" {
			t.Fatalf("%q gives no verb", s)
		}
	})
}
