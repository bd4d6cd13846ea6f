package rules

import (
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

func testSpec(id entity.ID) (entity.Spec, bool) {
	for _, e := range testHouse().Entities {
		if e.ID == id {
			return e.Spec, true
		}
	}
	return nil, false
}

func TestAnExpressionIsJudgedByWhatIsKnown(t *testing.T) {
	w := evening()
	asleep := Seen{State: entity.StateUnknown, Available: true}
	for _, c := range []struct {
		text string
		in   testWorld
		want Verdict
	}{
		{`bath.target == 21`, w, Yes},
		{`bath.target < 18`, w, No},
		{`bath.target + 0.5 > bath.temperature * 1`, w, Yes},
		{`outside.value < 3 && outside.humidity > 80`, w, Yes},
		{`abs(outside.value - bath.temperature) > 18`, w, Yes},
		{`min(outside.value, bath.target) == 2.4 && round(outside.value) == 2`, w, Yes},
		{`anna == "home" and not (alarm == "armed_away")`, w, Yes},
		{`anna in ["home"] ? porch == "on" : porch == "off"`, w, Yes},
		{`bath.mode == "auto" && bath.preset != ""`, w, Yes},
		{`1 < outside.value < 3`, w, Yes},
		{`stairs.brightness >= 40`, w, Yes},
		{`left startsWith "clo" && left matches "^closed$"`, w, Yes},
		{`true`, w, Yes},
		// What cannot be calculated is not known either, whichever way it is compared.
		{`1 / water.value > 1`, w.with("water", Seen{Available: true, State: "0", Value: some(0)}), Unknown},
		{`1 / water.value < 1`, w.with("water", Seen{Available: true, State: "0", Value: some(0)}), Unknown},
		{`water.value / water.value == water.value`, w.with("water", Seen{Available: true, State: "0", Value: some(0)}), Unknown},
		{`water.value / water.value != water.value`, w.with("water", Seen{Available: true, State: "0", Value: some(0)}), Unknown},
		{`1 / (1 / water.value) == 0`, w.with("water", Seen{Available: true, State: "0", Value: some(0)}), Unknown},
		{`min(1 / water.value, 3) == 3`, w.with("water", Seen{Available: true, State: "0", Value: some(0)}), Unknown},
		{`1 / (2 - 2) > 1`, w, Unknown},
		{`water.value * 1e308 > 1`, w, Unknown},
		{`-1e308 - water.value * 1e307 < 1`, w, Unknown},
		{`9223372036854775807 + 1 > 0`, w, Yes},
		{`1 / water.value > 1 || anna == "home"`, w.with("water", Seen{Available: true, State: "0", Value: some(0)}), Yes},

		// What is not known is neither false nor zero ...
		{`outside.value < 3`, w.with("outside", Seen{Available: true, State: "unknown"}), Unknown},
		{`outside.value < 3`, w.with("outside", Seen{State: "2.4", Value: some(2.4)}), Unknown},
		{`not (outside.value < 3)`, w.with("outside", Seen{}), Unknown},
		{`anna != "home"`, w.with("anna", asleep), Unknown},
		{`bath.target < 18`, w.with("bath", Seen{State: "off", Available: true, Mode: "off"}), Unknown},
		{`bath.preset == ""`, w.with("bath", Seen{State: "off", Available: true, Mode: "off"}), Yes},
		{`bath.preset == ""`, w.with("bath", Seen{State: "off", Available: true}), Unknown},
		{`bath.mode == "auto"`, w.with("bath", Seen{State: "idle", Mode: "auto"}), Unknown},
		// ... and hides nothing that is certain without it, on whichever side it stands.
		{`anna == "home" || outside.value < 3`, w.with("outside", Seen{}), Yes},
		{`outside.value < 3 || anna == "home"`, w.with("outside", Seen{}), Yes},
		{`outside.value < 3 && anna == "away"`, w.with("outside", Seen{}), No},
		{`outside.value < 3 && anna == "home"`, w.with("outside", Seen{}), Unknown},
		{`!(outside.value < 3 && anna == "away")`, w.with("outside", Seen{}), Yes},
	} {
		got := compiled(t, entity.Expr{Text: c.text})
		if v := got.verdict(c.in, time.Time{}); v != c.want {
			t.Errorf("%s: %s, want %s", c.text, v, c.want)
		}
		if tr := got.trace(c.in, time.Time{}); tr.Verdict != c.want || c.want != Yes && tr.Why == "" {
			t.Errorf("%s: trace %+v, want %s and a reason", c.text, tr, c.want)
		}
	}
}

func TestAnExpressionsMistakeIsToldWithItsPlace(t *testing.T) {
	for _, c := range []struct{ text, at, message, suggestion string }{
		{`bath.target == "warm"`, `bath.target`, `bath.target is a number, not text`, ``},
		{`"warm" == bath.target`, `bath.target`, `bath.target is a number, not text`, ``},
		{`anna == 1`, `anna`, `anna is text, not a number`, `the state`},
		{`outside < 3`, `outside`, `outside is text, not a number`, `outside.value`},
		{`bath.mode < 3`, `bath.mode`, `bath.mode is text, not a number`, ``},
		{`bath.target`, `bath.target`, `bath.target is a number, not true or false`, `bath.target > 20`},
		{`anna && porch == "on"`, `anna`, `anna is text, not true or false`, `anna == "on"`},
		{`1 + "a" > 2`, `"a"`, `"a" is text, not a number`, ``},
		{`(anna == "home") > 2`, `anna == "home"`, `is true or false, not a number`, ``},
		{`anna == "hom"`, `"hom"`, `anna is never "hom"`, `did you mean "home"?`},
		{`"opne" != left`, `"opne"`, `left is never "opne"`, `did you mean "open"?`},
		{`left in ["open", "ajar"]`, `"ajar"`, `left is never "ajar"`, `obstructed`},
		{`bath.preset == "confort"`, `"confort"`, `bath.preset is never "confort"`, `"comfort"`},
		{`heet.target < 18`, `heet`, `there is no entity "heet"`, ``},
		{`bath.taget < 18`, `taget`, `the heater "bath" has no "taget"`, `did you mean bath.target?`},
		{`porch.brightness > 3`, `brightness`, `the switch "porch" has no "brightness"`, `it has state`},
		{`all([1], # > 0)`, ``, `all`, `abs`},
		{`1 in 1..1000000000`, `1..1000000000`, `list of what it may be`, ``},
		{`[anna][0] == "home"`, ``, `only an entity has something after a dot`, ``},
		{`{"a": anna} == 1`, ``, `lists`, ``},
		{`let x = 1; x > 0`, ``, `without variables`, ``},
		{`now() > 3`, `now`, `cannot use now`, `conditions time`},
		{`repeat("a", 1000000000) == "a"`, `repeat("a", 1000000000`, `cannot use repeat`, ``},
		{`bath?.target == 1`, `bath?.target`, `nil`, ``},
		{`bath.target == nil`, `nil`, `nil`, ``},
		{`anna matches porch`, `porch`, `written out`, ``},
		{`anna matches "("`, `"("`, `no pattern`, ``},
		{`(bath.target ?? 3) > 2`, `bath.target ?? 3`, `has no ??`, ``},
		{`$env.anna == "home"`, `$env`, `$env`, ``},
		{`water.value / 0 > 1`, `0`, `divided by 0`, `another number`},
		{`water.value / -0.0 > 1`, `-0.0`, `divided by 0`, ``},
		{`bath.target % 2 == 0`, `bath.target % 2`, `has no %`, ``},
		{`abs() > 1`, ``, `argument`, ``},
		{`abs(anna) > 1`, `anna`, `anna is text, not a number`, ``},
		{`bath.target <`, ``, `no expression`, ``},
		{strings.Repeat("true && ", 80) + "true", ``, `one line of at most`, ``},
		{strings.Repeat("!", 300) + "true", ``, `no expression`, ``},
	} {
		_, wrong := CheckExpr(c.text, testSpec)
		if wrong == nil {
			t.Errorf("%s: no mistake", c.text)
			continue
		}
		at := string([]rune(c.text)[wrong.From : wrong.From+min(wrong.Width, len([]rune(c.text))-wrong.From)])
		if c.at != "" && at != c.at || !strings.Contains(wrong.Message, c.message) || !strings.Contains(wrong.Suggestion, c.suggestion) || wrong.Code == "" {
			t.Errorf("%s: at %q: %q (%q) %s", c.text, at, wrong.Message, wrong.Suggestion, wrong.Code)
		}
	}
}

func TestAnExpressionNamesItsEntities(t *testing.T) {
	const text = `1 < bath.target < 20 && (anna == "home" || bath == "idle")`
	names, wrong := CheckExpr(text, testSpec)
	if wrong != nil {
		t.Fatal(wrong)
	}
	var found []string
	for _, n := range names {
		found = append(found, string(n.Entity)+" "+text[n.From:n.From+n.Width])
	}
	if got := strings.Join(found, ", "); got != "bath bath, anna anna, bath bath" {
		t.Error(got)
	}
}

func FuzzAnExpressionIsRefusedOrRuns(f *testing.F) {
	for _, text := range []string{`bath.target < 18 && anna == "home"`, `1 < outside.value < 3`, `abs(-1) in [1]`, `!true ? 1 : 2`, `a.b["c"]`,
		`water.value / 0 * 0 == 0 / 0`, `-9223372036854775808 - 1 < 0`, `"" matches ""`} {
		f.Add(text)
	}
	g, err := newGround(testHouse())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, wrong := CheckExpr(text, testSpec)
		c, err := g.compileExpr(text)
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%q: checked %v, compiled %v", text, wrong, err)
		}
		if err != nil {
			return
		}
		w := evening()
		if v := c.verdict(w, time.Time{}); v == Unknown && c.trace(w, time.Time{}).Why == "" {
			t.Fatalf("%q is unknown without a reason", text)
		}
		c.verdict(testWorld{}, time.Time{})
	})
}

func BenchmarkExpression(b *testing.B) {
	c, w := compiled(b, entity.Expr{Text: `bath.target < 18 && anna == "home"`}), evening()
	w = w.with("bath", Seen{State: "idle", Available: true, Target: some(17), Mode: "auto"})
	b.ReportAllocs()
	for b.Loop() {
		if c.verdict(w, time.Time{}) != Yes {
			b.Fatal("does not hold")
		}
	}
}

// What an evaluation allocates is the boxes of its values, and under the race detector, which has
// pools forget, what runs it.
func TestAnExpressionAllocatesLittle(t *testing.T) {
	c, w := compiled(t, entity.Expr{Text: `bath.target < 18`}), evening()
	if n := testing.AllocsPerRun(100, func() { c.verdict(w, time.Time{}) }); n > 12 {
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { c.verdict(testWorld{}, time.Time{}) }); n != 0 {
		t.Errorf("%v allocations where nothing is known", n)
	}
}
