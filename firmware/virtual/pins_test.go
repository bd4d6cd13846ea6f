package main

import (
	"encoding/json"
	"math"
	"testing"

	"hob/internal/chip"
)

func testPins(t *testing.T, chipName string) *pinBank {
	t.Helper()
	c, ok := chip.Lookup(chipName)
	if !ok {
		t.Fatalf("no chip %s", chipName)
	}
	uptime := &clock{}
	uptime.restart()
	pins := newPinBank(c, uptime, 64)
	pins.powerOn(1)
	return pins
}

// drawn gives the edge log in short: "16=1" output high, "18~400" duty, "32?0"
// input low, "16-" released, "4#ff8800" strip.
func drawn(pins *pinBank, since uint64) (got []string) {
	for _, e := range pins.edges.since(since).edges {
		var m struct {
			Pin   json.Number
			What  string
			Level bool
			Duty  json.Number
			Pixel string
		}
		text, err := json.Marshal(e)
		if err == nil {
			err = json.Unmarshal(text, &m)
		}
		if err != nil {
			panic(err)
		}
		level := map[bool]string{true: "1", false: "0"}[m.Level]
		got = append(got, m.Pin.String()+map[string]string{
			"output": "=" + level, "input": "?" + level, "pwm": "~" + m.Duty.String(),
			"strip": "#" + m.Pixel, "released": "-",
		}[m.What])
	}
	return got
}

func wantEdges(t *testing.T, pins *pinBank, since uint64, want ...string) {
	t.Helper()
	got := drawn(pins, since)
	if len(got) != len(want) {
		t.Fatalf("edges %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("edges %v, want %v", got, want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOnlyChangesOfAnOutputAreEdges(t *testing.T) {
	pins := testPins(t, "esp32")
	must(t, pins.setOutput(16, false))
	pins.write(16, false)
	pins.write(16, true)
	pins.write(16, true)
	must(t, pins.setOutput(16, true))
	pins.release(16)
	pins.release(16)
	wantEdges(t, pins, 0, "16=0", "16=1", "16-")
}

func TestDutiesAndStripsAreLogged(t *testing.T) {
	pins := testPins(t, "esp32")
	must(t, pins.setPWM(18, 1000, 0))
	pins.writePWM(18, 26214)
	must(t, pins.setPWM(18, 500, 26214)) // a new frequency is no edge
	must(t, pins.setStrip(4, 60))
	pins.fillStrip(4, 60, [3]byte{0xff, 0x88, 0})
	pins.fillStrip(4, 60, [3]byte{0xff, 0x88, 0})
	wantEdges(t, pins, 0, "18~0", "18~26214", "4#ff8800")
	views := pins.view()
	if len(views) != 2 || views[0].Count != 60 || views[0].Pixel != "ff8800" || views[1].Freq != 500 || *views[1].Duty != 26214 {
		t.Errorf("view %+v", views)
	}
}

func TestWritesToAPinOfAnotherModeDoNothing(t *testing.T) {
	pins := testPins(t, "esp32")
	pins.write(16, true)
	must(t, pins.setInput(17, pullUp))
	pins.write(17, false)
	pins.writePWM(17, 5)
	pins.fillStrip(17, 1, [3]byte{1, 2, 3})
	pins.write(200, true)
	pins.write(-1, true)
	wantEdges(t, pins, 0)
	if !pins.read(17) {
		t.Error("a pulled-up input reads low")
	}
}

func TestPinsThatCannotDoItAreRefused(t *testing.T) {
	pins := testPins(t, "esp32")
	for name, err := range map[string]error{
		"input-only pin as output": pins.setOutput(34, true),
		"input-only pin as pwm":    pins.setPWM(34, 1000, 0),
		"pull where there is none": pins.setInput(34, pullUp),
		"flash pin":                pins.setInput(6, pullNone),
		"absent pin":               pins.setOutput(48, true),
		"negative pin":             pins.setOutput(-1, true),
		"world on an absent pin":   pins.press(99, true),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	must(t, pins.setInput(34, pullNone))
}

func TestAnInputRestsAtItsPullAndAPressIsTheOpposite(t *testing.T) {
	cases := []struct {
		pull    pinPull
		outside *bool
		rest    bool
	}{
		{pullUp, nil, true}, {pullDown, nil, false}, {pullNone, nil, false},
		{pullNone, new(true), true}, {pullUp, new(false), false},
	}
	for _, c := range cases {
		pins := testPins(t, "esp32")
		must(t, pins.setInput(32, c.pull))
		if c.outside != nil {
			must(t, pins.hold(32, *c.outside))
		}
		if pins.read(32) != c.rest {
			t.Errorf("%+v: rests at %v", c, pins.read(32))
		}
		must(t, pins.press(32, true))
		if pins.read(32) == c.rest {
			t.Errorf("%+v: pressed at its resting level", c)
		}
		must(t, pins.press(32, false))
		if pins.read(32) != c.rest {
			t.Errorf("%+v: does not come back", c)
		}
	}
}

func TestInputEdgesWakeTheBoardOnceUntilTaken(t *testing.T) {
	pins := testPins(t, "esp32")
	must(t, pins.setInput(32, pullUp))
	must(t, pins.setInput(33, pullUp))
	for range 3 {
		must(t, pins.press(33, true))
		must(t, pins.press(33, false))
	}
	must(t, pins.press(32, true))
	must(t, pins.press(32, true)) // no edge
	select {
	case <-pins.wake:
	default:
		t.Fatal("not woken")
	}
	select {
	case <-pins.wake:
		t.Fatal("woken twice")
	default:
	}
	got := pins.takeChanged()
	if len(got) != 7 {
		t.Fatalf("%d changes, want 7: %v", len(got), got)
	}
	for i, change := range got[:6] {
		if change.pin != 33 || change.level != (i%2 == 1) {
			t.Errorf("change %d is %v", i, change)
		}
	}
	if got[6].pin != 32 || got[6].level {
		t.Errorf("the last change is %v", got[6])
	}
	if got := pins.takeChanged(); len(got) != 0 {
		t.Errorf("changed again: %v", got)
	}
	wantEdges(t, pins, 0, "33?0", "33?1", "33?0", "33?1", "33?0", "33?1", "32?0")
}

func TestWithoutPowerOutputsFloatAndTheWorldStays(t *testing.T) {
	pins := testPins(t, "esp32")
	must(t, pins.setOutput(16, true))
	must(t, pins.setPWM(18, 1000, 9))
	must(t, pins.setInput(32, pullUp))
	must(t, pins.press(32, true))
	before := pins.edges.since(0).last
	pins.powerOff()
	wantEdges(t, pins, before, "16-", "18-")
	if err := pins.setOutput(16, true); err == nil {
		t.Error("an output was set up without power")
	}
	pins.write(16, true)
	pins.release(16)
	if pins.read(32) {
		t.Error("read without power")
	}
	wantEdges(t, pins, before, "16-", "18-")

	pins.powerOn(2)
	must(t, pins.setInput(32, pullUp))
	if pins.read(32) {
		t.Error("the finger is gone after a power cut")
	}
	if last := pins.edges.since(0); last.edges[len(last.edges)-1].boot != 1 {
		t.Error("release was logged under the wrong boot")
	}
}

func TestOutputsCannotBePressed(t *testing.T) {
	pins := testPins(t, "esp32")
	must(t, pins.setOutput(16, true))
	if pins.press(16, true) == nil || pins.hold(16, true) == nil {
		t.Error("accepted")
	}
	wantEdges(t, pins, 0, "16=1")
}

func TestEdgeLogKeepsTheNewestAndSaysWhatIsLost(t *testing.T) {
	log := edgeLog{limit: 4}
	for n := range 10 {
		log.add(edge{value: uint32(n)})
	}
	cases := []struct {
		since, lost uint64
		want        []uint64
	}{
		{0, 6, []uint64{7, 8, 9, 10}},
		{5, 1, []uint64{7, 8, 9, 10}},
		{8, 0, []uint64{9, 10}},
		{10, 0, nil},
		{99, 0, nil},
		{math.MaxUint64, 0, nil},
	}
	for _, c := range cases {
		view := log.since(c.since)
		if view.last != 10 || view.lost != c.lost || len(view.edges) != len(c.want) {
			t.Fatalf("since %d: %+v", c.since, view)
		}
		for i, e := range view.edges {
			if e.seq != c.want[i] || uint64(e.value)+1 != e.seq {
				t.Errorf("since %d: edge %d is %+v", c.since, i, e)
			}
		}
	}
}

func TestEdgeLogWakesWhoeverWaits(t *testing.T) {
	log := edgeLog{limit: 4}
	view := log.since(0)
	select {
	case <-view.more:
		t.Fatal("woken by nothing")
	default:
	}
	log.add(edge{})
	select {
	case <-view.more:
	default:
		t.Fatal("not woken")
	}
}
