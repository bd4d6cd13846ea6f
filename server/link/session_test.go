package link

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

// outcomes collects what Done is called with.
type outcomes struct {
	mu  sync.Mutex
	all []registry.BoardResult
}

func (o *outcomes) done(r registry.BoardResult) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, r)
}

func (o *outcomes) list() []registry.BoardResult {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all
}

// command asks through the registry, as the router does.
func (r *rig) command(id entity.ID, verb entity.Verb, wait time.Duration, o *outcomes) (registry.Accepted, error) {
	return r.registry.Accept(registry.Request{Command: "1", Entity: id, Action: entity.Action{Verb: verb},
		Cause: entity.Cause{Kind: entity.CauseUser, By: "anna"}, Until: time.Now().Add(wait), Done: o.done})
}

func (r *rig) mustCommand(id entity.ID, verb entity.Verb, o *outcomes) registry.Accepted {
	r.t.Helper()
	a, err := r.command(id, verb, 5*time.Second, o)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

// wantOne checks that there is exactly one outcome.
func (o *outcomes) wantOne(t *testing.T, status entity.Status, code entity.Code) {
	t.Helper()
	all := o.list()
	if len(all) != 1 || all[0].Status != status || all[0].Code != code {
		t.Fatalf("outcomes %+v, want one %s %s", all, status, code)
	}
}

func TestCommandIsConfirmedAndItsStateBearsItsCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		var o outcomes
		r.mustCommand("porch", entity.VerbOn, &o)
		synctest.Wait()
		o.wantOne(t, entity.StatusConfirmed, "")
		e := r.entity("porch")
		if e.State != "on" || e.Cause != (entity.Cause{Kind: entity.CauseUser, By: "anna"}) {
			t.Fatalf("porch is %s by %+v", e.State, e.Cause)
		}
		sent := received[*wire.Command](r.hall)
		up := wire.Uptime(time.Since(r.hall.booted).Milliseconds())
		if len(sent) != 1 || sent[0].ID != 1 || sent[0].Until > up+5000 || sent[0].Until < up+4000 {
			t.Fatalf("sent %+v at uptime %d", sent, up)
		}
	})
}

func TestCommandIDsRiseWithinASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		var o outcomes
		for range 20 {
			r.mustCommand("porch", entity.VerbToggle, &o)
		}
		synctest.Wait()
		for i, c := range received[*wire.Command](r.hall) {
			if c.ID != int64(i+1) {
				t.Fatalf("command %d has id %d", i, c.ID)
			}
		}
		if n := len(o.list()); n != 20 {
			t.Fatalf("%d outcomes of 20", n)
		}
	})
}

func TestOutcomesOfTheBoard(t *testing.T) {
	for _, c := range []struct {
		result wire.Result
		status entity.Status
		code   entity.Code
	}{
		{wire.Result{Code: wire.ResultDone}, entity.StatusConfirmed, ""},
		{wire.Result{Code: wire.ResultExpired}, entity.StatusExpired, entity.CodeTimeout},
		{wire.Result{Code: wire.ResultDuplicate}, entity.StatusFailed, entity.CodeBoard},
		{wire.Result{Code: wire.ResultRefused, Reason: "max_on"}, entity.StatusRefused, entity.CodeBoard},
		{wire.Result{Code: wire.ResultRefused, Reason: "superseded"}, entity.StatusRefused, entity.CodeSuperseded},
		{wire.Result{Code: wire.ResultRefused, Reason: "cancelled"}, entity.StatusRefused, entity.CodeCancelled},
		{wire.Result{Code: wire.ResultRefused, Reason: "precondition"}, entity.StatusRefused, entity.CodeBoard},
		{wire.Result{Code: wire.ResultRefused, Reason: "too_soon", Message: "just now: gpio25"}, entity.StatusRefused, entity.CodeBoard},
		{wire.Result{Code: wire.ResultRefused, Reason: "cut_short"}, entity.StatusFailed, entity.CodeBoard},
	} {
		got := outcome("hall", &c.result)
		if got.Status != c.status || got.Code != c.code || got.Message == "" && c.code != "" || strings.Contains(got.Message, "gpio") {
			t.Errorf("%s %s: %+v", c.result.Code, c.result.Reason, got)
		}
	}
}

func TestUnansweredCommandsFailWhenTheLinkEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.hall.mu.Lock()
		r.hall.intercept = func(_ *fakeSession, f wire.ServerFrame) bool { _, ok := f.(*wire.Command); return ok }
		r.hall.mu.Unlock()
		var o outcomes
		r.mustCommand("porch", entity.VerbOn, &o)
		synctest.Wait()
		if n := len(o.list()); n != 0 {
			t.Fatal("answered")
		}
		r.hall.stop()
		synctest.Wait()
		o.wantOne(t, entity.StatusFailed, entity.CodeLinkLost)
		r.want(entity.BoardOffline)
		if e := r.entity("porch"); e.Available {
			t.Fatal("porch is available without its board")
		}
		if _, err := r.command("porch", entity.VerbOn, time.Second, &o); err == nil {
			t.Fatal("a command for a board that is away was accepted")
		}
		r.hall.start(r.net.listen(hallAddr))
		pass(time.Second)
		r.want(entity.BoardOnline)
		if n := len(received[*wire.Command](r.hall)); n != 1 {
			t.Fatalf("%d commands reached the board, want the one of the old session", n)
		}
	})
}

func TestBoardThatTakesNothingMakesCommandsBusyNotSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.hall.mu.Lock()
		r.hall.silent = true
		r.hall.mu.Unlock()
		var o outcomes
		var refused *entity.Refusal
		accepted := 0
		for range 3 * mostCommands {
			_, err := r.command("porch", entity.VerbToggle, time.Second, &o)
			if err == nil {
				accepted++
			} else if !errors.As(err, &refused) || refused.Code != entity.CodeBusy {
				t.Fatal(err)
			}
		}
		if accepted == 0 || accepted > mostCommands || refused == nil {
			t.Fatalf("%d accepted, refused %v", accepted, refused)
		}
	})
}

func TestCancelReachesTheBoardOnlyWhileItMatters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		var o outcomes
		a := r.mustCommand("porch", entity.VerbOn, &o)
		synctest.Wait()
		a.Cancel()
		synctest.Wait()
		if n := len(received[*wire.Cancel](r.hall)); n != 0 {
			t.Fatal("an ended command was cancelled")
		}
		r.hall.mu.Lock()
		r.hall.intercept = func(_ *fakeSession, f wire.ServerFrame) bool { _, ok := f.(*wire.Command); return ok }
		r.hall.mu.Unlock()
		a = r.mustCommand("porch", entity.VerbOff, &o)
		a.Cancel()
		synctest.Wait()
		if c := received[*wire.Cancel](r.hall); len(c) != 1 || c[0].ID != 2 {
			t.Fatalf("cancels %+v", c)
		}
	})
}

func TestSilentBoardIsOfflineAfterFifteenSecondsAndCalledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.hall.mu.Lock()
		r.hall.silent = true
		r.hall.mu.Unlock()
		pass(silence - time.Millisecond)
		r.want(entity.BoardOnline)
		pass(2 * time.Millisecond)
		r.want(entity.BoardOffline)
		if s := r.status(); s.Message != "No answer for 15 s" || s.Link != nil {
			t.Fatalf("status %+v", s)
		}
		r.hall.mu.Lock()
		r.hall.silent = false
		r.hall.mu.Unlock()
		pass(2 * maxWait)
		r.want(entity.BoardOnline)
	})
}

func TestBoardThatIsAwayIsCalledLessAndLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.hall.stop()
		r.found(hallAddr)
		pass(5 * time.Minute)
		// 0.375+0.75+1.5+3+6 s, then every 11.25 s.
		if n := r.net.dialled(hallAddr); n < 25 || n > 35 {
			t.Fatalf("%d calls in five minutes", n)
		}
		r.want(entity.BoardOffline)
		r.hall.start(r.net.listen(hallAddr))
		r.found(hallAddr) // it announces itself: no waiting
		pass(minWait)
		r.want(entity.BoardOnline)
	})
}

func TestFloodOfAnnouncementsDoesNotHurryTheLinkBeyondItsShortestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.hall.stop()
		for range 1000 {
			r.found(hallAddr)
			pass(10 * time.Millisecond)
		}
		if n := r.net.dialled(hallAddr); n > 41 {
			t.Fatalf("%d calls in ten seconds", n)
		}
	})
}

func TestChangedAddressIsFollowedWhenTheSessionEndsAndNotBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.found("192.0.2.99:80")
		pass(10 * time.Second)
		r.want(entity.BoardOnline)
		if r.status().Address != hallAddr || r.hall.sessions() != 1 {
			t.Fatalf("moved to %s in %d sessions", r.status().Address, r.hall.sessions())
		}
		r.hall.stop()
		r.hall.start(r.net.listen("192.0.2.99:80"))
		pass(time.Second)
		r.want(entity.BoardOnline)
		if r.status().Address != "192.0.2.99:80" {
			t.Fatalf("at %s", r.status().Address)
		}
	})
}

func TestGoodbyeEndsNoSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.m.Lost(hallID)
		pass(time.Minute)
		r.want(entity.BoardOnline)
		if r.hall.sessions() != 1 {
			t.Fatal("it was dialled again")
		}
	})
}

func TestStaticAddressNeedsNoAnnouncement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse(func(h *entity.House) { h.Boards[0].Address = "192.0.2.7" }))
		synctest.Wait()
		r.want(entity.BoardOnline)
	})
}

func TestDeadAddressDoesNotKeepTheNextOneWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.net.mu.Lock()
		r.net.hosts["192.0.2.1:80"] = make(chan net.Conn) // nobody accepts
		r.net.mu.Unlock()
		r.found("192.0.2.1:80", hallAddr)
		pass(dialWait + time.Millisecond)
		r.want(entity.BoardOnline)
	})
}

func TestEventsAndValuesReachTheRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		_, sub := r.registry.Subscribe(func() {})
		defer sub.Close()
		r.hall.say(t, func(s wire.Stamp) wire.BoardFrame {
			return &wire.State{Stamp: s, Points: []wire.Point{
				{ID: "gpio32", Value: entity.Value{On: true}, Up: s.Up, Cause: wire.CauseInput},
				{ID: "gpio16", Value: entity.Value{On: true}, Up: s.Up, Cause: wire.CauseBinding, By: "gpio32"},
				{ID: "gpio99", Value: entity.Value{On: true}, Up: s.Up, Cause: wire.CauseInput},
			}}
		})
		r.hall.say(t, func(s wire.Stamp) wire.BoardFrame {
			return &wire.Event{Stamp: s, Point: "gpio32", Event: entity.GesturePress, N: 1}
		})
		synctest.Wait()
		if e := r.entity("porch"); e.State != "on" || e.Cause != (entity.Cause{Kind: entity.CauseButton, By: "bell"}) {
			t.Fatalf("porch is %s by %+v", e.State, e.Cause)
		}
		events, err := sub.Take(nil)
		if err != nil {
			t.Fatal(err)
		}
		pressed := 0
		for _, e := range events {
			if e.ID == "bell" && e.Gesture == entity.GesturePress {
				pressed++
			}
		}
		if pressed != 1 {
			t.Fatalf("%d presses in %+v", pressed, events)
		}
	})
}

func TestReportedTimesAreTheBoardsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		pass(time.Hour)
		r.hall.mu.Lock()
		r.hall.points[0].Value.On, r.hall.points[0].Up = true, 60_000
		r.hall.mu.Unlock()
		r.online()
		want := r.hall.booted.Add(time.Minute).UnixMilli()
		if e := r.entity("porch"); e.Changed != want {
			t.Fatalf("porch changed at %d, want %d", e.Changed, want)
		}
	})
}

func TestStatsAreShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		temp, low, stack := int64(41), int64(98304), int64(3120)
		r.hall.say(t, func(s wire.Stamp) wire.BoardFrame {
			return &wire.Stats{Stamp: s, Heap: 123456, HeapLow: &low, Stack: &stack, Loop: 850, RSSI: -61, Temp: &temp}
		})
		r.hall.say(t, func(s wire.Stamp) wire.BoardFrame { return &wire.Unknown{Stamp: s} })
		pass(10 * time.Second)
		l := r.status().Link
		if l == nil || l.Heap != 123456 || l.LoopMicros != 850 || l.RSSI != -61 || l.Temp == nil || *l.Temp != 41 ||
			l.HeapLow == nil || *l.HeapLow != 98304 || l.Stack == nil || *l.Stack != 3120 || l.Points != 2 || l.Refused != 1 {
			t.Fatalf("link %+v", l)
		}
		// Another firmware, which does not tell, takes the place of that one.
		r.hall.say(t, func(s wire.Stamp) wire.BoardFrame { return &wire.Stats{Stamp: s, Heap: 120000} })
		pass(10 * time.Second)
		if l := r.status().Link; l == nil || l.Heap != 120000 || l.HeapLow != nil || l.Stack != nil {
			t.Fatalf("link %+v, want the lowest heap and the stack to be unknown", l)
		}
		l = r.status().Link
		if up := time.Since(r.hall.booted); l.Uptime > up || l.Uptime < up-pingEvery {
			t.Fatalf("uptime %v, want about %v", l.Uptime, up)
		}
	})
}

func TestSessionThatIsTakenOverIsNotTakenBackAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		r.hall.mu.Lock()
		s := r.hall.session
		r.hall.mu.Unlock()
		s.close(closeTaken, "newer session")
		pass(maxWait - time.Second)
		r.want(entity.BoardOffline)
		pass(2 * time.Second)
		r.want(entity.BoardOnline)
	})
}

func TestRestartingBoardIsBackAsSoonAsItAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse())
		r.online()
		pass(time.Minute)
		r.hall.stop()
		pass(100 * time.Millisecond)
		r.hall.boot = 2
		r.hall.booted = time.Now()
		r.hall.start(r.net.listen(hallAddr))
		pass(time.Second)
		r.want(entity.BoardOnline)
		if l := r.status().Link; l.Boot != "00000002" || l.Reconnects != 1 {
			t.Fatalf("link %+v", l)
		}
	})
}

func TestManyBoardsNeedTwoGoroutinesEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const boards = 20
		h := &entity.House{}
		r := newRig(t, h)
		for i := range boards {
			id := entity.BoardID(fmt.Sprintf("hob-%06x", i))
			address := fmt.Sprintf("198.51.100.%d:80", i)
			h.Boards = append(h.Boards, entity.Board{Name: entity.BoardName(fmt.Sprint("b", i)), ID: id, Chip: "esp32", Address: address})
			if err := r.keys.update(id, func(Pair) Pair { return Pair{Current: testKey} }); err != nil {
				t.Fatal(err)
			}
			b := newFakeBoard(id, testKey)
			b.start(r.net.listen(address))
			t.Cleanup(b.stop)
		}
		r.setHouse(&entity.House{Boards: h.Boards})
		pass(time.Second)
		for _, s := range r.m.Status() {
			if s.State != entity.BoardOnline {
				t.Fatalf("%s is %s: %s", s.ID, s.State, s.Message)
			}
		}
		if n := goroutinesOfLink(t); n > 2*boards {
			t.Errorf("%d goroutines for %d boards", n, boards)
		}
		r.stop()
	})
}

// goroutinesOfLink counts goroutines that a board has started.
func goroutinesOfLink(t *testing.T) int {
	t.Helper()
	buf := make([]byte, 4<<20)
	stacks := string(buf[:runtime.Stack(buf, true)])
	return strings.Count(stacks, "created by hob/server/link.(*Manager).reconcile") +
		strings.Count(stacks, "created by hob/server/link.(*board)")
}

// TestWhatABoardRefusesIsInTheSharedList holds the reasons and codes of docs/wire.md
// against the list by which the dashboard's words are tested.
func TestWhatABoardRefusesIsInTheSharedList(t *testing.T) {
	wireDoc, err := os.ReadFile("../../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../internal/entity/testdata/sentences.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Detail   entity.Detail
		Examples []struct{ Params map[string]any }
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	for detail, from := range map[entity.Detail]struct{ name, before, told string }{
		"refused_by_board": {"reason", "Reasons for a refusal: `", "too_soon"}, // which has a sentence of its own
		"config_refused":   {"code", "\nCodes: `", ""},
	} {
		_, rest, found := strings.Cut(strings.ReplaceAll(string(wireDoc), ". Codes: `", "\nCodes: `"), from.before)
		words, _, _ := strings.Cut(rest, "`")
		var documented, listed []string
		for _, w := range strings.Fields(words) {
			if w != from.told {
				documented = append(documented, w)
			}
		}
		for _, s := range list {
			if s.Detail != detail {
				continue
			}
			for _, e := range s.Examples {
				listed = append(listed, e.Params[from.name].(string))
			}
		}
		if !found || !slices.Equal(documented, listed) {
			t.Errorf("%s: documented are %v, listed are %v", detail, documented, listed)
		}
	}
}

func TestABoardsOwnWordsAreKeptAndNamed(t *testing.T) {
	got := outcome("hall", &wire.Result{Code: wire.ResultRefused, Reason: "unheard_of", Message: "the moon is full"})
	if got.Message != "the moon is full" || got.Detail != "refused_by_board" || got.Params != `{"board":"hall","reason":"unheard_of"}` {
		t.Errorf("%+v", got)
	}
}
