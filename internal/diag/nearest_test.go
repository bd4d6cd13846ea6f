package diag_test

import (
	"strings"
	"testing"

	"hob/internal/diag"
)

func TestNearest(t *testing.T) {
	keys := []string{"name", "area", "pin", "pwm", "ws2812", "off_after", "max_on", "lease", "interlock", "interlock_wait"}
	for word, want := range map[string]string{
		"anme": "name", "Name": "name", "pni": "pin", "offafter": "off_after", "of_after": "off_after", "off-after": "off_after",
		"ws2811": "ws2812", "interlok": "interlock", "interlock_wiat": "interlock_wait", "AREA": "area", "max_onn": "max_on",
		"brightness": "", "x": "", "": "", "zzz": "", "pi": "pin", "colour": "",
	} {
		if got := diag.Nearest(word, keys); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestNearestDoesNotDependOnTheOrder(t *testing.T) {
	if a, b := diag.Nearest("lamp", []string{"lamp2", "lamp1"}), diag.Nearest("lamp", []string{"lamp1", "lamp2"}); a != "lamp1" || b != "lamp1" {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestNearestNeverSuggestsTheWordItself(t *testing.T) {
	if got := diag.Nearest("lamp", []string{"lamp", "lamb"}); got != "lamb" {
		t.Errorf("got %q", got)
	}
}

func TestNearestHandlesWordsThatAreNoNames(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	if got := diag.Nearest(long, []string{"a", long + "b"}); got != "" {
		t.Errorf("got a suggestion of %d bytes", len(got))
	}
	if got := diag.Nearest("küche", []string{"kueche", "kuche", long}); got != "kuche" {
		t.Errorf("got %q", got)
	}
	if got := diag.Nearest("日本", []string{"日木"}); got != "日木" {
		t.Errorf("got %q", got)
	}
}
