//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"testing"
	"time"

	"hob/internal/entity"
)

const busy = `
home: {name: Busy, timezone: UTC}
boards:
  hall: {id: "{hall}", chip: esp32}
  shed: {id: "{shed}", chip: esp32}
switches:
  porch: {pin: hall/16, boot: restore}
  fan: {pin: hall/17, inverted: true}
  pump: {pin: shed/16}
  lawn: {pin: shed/18, interlock: valves}
  beds: {pin: shed/19, interlock: valves}
buttons:
  near: {pin: hall/32, pull: up, press: toggle porch}
  far: {pin: hall/33, pull: up, press: toggle pump}
  shed_button: {pin: shed/32, pull: up, press: toggle lawn}
`

// chaos is a house and all that happens to it.
type chaos struct {
	*house
	random   *rand.Rand
	watchers []*watcher
	sent     int
	asked    map[*watcher][]string // commands whose results it must get
}

// seed is HOB_SEED, or another one each time; it is logged.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := uint64(time.Now().UnixNano())
	if s := os.Getenv("HOB_SEED"); s != "" {
		var err error
		if n, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("HOB_SEED=%d", n)
	return n
}

func TestInTheEndAllAgreeWithThePins(t *testing.T) {
	t.Parallel()
	rounds := 3
	if os.Getenv("HOB_CAMPAIGN") != "" {
		rounds = 300
	}
	h := newHouse(t, busy, "hall", "shed")
	c := &chaos{house: h, random: rand.New(rand.NewPCG(seed(t), 0)), asked: map[*watcher][]string{}}
	for range 3 {
		c.watchers = append(c.watchers, h.watch())
	}
	for range rounds {
		for range 25 {
			c.step()
		}
		c.agree()
	}
}

func (c *chaos) watcher() *watcher { return c.watchers[c.random.IntN(len(c.watchers))] }

func (c *chaos) board() *board {
	return c.boards[[]string{"hall", "shed"}[c.random.IntN(2)]]
}

// step does one of the things that happen in a house, most often a command.
func (c *chaos) step() {
	c.t.Helper()
	switch n := c.random.IntN(40); {
	case n < 24:
		c.sent++
		outputs := []entity.ID{"porch", "fan", "pump", "lawn", "beds"}
		verbs := []entity.Verb{entity.VerbOn, entity.VerbOff, entity.VerbToggle}
		w, id := c.watcher(), fmt.Sprint("c", c.sent)
		w.command(id, outputs[c.random.IntN(len(outputs))], verbs[c.random.IntN(len(verbs))])
		c.asked[w] = append(c.asked[w], id)
	case n < 32:
		if c.random.IntN(3) == 0 {
			c.boards["shed"].press(32)
		} else {
			c.boards["hall"].press(32 + c.random.IntN(2))
		}
	case n < 34:
		c.board().do("drop_link")
	case n < 36:
		c.board().powerCut([]string{"reset", "hang"}[c.random.IntN(2)])
	case n == 36:
		b := c.board()
		b.do("block")
		c.boards["hall"].press(32)
		b.do("unblock")
	case n == 37:
		b := c.board()
		b.kill()
		b.restart()
	case n == 38:
		c.restartServer()
	case n == 39:
		w := c.watcher()
		w.live.Close()
		c.resume(w)
	}
}

func (c *chaos) restartServer() {
	c.server.kill()
	c.serve()
	for _, w := range c.watchers {
		c.resume(w)
	}
}

// resume opens a watcher's session anew. The results of what it had asked for
// went to the old one.
func (c *chaos) resume(w *watcher) {
	c.t.Helper()
	c.asked[w] = nil
	hello, err := json.Marshal(map[string]any{"type": "hello", "protocol": 1,
		"resume": map[string]any{"epoch": w.view.Epoch, "revision": w.view.Revision}})
	if err != nil {
		c.t.Fatal(err)
	}
	again := c.open(hello)
	w.live, w.seen = again.live, nil
	w.until("an answer to the hello", func() bool { return len(w.seen) > 0 })
}

// agree waits for the house to come to rest; then everybody must have it alike.
func (c *chaos) agree() {
	c.t.Helper()
	for _, b := range c.boards {
		b.awaitState("a session", func(s boardState) bool { return s.Session })
	}
	for _, w := range c.watchers {
		for _, id := range c.asked[w] {
			w.result(id)
		}
		w.once()
		w.seen, c.asked[w] = nil, nil
	}
	deadline := time.Now().Add(patience)
	for why := c.differ(); why != ""; why = c.differ() {
		if time.Now().After(deadline) {
			c.t.Fatal(why)
		}
		hall := c.boards["hall"] // wait for something to happen rather than ask in a loop
		hall.ask(map[string]any{"cmd": "edges", "since": hall.lastEdge(), "wait_ms": 50})
	}
}

// differ says who has what otherwise than REST has it now, or that something is
// still under way; "" when all agree.
func (c *chaos) differ() string {
	c.t.Helper()
	now := c.revision()
	rest, err := c.client().Entities(c.t.Context())
	if err != nil {
		return err.Error()
	}
	for _, e := range rest {
		if !e.Available || e.Pending != nil || e.State == entity.StateUnknown {
			return fmt.Sprintf("not at rest: %+v", e)
		}
	}
	for i, w := range c.watchers {
		w.until("what REST has", func() bool { return w.view.Revision >= now })
		for _, e := range rest {
			if mine := w.view.Entities[e.ID]; mine == nil || !reflect.DeepEqual(*mine, e) {
				return fmt.Sprintf("watcher %d has %+v, REST has %+v", i, mine, e)
			}
		}
		if len(w.view.Entities) != len(rest) {
			return fmt.Sprintf("watcher %d has %d entities", i, len(w.view.Entities))
		}
	}
	return c.pins(rest)
}

// once wants no second result for any command.
func (w *watcher) once() {
	w.t.Helper()
	results := map[string]int{}
	for _, m := range w.seen {
		if m.Type == "result" {
			if results[m.Name()]++; results[m.Name()] > 1 || m.Status == "" {
				w.t.Errorf("result %d of %s: %+v", results[m.Name()], m.Name(), m)
			}
		}
	}
}

// pins says which pin is not as its entity, or that two valves are open.
func (c *chaos) pins(rest []entity.Record) string {
	c.t.Helper()
	where := map[entity.ID]struct {
		board   string
		pin     int
		on, off string
	}{
		"porch": {"hall", 16, "high", "low"}, "fan": {"hall", 17, "low", "high"}, "pump": {"shed", 16, "high", "low"},
		"lawn": {"shed", 18, "high", "low"}, "beds": {"shed", 19, "high", "low"},
	}
	open := 0
	for _, e := range rest {
		p, ok := where[e.ID]
		if !ok {
			continue
		}
		want := p.off
		if e.State == "on" {
			want = p.on
		}
		if got := c.boards[p.board].level(p.pin); got != want {
			return fmt.Sprintf("%s is %s and its pin %s", e.ID, e.State, got)
		}
		if want == "high" && (e.ID == "lawn" || e.ID == "beds") {
			open++
		}
	}
	if open > 1 {
		return "both valves are open"
	}
	return ""
}
