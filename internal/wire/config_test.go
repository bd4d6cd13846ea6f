package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

func level(n entity.Level) *entity.Level { return &n }

func out(pin int) entity.Output { return entity.Output{Board: "hall", Pin: pin, Boot: entity.BootOff} }

// fullHouse has every kind of item on the board hall, declared in no order.
func fullHouse() *entity.House {
	led := 2
	valve := out(16)
	valve.Inverted, valve.MaxOn, valve.Interlock, valve.InterlockWait = true, 2*time.Hour, "valves", 2*time.Second
	fan := out(17)
	fan.Boot, fan.OffAfter, fan.Interlock, fan.InterlockWait = entity.BootOn, 30*time.Minute, "valves", 2*time.Second
	stairs := out(19)
	stairs.Boot = entity.BootRestore
	heater := out(23)
	heater.Lease = time.Minute
	return &entity.House{
		Boards: []entity.Board{
			{Name: "hall", ID: "hob-7c9ebd", Chip: "esp32", StatusLED: &led},
			{Name: "shed", ID: "hob-a0b765", Chip: "esp32"},
		},
		Entities: []entity.Entity{
			{ID: "heater", Spec: &entity.Switch{Output: heater}},
			{ID: "far", Spec: &entity.Switch{Output: entity.Output{Board: "shed", Pin: 16}}},
			{ID: "bell", Spec: &entity.Button{
				Input:     entity.Input{Board: "hall", Pin: 25, Pull: entity.PullUp, Debounce: 20 * time.Millisecond},
				HoldAfter: 800 * time.Millisecond,
				Bindings: []entity.Binding{
					{On: entity.GestureHold, Target: "fan", Action: entity.Action{Verb: entity.VerbOff}},
					{On: entity.GesturePress, Target: "valve", Action: entity.Action{Verb: entity.VerbToggle}},
					{On: entity.GestureDouble, Target: "stairs", Action: entity.Action{Verb: entity.VerbOn, Level: level(400)}},
				},
			}},
			{ID: "window", Spec: &entity.Contact{Input: entity.Input{
				Board: "hall", Pin: 26, Pull: entity.PullUp, Inverted: true, Debounce: 50 * time.Millisecond}}},
			{ID: "stairs", Spec: &entity.Light{Output: stairs, Drive: entity.DrivePWM,
				Fade: 400 * time.Millisecond, MinBrightness: 40}},
			{ID: "strip", Spec: &entity.Light{Output: out(18), Drive: entity.DriveWS2812,
				Fade: time.Second, Count: 60, Order: "rgb"}},
			{ID: "fan", Spec: &entity.Switch{Output: fan}},
			{ID: "valve", Spec: &entity.Switch{Output: valve}},
		},
	}
}

func TestHouseCompilesToTheGoldenItems(t *testing.T) {
	golden := readGolden(t).Configs
	i := slices.IndexFunc(golden, func(g goldenConfig) bool { return g.Name == "every kind" })
	c := ConfigOf(fullHouse(), "hall")
	var items []string
	for _, item := range c.Items {
		items = append(items, string(item))
	}
	if !slices.Equal(items, golden[i].Items) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(items, "\n"), strings.Join(golden[i].Items, "\n"))
	}
	if c.Rev != golden[i].Rev || hex.EncodeToString(c.SHA256[:]) != golden[i].SHA256 {
		t.Errorf("revision %s, hash %x", c.Rev, c.SHA256)
	}
}

func TestConfigurationHashes(t *testing.T) {
	for _, g := range readGolden(t).Configs {
		var p parts
		for i, item := range g.Items {
			p.points = append(p.points, part{pin: i, item: []byte(item)})
		}
		if c := p.config(); c.Rev != g.Rev || hex.EncodeToString(c.SHA256[:]) != g.SHA256 {
			t.Errorf("%s: revision %s, hash %x", g.Name, c.Rev, c.SHA256)
		}
	}
}

func TestRenamingAndReorderingLeaveTheConfigurationAlone(t *testing.T) {
	want := ConfigOf(fullHouse(), "hall")
	h := fullHouse()
	slices.Reverse(h.Entities)
	slices.Reverse(h.Boards)
	for i := range h.Entities {
		e := &h.Entities[i]
		e.ID, e.Name, e.Area, e.Icon = "x_"+e.ID, "Other", "attic", "bell"
		if b, ok := e.Spec.(*entity.Button); ok {
			slices.Reverse(b.Bindings)
			for j := range b.Bindings {
				b.Bindings[j].Target = "x_" + b.Bindings[j].Target
			}
		}
	}
	if got := ConfigOf(h, "hall"); got.Rev != want.Rev {
		t.Errorf("revision %s, want %s:\n%s", got.Rev, want.Rev, slices.Concat(got.Items...))
	}
}

func TestEveryChangeOfTheHardwareChangesTheRevision(t *testing.T) {
	seen := map[string]string{}
	for name, change := range map[string]func(*entity.House){
		"nothing":    func(*entity.House) {},
		"status led": func(h *entity.House) { h.Boards[0].StatusLED = nil },
		"lease":      func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).Lease = 0 },
		"boot":       func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).Boot = entity.BootOn },
		"pin":        func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).Pin = 22 },
		"inverted":   func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).Inverted = true },
		"pull":       func(h *entity.House) { h.Entities[3].Spec.(*entity.Contact).Pull = entity.PullDown },
		"debounce":   func(h *entity.House) { h.Entities[3].Spec.(*entity.Contact).Debounce = 0 },
		"a gesture":  func(h *entity.House) { b := h.Entities[2].Spec.(*entity.Button); b.Bindings = b.Bindings[1:] },
		"to board":   func(h *entity.House) { h.Entities[0].Spec.(*entity.Switch).Board = "shed" },
		"a brightness": func(h *entity.House) {
			h.Entities[2].Spec.(*entity.Button).Bindings[2].Action.Level = level(401)
		},
	} {
		h := fullHouse()
		change(h)
		rev := ConfigOf(h, "hall").Rev
		if other, dup := seen[rev]; dup {
			t.Errorf("%s and %s have the same revision", name, other)
		}
		seen[rev] = name
	}
}

func TestConfigsOfAHouseAreThoseOfItsBoards(t *testing.T) {
	h := fullHouse()
	all := Configs(h)
	if len(all) != len(h.Boards) {
		t.Fatalf("%d configurations for %d boards", len(all), len(h.Boards))
	}
	for name, c := range all {
		if one := ConfigOf(h, name); one.Rev != c.Rev || len(one.Items) != len(c.Items) {
			t.Errorf("%s: %s alone, %s among all", name, one.Rev, c.Rev)
		}
	}
}

func TestWhichBindingsRunOnTheBoard(t *testing.T) {
	strip := &entity.Light{Output: out(18), Drive: entity.DriveWS2812}
	plain := &entity.Light{Output: out(18), Drive: entity.DrivePin}
	relay := &entity.Switch{Output: out(18)}
	far := &entity.Switch{Output: entity.Output{Board: "shed", Pin: 18}}
	contact := &entity.Contact{Input: entity.Input{Board: "hall", Pin: 18}}
	for name, c := range map[string]struct {
		target entity.Spec
		action entity.Action
		item   string // what follows "do"; "" when the server runs it
	}{
		"toggle a relay":         {relay, entity.Action{Verb: entity.VerbToggle}, `"toggle"`},
		"turn a lamp on":         {plain, entity.Action{Verb: entity.VerbOn}, `"on"`},
		"set a brightness":       {strip, entity.Action{Verb: entity.VerbSet, Level: level(50)}, `"set","level":50`},
		"on at a brightness":     {strip, entity.Action{Verb: entity.VerbOn, Level: level(50)}, `"set","level":50`},
		"another board's relay":  {far, entity.Action{Verb: entity.VerbToggle}, ""},
		"nothing there":          {nil, entity.Action{Verb: entity.VerbToggle}, ""},
		"no output":              {contact, entity.Action{Verb: entity.VerbOn}, ""},
		"a colour":               {strip, entity.Action{Verb: entity.VerbSet, Color: &entity.RGB{R: 1}}, ""},
		"a brightness, plain":    {plain, entity.Action{Verb: entity.VerbSet, Level: level(1000)}, ""},
		"set without brightness": {strip, entity.Action{Verb: entity.VerbSet}, ""},
		"a press":                {relay, entity.Action{Verb: entity.VerbPress}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := &entity.House{Boards: []entity.Board{{Name: "hall"}, {Name: "shed"}}, Entities: []entity.Entity{
				{ID: "bell", Spec: &entity.Button{Input: entity.Input{Board: "hall", Pin: 32},
					Bindings: []entity.Binding{{On: entity.GesturePress, Target: "it", Action: c.action}}}},
			}}
			if c.target != nil {
				h.Entities = append(h.Entities, entity.Entity{ID: "it", Spec: c.target})
			}
			last := string(ConfigOf(h, "hall").Items[len(ConfigOf(h, "hall").Items)-1])
			binding := strings.Contains(last, `"kind":"binding"`)
			if binding != (c.item != "") || binding && !strings.HasSuffix(last, `"do":`+c.item+"}") {
				t.Errorf("the last item is %s, want a binding with %q", last, c.item)
			}
		})
	}
}

func TestBoardLooksOnlyForGesturesThatMeanSomething(t *testing.T) {
	for _, gestures := range [][]entity.Gesture{
		nil,
		{entity.GesturePress},
		{entity.GestureDouble},
		{entity.GesturePress, entity.GestureHold},
		{entity.GesturePress, entity.GestureDouble, entity.GestureHold},
	} {
		b := &entity.Button{Input: entity.Input{Board: "hall", Pin: 32}}
		for _, g := range gestures { // bound to another board: the server acts, but the board must notice
			b.Bindings = append(b.Bindings, entity.Binding{On: g, Target: "far", Action: entity.Action{Verb: entity.VerbToggle}})
		}
		items := ConfigOf(&entity.House{Boards: []entity.Board{{Name: "hall"}},
			Entities: []entity.Entity{{ID: "bell", Spec: b}}}, "hall").Items
		if len(items) != 1 {
			t.Fatalf("%d items", len(items))
		}
		for _, g := range []entity.Gesture{entity.GestureDouble, entity.GestureHold} {
			flag := strings.Contains(string(items[0]), `"`+string(g)+`":true`)
			if want := slices.Contains(gestures, g); flag != want {
				t.Errorf("bound to %v: %s", gestures, items[0])
			}
		}
	}
}

func TestItemsFitIntoFramesAndAreJSON(t *testing.T) {
	for i, item := range ConfigOf(fullHouse(), "hall").Items {
		f := &ConfigItem{N: i, Item: item}
		text := f.Append(nil)
		if len(text) > MaxFrame || !json.Valid(text) {
			t.Errorf("%s", text)
		}
		var d Decoder
		again, err := d.Server(text)
		if err != nil || !bytes.Equal(again.(*ConfigItem).Item, item) {
			t.Errorf("%s came as %v: %v", item, again, err)
		}
	}
}

func TestTooMuchForOneBoardIsFoundOut(t *testing.T) {
	for name, c := range map[string]Config{
		"points":   {points: MaxPoints + 1},
		"bindings": {bindings: MaxBindings + 1},
		"bytes":    {Items: [][]byte{make([]byte, MaxConfig)}},
	} {
		if c.Check() == nil {
			t.Errorf("too many %s, and nobody says so", name)
		}
	}
	most := Config{points: MaxPoints, bindings: MaxBindings, Items: [][]byte{make([]byte, MaxConfig-1)}}
	if err := most.Check(); err != nil {
		t.Error(err)
	}
	h := &entity.House{Boards: []entity.Board{{Name: "hall"}}}
	for pin := range MaxPoints + 1 {
		h.Entities = append(h.Entities, entity.Entity{ID: entity.ID(fmt.Sprint("e", pin)), Spec: &entity.Switch{Output: out(pin)}})
	}
	if ConfigOf(h, "hall").Check() == nil {
		t.Error("one switch too many, and nobody says so")
	}
	if err := ConfigOf(fullHouse(), "hall").Check(); err != nil {
		t.Error(err)
	}
}

// A board looks for a gesture that is bound, or that a rule waits for, and for no other.
func TestABoardLooksForWhatRulesWaitFor(t *testing.T) {
	for _, c := range []struct {
		waits []entity.Gesture
		want  string
	}{
		{nil, ""},
		{[]entity.Gesture{entity.GesturePress}, ""},
		{[]entity.Gesture{entity.GestureDouble}, `,"double":true`},
		{[]entity.Gesture{entity.GestureHold}, `,"hold":true`},
		{[]entity.Gesture{entity.GestureDouble, entity.GestureHold}, `,"double":true,"hold":true`},
	} {
		got := string(buttonItem(&entity.Button{Input: entity.Input{Board: "hall", Pin: 25}, Awaited: c.waits}))
		plain := string(buttonItem(&entity.Button{Input: entity.Input{Board: "hall", Pin: 25}}))
		if want := strings.TrimSuffix(plain, "}") + c.want + "}"; got != want {
			t.Errorf("%q: %s, want %s", c.waits, got, want)
		}
	}
}
