package entity

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func deg(c float64) *Temp {
	t := Temp(math.Round(c * 1000))
	return &t
}

func TestActionsOfHeatersAlarmsAndDoorsAreReadFromWords(t *testing.T) {
	for in, want := range map[string]Action{
		"21.5":            {Verb: VerbSet, Temp: deg(21.5)},
		"set 21.5":        {Verb: VerbSet, Temp: deg(21.5)},
		"21.5°C":          {Verb: VerbSet, Temp: deg(21.5)},
		"21.5 °C":         {Verb: VerbSet, Temp: deg(21.5)},
		"21C":             {Verb: VerbSet, Temp: deg(21)},
		"-4":              {Verb: VerbSet, Temp: deg(-4)},
		"70°F":            {Verb: VerbSet, Temp: deg(21.111)},
		"70 °F":           {Verb: VerbSet, Temp: deg(21.111)},
		"21.5 for 2h":     {Verb: VerbSet, Temp: deg(21.5), For: 2 * time.Hour},
		"boost":           {Verb: VerbBoost},
		"boost 24":        {Verb: VerbBoost, Temp: deg(24)},
		"boost 30m":       {Verb: VerbBoost, For: 30 * time.Minute},
		"boost 24 30m":    {Verb: VerbBoost, Temp: deg(24), For: 30 * time.Minute},
		"boost 24 for 1h": {Verb: VerbBoost, Temp: deg(24), For: time.Hour},
		"comfort":         {Verb: "comfort"},
		"comfort for 90m": {Verb: "comfort", For: 90 * time.Minute},
		"off for 2h":      {Verb: VerbOff, For: 2 * time.Hour},
		"arm_away":        {Verb: VerbArmAway},
		"close":           {Verb: VerbClose},
	} {
		a, err := ParseAction(strings.Fields(in))
		if err != nil || !reflect.DeepEqual(a, want) {
			t.Errorf("%q reads as %+v, %v", in, a, err)
			continue
		}
		if again, err := ParseAction(strings.Fields(a.String())); err != nil || !reflect.DeepEqual(again, a) {
			t.Errorf("%q does not read back: %+v %v", a, again, err)
		}
	}
}

func TestWhatIsWrongWithAnActionIsSaidWithWhatWouldBeRight(t *testing.T) {
	for in, say := range map[string]string{
		"21,5":            "write 21.5",
		"21,5°C":          "write 21.5°C",
		"boost 24 30":     "two temperatures",
		"21 for 30":       "write 30m for minutes or 30h for hours",
		"21 for":          "after for",
		"21 for ever":     "not a time such as 30m",
		"21 for -5m":      "from 1s to 31 days",
		"21 for 9999h":    "from 1s to 31 days",
		"21 2h for 3h":    "two times",
		"NaN":             "no number",
		"inf":             "no number",
		"-Inf":            "no number",
		"boost nan":       "no number",
		"1e3":             "not a temperature such as 21.5",
		"0x15":            "not a temperature such as 21.5",
		"2_1":             "not a temperature such as 21.5",
		"21.5.1":          "not a temperature such as 21.5",
		"400":             "-55 to 125 °C",
		"999999999999999": "not a temperature",
		"on 21":           "on takes no temperature",
		"21 40%":          "does not go with",
		"comfort 21":      "comfort takes no temperature",
		"boost warm":      "nor a time such as 30m",
	} {
		if a, err := ParseAction(strings.Fields(in)); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v, %v; want it to say %q", in, a, err, say)
		}
	}
}

func TestWishesAreReadStrictly(t *testing.T) {
	for in, want := range map[string]Action{
		`{"action":"set","temperature":21.5,"for":"2h"}`: {Verb: VerbSet, Temp: deg(21.5), For: 2 * time.Hour},
		`{"action":"boost"}`:                             {Verb: VerbBoost},
		`{"action":"comfort"}`:                           {Verb: "comfort"},
		`{"action":"close","confirm":true}`:              {Verb: VerbClose, Confirm: true},
		`{"action":"disarm","code":"4711"}`:              {Verb: VerbDisarm, Code: NewSecret("4711")},
		`{"action":"set","level":40,"color":"#ff8800"}`:  {Verb: VerbSet, Level: lv(400), Color: &orange},
	} {
		var w Wish
		if err := json.Unmarshal([]byte(in), &w); err != nil {
			t.Errorf("%s: %v", in, err)
		}
		if a, err := ActionOf(w); err != nil || !reflect.DeepEqual(a, want) {
			t.Errorf("%s reads as %+v, %v", in, a, err)
		}
	}
	nan, hot, empty, unit := math.NaN(), 400.0, "", "30"
	for say, w := range map[string]Wish{
		"action is missing":      {},
		"-55 to 125 °C, not NaN": {Action: "set", Temperature: &nan},
		"-55 to 125 °C, not 400": {Action: "set", Temperature: &hot},
		"not a time":             {Action: "boost", For: &empty},
		"30m for minutes":        {Action: "boost", For: &unit},
		"set needs":              {Action: "set"},
	} {
		if a, err := ActionOf(w); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%+v: %v, %v; want it to say %q", w, a, err, say)
		}
	}
}

func TestACodeIsInNoTextOfAnAction(t *testing.T) {
	a := Action{Verb: VerbDisarm, Code: NewSecret("4711")}
	asJSON, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var w Wish
	bad := json.Unmarshal([]byte(`{"action":"disarm","code":4711}`), &w)
	if bad == nil {
		t.Error("a number was taken for a code")
	}
	for _, shown := range []string{a.String(), fmt.Sprintf("%v %+v %#v", a, a, a), string(asJSON), fmt.Sprint(bad)} {
		if strings.Contains(shown, "4711") {
			t.Errorf("shown in %q", shown)
		}
	}
}

func TestAKindRefusesArgumentsThatItHasNoUseFor(t *testing.T) {
	for say, c := range map[string]struct {
		e Entity
		a Action
	}{
		"a switch cannot be set to a temperature":   {relay, Action{Verb: VerbSet, Temp: deg(21)}},
		"a switch takes no time to hold for":        {relay, Action{Verb: VerbOn, For: time.Hour}},
		"a light takes no code":                     {pwm, Action{Verb: VerbOn, Code: NewSecret("1")}},
		"a button takes no time to hold for":        {bell, Action{Verb: VerbPress, For: time.Hour}},
		"a switch has no brightness and no color":   {relay, Action{Verb: VerbSet, Level: lv(10)}},
		"a light cannot be set to a temperature":    {pwm, Action{Verb: VerbSet, Temp: deg(21)}},
		"a button has no brightness and no color":   {bell, Action{Verb: VerbSet, Color: &orange}},
		"a contact only reports":                    {door, Action{Verb: VerbOpen}},
		"a switch knows on, off and toggle, not \"": {relay, Action{Verb: "comfort"}},
	} {
		if _, err := reported(c.e).Resolve(c.a, Asked{}); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("got %v, want it to say %q", err, say)
		}
	}
	if _, err := reported(relay).Resolve(Action{Verb: VerbOn, Confirm: true}, Asked{}); err != nil {
		t.Errorf("to say that one can see it harms nothing: %v", err)
	}
}

func TestAttributesThatMayBeMissingOrAreListsCompareAndReadBack(t *testing.T) {
	type attrs struct {
		Closed Maybe[bool]    `json:"closed,omitzero"`
		Value  Maybe[float64] `json:"value,omitzero"`
		Open   List           `json:"open"`
	}
	for want, a := range map[string]attrs{
		`{"open":[]}`: {},
		`{"closed":false,"value":0,"open":["a","b"]}`: {Some(false), Some(0.0), ListOf([]ID{"a", "b"})},
	} {
		b, err := json.Marshal(a)
		if err != nil || string(b) != want {
			t.Errorf("%s %v, want %s", b, err, want)
		}
		var again attrs
		if err := json.Unmarshal(b, &again); err != nil || again != a {
			t.Errorf("%s reads back as %+v, %v", b, again, err)
		}
	}
	if (View{"x", attrs{Open: ListOf([]ID{"a"})}}) != (View{"x", attrs{Open: ListOf([]ID{"a"})}}) {
		t.Error("views of equal lists differ")
	}
}
