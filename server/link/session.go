package link

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

const (
	// silence ends a session from which nothing has come for this long.
	silence = 15 * time.Second
	// pingEvery is how often the server asks for a sign of life.
	pingEvery = 5 * time.Second
	// watchEvery is the same while a board warns of a pulse: it calls the pulse
	// off if it has heard nothing for 3 s.
	watchEvery = time.Second
	// mostCommands is how many commands of one board may be unanswered.
	mostCommands = 64
	// queueLen is how many frames may wait to be written: every command and
	// a few more.
	queueLen = mostCommands + 16
)

// session is the live link to one board. Its board's goroutine reads; whoever has
// something to send writes (writer.go); the registry calls Send from anywhere.
type session struct {
	board *board
	name  string // of the board, as it was when the session began
	conn  *conn
	key   wire.Key        // that the session was opened with
	hello wire.BoardHello // what the board said first; Points are dropped
	// reports is the reader's buffer for the registry.
	reports    []registry.PointReport
	attachment *registry.Attachment // nil with the wrong chip
	// spawn runs a helper whose context ends with the session; called with the
	// board's lock held while the session is the live one.
	spawn   func(func(context.Context))
	helpers sync.WaitGroup
	ration  ration
	flooded time.Time // when a report came too often: the reader's own
	// whole is set when the next state frame lists every point there is. The
	// reader's own.
	whole bool

	writer writer
	writes sync.WaitGroup // who writes
	done   chan struct{}  // closed when the session ends
	reply  chan wire.BoardFrame

	mu       sync.Mutex
	ended    bool
	why      *parting // set when we end it, nil while the peer may
	clock    boardClock
	asked    question // the ping that is out
	known    moment   // the best that there is
	config   push
	leases   []lease                 // that the house wants
	feeds    map[entity.PointID]feed // that wait to be sent
	queue    []wire.ServerFrame      // to be written, the oldest first; queueLen at most
	lastID   int64
	commands map[int64]*command
	writing  bool // somebody does, or nobody may yet
	more     bool // whoever writes looks again
	leased   bool // and renews at once
}

func newSession(b *board, o *opened, now time.Time) *session {
	s := &session{
		board: b, conn: o.conn, key: o.key, hello: *o.hello,
		done:     make(chan struct{}),
		reply:    make(chan wire.BoardFrame, 1),
		commands: make(map[int64]*command),
		ration:   rationOf(b.m.reports),
		writing:  true,
	}
	s.writer.session = s
	s.clock.hear(s.hello.Stamp, now)
	s.known = moment{o.asked, s.hello.Up, now.Sub(o.asked)} // it answers our hello, too, at once
	s.config.inForce = s.hello.Config
	s.hello.Points = nil
	return s
}

// greet exchanges hellos on a connection that has just been opened. The error
// is a *fault or the connection's own.
func greet(c *conn, id entity.BoardID, version string, adopting bool) (*wire.BoardHello, error) {
	err := c.write(&wire.ServerHello{Proto: wire.Proto, Server: version, Unix: time.Now().UnixMilli()})
	if err != nil {
		return nil, err
	}
	f, err := c.read()
	if err != nil {
		return nil, err
	}
	hello, ok := f.(*wire.BoardHello)
	switch {
	case !ok:
		return nil, badFrame(errors.New("the first frame is no hello"))
	case hello.ID != id:
		return nil, &fault{closeBadFrame, "not the board that was dialled", errWrongID}
	case hello.Adopt != adopting:
		return nil, badFrame(errors.New("adoption and session mixed up"))
	}
	return hello, nil
}

var errWrongID = errors.New("the board has another id")

// read handles frames until the connection ends, and says why it did.
func (s *session) read() error {
	for {
		if err := s.conn.ws.SetReadDeadline(time.Now().Add(silence)); err != nil {
			return err
		}
		f, err := s.conn.read()
		if err != nil {
			return err
		}
		if err := s.handle(f, time.Now()); err != nil {
			return err
		}
	}
}

func (s *session) handle(f wire.BoardFrame, now time.Time) error {
	stamp := f.Stamped()
	s.mu.Lock()
	if stamp.Boot != s.clock.boot {
		s.mu.Unlock()
		return badFrame(errors.New("another boot within a session"))
	}
	s.clock.hear(stamp, now)
	var late []*command
	if pong, ok := f.(*wire.Pong); ok {
		s.answered(pong.N, stamp.Up, now)
		late = s.overdue(stamp.Up)
	}
	clock, known := s.clock, s.known
	s.mu.Unlock()
	s.giveUp(late)
	s.calm(now)

	switch f := f.(type) {
	case *wire.State:
		return s.state(f.Points, clock, now)
	case *wire.Event:
		return s.event(f, known.earliest(stamp.Up, now), now)
	case *wire.Result:
		s.result(f)
	case *wire.Configured:
		s.configured(f.Rev, now)
	case *wire.ConfigError:
		s.configRefused(f)
	case *wire.Stats:
		s.board.setStats(f)
	case *wire.Rotated, *wire.Forgotten:
		select {
		case s.reply <- f:
		default: // nobody asked
		}
	case *wire.Update:
		s.board.updateNews(updateEvent{s, f})
	case *wire.Unknown:
		s.board.countUnknown()
	case *wire.BoardHello, *wire.Adopted:
		return badFrame(errors.New("out of order"))
	}
	return nil
}

func (s *session) state(points []wire.Point, clock boardClock, now time.Time) error {
	if s.attachment == nil {
		return nil
	}
	reports := s.translate(points, clock)
	whole := s.whole
	if s.whole = false; whole {
		s.board.setPoints(len(points))
	}
	inTime, err := s.report(reports, whole, now)
	if !inTime {
		s.tooOften(now)
	}
	return err
}

func (s *session) event(f *wire.Event, made, now time.Time) error {
	if s.attachment == nil {
		return nil
	}
	inTime, err := s.gesture(f, made, now)
	if !inTime {
		s.tooOften(now)
	}
	return err
}

// translate puts a frame's points into the words of the registry, in a buffer
// that is good until the next frame.
func (s *session) translate(points []wire.Point, clock boardClock) []registry.PointReport {
	if cap(s.reports) > 2*len(points)+8 {
		s.reports = nil // a hello's worth of room is not kept for one point
	}
	s.reports = s.reports[:0]
	for i := range points {
		p := &points[i]
		s.reports = append(s.reports, registry.PointReport{
			Point: p.ID, Value: p.Value, At: clock.when(p.Up),
			Cause: s.causeOf(p), ByPoint: p.By,
		})
	}
	return s.reports
}

func (s *session) causeOf(p *wire.Point) entity.Cause {
	switch p.Cause {
	case wire.CauseCommand:
		s.mu.Lock()
		defer s.mu.Unlock()
		if c := s.commands[p.Cmd]; c != nil {
			return c.cause
		}
		return entity.Cause{Kind: entity.CauseBoard} // of an earlier session
	case wire.CauseBinding:
		return entity.Cause{Kind: entity.CauseButton}
	case wire.CauseInput:
		return entity.Cause{Kind: entity.CauseBoard}
	}
	return entity.Cause{Kind: entity.CauseKind(p.Cause)} // the rest share their names
}

// end lets nobody begin to write, and ends the wait of whoever waits. It does not wait itself.
func (s *session) end() {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	s.ended = true
	lost := s.commands
	s.commands = nil
	s.mu.Unlock()
	close(s.done)
	for _, c := range lost {
		c.done(registry.BoardResult{Status: entity.StatusFailed, Code: entity.CodeLinkLost,
			Said: entity.Say("link_lost", "The link to {board} broke before it answered", "board", s.name)})
	}
}

// leave ends the connection for a reason of ours; the first one counts.
func (s *session) leave(p parting) {
	s.mu.Lock()
	if s.why == nil {
		s.why = &p
	}
	s.mu.Unlock()
	s.conn.close(p.code, p.tell)
}

// parting judges how the session ended, from what read returned.
func (s *session) parting(err error) parting {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why != nil {
		return *s.why
	}
	return partingOf(err)
}

// parting is how a session that ended looks to people, and what the peer is told.
type parting struct {
	code    int    // close code; 0 when there is nobody to tell
	tell    string // with code
	status  entity.BoardStatus
	why     entity.Said
	hostile bool // counted and logged as the peer's fault
	again   bool // dial again at once
	hinted  bool // the peer says so
	taken   bool // somebody else has the board: do not hurry
}

// partingOf judges the error that ended a session.
func partingOf(err error) parting {
	var f *fault
	var closed *websocket.CloseError
	switch {
	case errors.As(err, &f):
		p := parting{code: f.code, tell: f.reason, status: entity.BoardOffline, hostile: true,
			why: entity.Say("misbehaved", "The link was ended: {_reason}", "_reason", f.reason)}
		if errors.Is(err, errWrongID) {
			p.status, p.why = entity.BoardWrongID, entity.Say("other_board", "The link was ended: not the board that was dialled")
		}
		return p
	case errors.As(err, &closed):
		return partingOfClose(closed.Code)
	case errors.Is(err, registry.ErrStale):
		return parting{code: websocket.CloseNormalClosure, status: entity.BoardOffline,
			why: entity.Say("other_session", "Another session speaks for the board")}
	case isTimeout(err):
		return parting{code: closeSilent, tell: "silent", status: entity.BoardOffline,
			why: entity.Say("silent", "No answer for {seconds} s", "seconds", int(silence.Seconds()))}
	}
	return parting{status: entity.BoardOffline, why: linkBroke()}
}

func partingOfClose(code int) parting {
	p := parting{status: entity.BoardOffline}
	switch code {
	case closeTaken:
		p.why, p.taken = entity.Say("taken_over", "Another server or session has taken the board over"), true
	case closeSilent:
		p.why = entity.Say("heard_nothing", "The board heard nothing from the server")
	case closeNewKey:
		p.why, p.hinted = changesKey(), true
	case closeRestart:
		p.why = entity.Say("restarts", "The board restarts")
	case closeBadFrame:
		p.why = entity.Say("not_understood", "The board did not understand the server")
	case websocket.CloseAbnormalClosure: // not a word, only the end of the stream
		p.why = linkBroke()
	default:
		p.why = entity.Say("link_ended", "The board ended the link ({close})", "close", code)
	}
	return p
}

func linkBroke() entity.Said { return entity.Say("link_broke", "The link broke") }

func changesKey() entity.Said { return entity.Say("changes_key", "The board changes its key") }

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
