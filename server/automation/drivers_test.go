package automation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/fakekind"
	"hob/internal/logtest"
	"hob/internal/registry"
)

func twoBoards(entities ...entity.Entity) *entity.House {
	return &entity.House{Entities: entities,
		Boards: []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}, {Name: "shed", ID: shedID, Chip: "esp32"}}}
}

// stage is a registry with a router, and drivers that end with the test.
type stage struct {
	reg    *registry.Registry
	router *command.Router
	log    *logtest.Buffer
}

func onStage(t *testing.T, o registry.Options, h *entity.House, test func(t *testing.T, s *stage)) {
	synctest.Test(t, func(t *testing.T) {
		o.Initial = fakekind.Initial
		s := newStage(o, h)
		defer s.router.Close()
		test(t, s)
	})
}

func newStage(o registry.Options, h *entity.House) *stage {
	s := &stage{reg: registry.New(o), log: &logtest.Buffer{}}
	s.reg.Apply(h)
	s.router = command.New(command.Options{House: s.reg})
	return s
}

func (s *stage) logger() *slog.Logger { return slog.New(slog.NewTextHandler(s.log, nil)) }

// run runs a driver until the end of the test, or until stop is called.
func run(t *testing.T, drive func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- drive(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	synctest.Wait()
	return stop
}

func (s *stage) do(t *testing.T, id entity.ID, verb entity.Verb) {
	t.Helper()
	if _, err := s.reg.Accept(registry.Request{Command: "t", Entity: id, Action: entity.Action{Verb: verb}}); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

func (s *stage) state(id entity.ID) string {
	synctest.Wait()
	rec, _ := s.reg.Entity(id)
	return rec.State
}

func timed(id entity.ID, after time.Duration) entity.Entity {
	return entity.Entity{ID: id, Spec: &fakekind.Spec{As: entity.KindPerson, After: after}}
}

func TestADeadlinePassesAtItsTimeAndNotBefore(t *testing.T) {
	h := twoBoards(timed("exit", 45*time.Second), timed("entry", 30*time.Second))
	onStage(t, registry.Options{}, h, func(t *testing.T, s *stage) {
		stop := run(t, NewDeadlines(s.reg).Run)
		defer stop()
		s.do(t, "exit", "arming")
		time.Sleep(10 * time.Second)
		s.do(t, "entry", "pending") // earlier than what the driver waits for
		time.Sleep(30*time.Second - time.Millisecond)
		if s.state("entry") != "pending" {
			t.Error("the entry delay is over too soon")
		}
		time.Sleep(time.Millisecond)
		if s.state("entry") != "elapsed" || s.state("exit") != "arming" {
			t.Errorf("after 30 s: entry %s, exit %s", s.state("entry"), s.state("exit"))
		}
		time.Sleep(5 * time.Second)
		if s.state("exit") != "elapsed" {
			t.Error("the exit delay does not end")
		}
	})
}

func TestADeadlineOfWhatAReloadTakesAwayIsForgotten(t *testing.T) {
	onStage(t, registry.Options{}, twoBoards(timed("exit", time.Minute)), func(t *testing.T, s *stage) {
		stop := run(t, NewDeadlines(s.reg).Run)
		defer stop()
		s.do(t, "exit", "arming")
		s.reg.Apply(twoBoards(timed("exit", 10*time.Minute))) // the delay that runs is as it was
		time.Sleep(time.Minute)
		if got := s.state("exit"); got != "elapsed" {
			t.Errorf("exit is %s", got)
		}
		s.do(t, "exit", "arming")
		s.reg.Apply(twoBoards())
		time.Sleep(time.Hour)
		s.reg.Apply(twoBoards(timed("exit", time.Minute)))
		if got := s.state("exit"); got != entity.StateUnknown {
			t.Errorf("declared anew it is %s", got)
		}
	})
}

// jumpy is a registry on a wall clock that the test sets; what is due is a time of day.
type jumpy struct {
	mu     sync.Mutex
	ahead  time.Duration
	due    time.Time
	ticked int
	sooner chan struct{}
}

func (j *jumpy) Tick(now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.due.IsZero() && !now.Add(j.ahead).Before(j.due) {
		j.ticked++
		j.due = time.Time{}
	}
}

func (j *jumpy) NextDue(now time.Time) (time.Duration, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.due.Sub(now.Add(j.ahead)), !j.due.IsZero()
}

func (j *jumpy) Sooner() <-chan struct{} { return j.sooner }

func TestAClockThatIsSetIsNoticedWithinHalfAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &jumpy{sooner: make(chan struct{}, 1), due: time.Now().Add(3 * time.Hour)}
		stop := run(t, NewDeadlines(j).Run)
		defer stop()
		time.Sleep(time.Minute)
		j.mu.Lock()
		j.ahead = 3 * time.Hour
		j.mu.Unlock()
		time.Sleep(lookAgain)
		synctest.Wait()
		j.mu.Lock()
		defer j.mu.Unlock()
		if j.ticked != 1 {
			t.Errorf("%d times, %v later", j.ticked, lookAgain)
		}
	})
}

func TestAnEntityThatStaysDueDoesNotKeepTheDriverBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stuck{}
		stop := run(t, NewDeadlines(s).Run)
		time.Sleep(time.Second)
		stop()
		if s.ticks > 101 {
			t.Errorf("%d ticks within a second", s.ticks)
		}
	})
}

// stuck is always due.
type stuck struct{ ticks int }

func (s *stuck) Tick(time.Time)                        { s.ticks++ }
func (*stuck) NextDue(time.Time) (time.Duration, bool) { return -time.Hour, true }
func (*stuck) Sooner() <-chan struct{}                 { return nil }

// shelf is a store whose disk the test fills and slows down.
type shelf struct {
	mu      sync.Mutex
	err     error
	delay   time.Duration
	kept    map[entity.ID]entity.Saved
	batches int
	synced  int // of them
}

func (s *shelf) Keep(batch []entity.Saved) error {
	s.mu.Lock()
	s.synced++
	s.mu.Unlock()
	return s.KeepSoon(batch)
}

func (s *shelf) KeepSoon(batch []entity.Saved) error {
	s.mu.Lock()
	delay, err := s.delay, s.err
	s.mu.Unlock()
	time.Sleep(delay)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches++
	if err != nil {
		return err
	}
	for _, e := range batch {
		if s.kept == nil {
			s.kept = map[entity.ID]entity.Saved{}
		}
		s.kept[e.Entity] = e
	}
	return nil
}

func (s *shelf) set(err error, delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.delay = err, delay
}

func (s *shelf) attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.batches
}

func (s *shelf) has(id entity.ID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[id].State
}

func TestWhatNobodyWaitsForIsStoredAboutOnceASecond(t *testing.T) {
	onStage(t, registry.Options{Keeper: true}, twoBoards(timed("anna", 0)), func(t *testing.T, s *stage) {
		store := &shelf{}
		stop := run(t, NewKeeping(s.reg, store, s.logger()).Run)
		for i := range 100 {
			s.do(t, "anna", entity.Verb(fmt.Sprint("s", i)))
			time.Sleep(100 * time.Millisecond)
		}
		if n := store.attempts(); n > 11 {
			t.Errorf("%d transactions within 10 s", n)
		}
		s.do(t, "anna", "last")
		stop()
		if got := store.has("anna"); got != "last" {
			t.Errorf("after the end anna is stored as %q", got)
		}
	})
}

func (s *shelf) syncs() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.synced
}

func TestWhatNobodyWaitsForWearsTheDiskOnceAMinute(t *testing.T) {
	h := twoBoards(timed("anna", 0), entity.Entity{ID: "temp", Spec: &fakekind.Spec{As: entity.KindSensor, Lasts: true,
		On: []entity.PointRef{{Board: "shed", Point: "gpio14"}}}})
	onStage(t, registry.Options{Keeper: true}, h, func(t *testing.T, s *stage) {
		store := &shelf{}
		stop := run(t, NewKeeping(s.reg, store, s.logger()).Run)
		a, err := s.reg.Attach(shedID, "", "", &board{}, sample(21000, 0))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * syncEvery)
		before, all := store.syncs(), store.attempts()
		for i := range 600 {
			_ = a.Report(sample(int64(i), 0))
			time.Sleep(time.Second)
		}
		if n := store.syncs() - before; n < 8 || n > 11 {
			t.Errorf("%d syncs within 10 minutes", n)
		}
		if n := store.attempts() - all; n < 250 {
			t.Errorf("%d transactions within 10 minutes", n)
		}
		before = store.syncs()
		s.do(t, "anna", "home")
		time.Sleep(2 * time.Second)
		if n := store.syncs() - before; n != 1 {
			t.Errorf("what only the server knows is synced %d times", n)
		}
		before = store.syncs()
		_ = a.Report(sample(2, 0))
		time.Sleep(time.Hour)
		if n := store.syncs() - before; n != 1 {
			t.Errorf("what was the last for an hour is synced %d times", n)
		}
		before = store.syncs()
		s.do(t, "anna", "away")
		store.set(errors.New("disk full"), 0)
		_ = a.Report(sample(3, 0))
		time.Sleep(2 * time.Second)
		store.set(nil, 0)
		time.Sleep(time.Hour)
		if n := store.syncs() - before; n < 1 || n > 4 || store.has("temp") != "reported" {
			t.Errorf("after a full disk it is synced %d times, and %q is stored", n, store.has("temp"))
		}
		before = store.syncs()
		_ = a.Report(sample(1, 0))
		stop()
		if n := store.syncs() - before; n != 1 {
			t.Errorf("at the end it is synced %d times", n)
		}
	})
}

func TestACommandIsStoredAtOnceAndASlowDiskHoldsItUpForASecond(t *testing.T) {
	onStage(t, registry.Options{Keeper: true}, twoBoards(timed("anna", 0)), func(t *testing.T, s *stage) {
		store := &shelf{}
		stop := run(t, NewKeeping(s.reg, store, s.logger()).Run)
		defer stop()
		time.Sleep(time.Minute)
		for i, c := range []struct {
			err         error
			delay, most time.Duration
			code        entity.Code
		}{
			{nil, 0, 0, ""},
			{nil, 100 * time.Millisecond, 100 * time.Millisecond, ""},
			{errors.New("disk full"), 0, 0, entity.CodeNotKept},
			{errors.New("disk full"), 0, 0, entity.CodeNotKept},
			{nil, 0, 0, ""}, // there is room again: the next command finds out
			{nil, 20 * time.Second, time.Second, entity.CodeNotKept},
			{nil, 0, time.Second, entity.CodeNotKept}, // the disk is still at the one before
		} {
			store.set(c.err, c.delay)
			began := time.Now()
			ended := make(chan command.Result, 1)
			s.router.Submit(command.Request{Entity: "anna", Action: entity.Action{Verb: entity.Verb(fmt.Sprint("s", i))}},
				func(r command.Result) { ended <- r })
			r := <-ended
			if took := time.Since(began); r.Status != entity.StatusConfirmed || r.Code != c.code || took > c.most {
				t.Errorf("%+v: %+v after %v", c, r, took)
			}
		}
		time.Sleep(time.Minute)
		rec, _ := s.reg.Entity("anna")
		if got := store.has("anna"); got != rec.State {
			t.Errorf("in the end %q is stored of %q", got, rec.State)
		}
		if got := strings.Count(s.log.String(), "cannot be stored"); got != 1 {
			t.Errorf("it was said %d times: %s", got, s.log)
		}
	})
}

func TestAFullDiskIsTriedAgainByItself(t *testing.T) {
	onStage(t, registry.Options{Keeper: true}, twoBoards(timed("anna", 0)), func(t *testing.T, s *stage) {
		store := &shelf{err: errors.New("disk full")}
		stop := run(t, NewKeeping(s.reg, store, s.logger()).Run)
		defer stop()
		s.do(t, "anna", "home")
		time.Sleep(10 * time.Minute)
		if n := store.attempts(); n > 30 {
			t.Errorf("%d attempts within 10 minutes", n)
		}
		store.set(nil, 0)
		time.Sleep(mostRest)
		if got := store.has("anna"); got != "home" {
			t.Errorf("stored is %q", got)
		}
	})
}
