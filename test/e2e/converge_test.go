//go:build e2e

package e2e

import (
	"context"
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
	var rest []entity.Record
	eventually(c.t, "the house comes to rest", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		var err error
		if rest, err = c.client().Entities(ctx); err != nil {
			c.t.Fatal(err)
		}
		for _, e := range rest {
			if !e.Available || e.Pending != nil || e.State == entity.StateUnknown {
				return false
			}
		}
		return true
	})
	for i, w := range c.watchers {
		w.until(fmt.Sprintf("watcher %d has what REST has", i), func() bool { return c.same(w, rest) })
		for _, id := range c.asked[w] {
			w.result(id)
		}
		w.once()
		w.seen, c.asked[w] = nil, nil
	}
	c.pins(rest)
}

// same says whether a watcher has these entities; revisions that are newer are
// somebody's who came to rest meanwhile.
func (c *chaos) same(w *watcher, rest []entity.Record) bool {
	for _, e := range rest {
		mine := w.view.Entities[e.ID]
		if mine == nil || !reflect.DeepEqual(*mine, e) {
			return false
		}
	}
	return len(w.view.Entities) == len(rest)
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

func (c *chaos) pins(rest []entity.Record) {
	c.t.Helper()
	where := map[entity.ID]struct {
		board   string
		pin     int
		on, off string
	}{
		"porch": {"hall", 16, "high", "low"}, "fan": {"hall", 17, "low", "high"}, "pump": {"shed", 16, "high", "low"},
		"lawn": {"shed", 18, "high", "low"}, "beds": {"shed", 19, "high", "low"},
	}
	on := map[entity.ID]bool{}
	for _, e := range rest {
		p, ok := where[e.ID]
		if !ok {
			continue
		}
		on[e.ID] = e.State == "on"
		want := map[bool]string{true: p.on, false: p.off}[on[e.ID]]
		if got := c.boards[p.board].level(p.pin); got != want {
			c.t.Errorf("%s is %s and its pin %s", e.ID, e.State, got)
		}
	}
	if on["lawn"] && on["beds"] {
		c.t.Error("both valves are open")
	}
}
