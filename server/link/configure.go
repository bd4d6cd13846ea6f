package link

import (
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

// mostUnanswered is how many commits are remembered that have no answer yet.
const mostUnanswered = 16

// revision is a configuration by its name, and what it leases.
type revision struct {
	rev    string
	leases []lease
}

// push is how far a session is with the board's configuration. The session's
// lock guards it.
type push struct {
	wanted  wire.Config
	leases  []lease // of wanted
	inForce string  // the revision that the board has said is in force
	kept    []lease // of inForce, as far as it is known
	// unanswered are the commits that were sent. The board answers each, in order.
	unanswered []revision
	sending    bool
	at         int // -1 config_begin, then items, then config_commit
}

// expected is the revision that will be in force if nothing more is sent and
// nothing is refused.
func (p *push) expected() string {
	if n := len(p.unanswered); n > 0 {
		return p.unanswered[n-1].rev
	}
	return p.inForce
}

// answered takes the answer to a commit, and to those before it. One that was
// not sent is taken for an answer to the oldest.
func (p *push) answered(rev string) (r revision, ours bool) {
	i := slices.IndexFunc(p.unanswered, func(r revision) bool { return r.rev == rev })
	if ours = i >= 0; ours {
		r = p.unanswered[i]
	}
	p.unanswered = p.unanswered[min(max(i, 0)+1, len(p.unanswered)):]
	return r, ours
}

// lease makes leases what the house wants to be renewed.
func (s *session) lease(leases []lease) {
	s.mu.Lock()
	s.leases = leases
	s.mu.Unlock()
	s.nudge()
}

// configure makes c what the board should have, and begins to send it when the
// board will have something else; settled says that it has c. Another push
// under way is given up, which the board takes for unfinished.
func (s *session) configure(c wire.Config, leases []lease) (settled bool) {
	s.mu.Lock()
	p := &s.config
	same := p.sending && p.wanted.Rev == c.Rev
	p.wanted, p.leases = c, leases
	if !same {
		p.sending, p.at = c.Rev != p.expected(), -1
	}
	settled = c.Rev == p.inForce
	s.mu.Unlock()
	s.nudge()
	return settled
}

// nextConfig is the next frame of the configuration; nil when there is none.
func (s *session) nextConfig() wire.ServerFrame {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.config
	if !p.sending {
		return nil
	}
	n := p.at
	p.at++
	switch {
	case n < 0:
		return &wire.ConfigBegin{Rev: p.wanted.Rev, Items: len(p.wanted.Items), SHA256: p.wanted.SHA256}
	case n < len(p.wanted.Items):
		return &wire.ConfigItem{N: n, Item: p.wanted.Items[n]}
	}
	p.sending = false
	p.unanswered = append(p.unanswered, revision{p.wanted.Rev, p.leases})
	p.unanswered = p.unanswered[max(0, len(p.unanswered)-mostUnanswered):]
	return &wire.ConfigCommit{Rev: p.wanted.Rev}
}

// configured notes what is in force. The next state frame lists every point.
func (s *session) configured(rev string, now time.Time) {
	s.mu.Lock()
	p := &s.config
	r, known := p.answered(rev)
	settled := rev == p.wanted.Rev
	if settled {
		r, known = revision{rev, p.leases}, true
	}
	p.inForce = rev
	if known {
		p.kept = r.leases
	}
	s.mu.Unlock()
	s.whole = true
	if known {
		s.board.setConfig(r, settled)
	} else {
		s.board.setForeign(rev)
	}
	if !s.settle(now) {
		s.tooOften(now)
	}
}

// settled has everybody know what is in force.
func (s *session) settled() {
	s.board.showLive()
	s.nudge() // leases may have begun
	s.board.mu.Lock()
	s.board.feedAll(s) // points may be there that were not
	s.board.mu.Unlock()
}

// configRefused shows why the board stays with what it had. Only the answer to
// a commit counts: a board that repeats itself says nothing new.
func (s *session) configRefused(f *wire.ConfigError) {
	s.mu.Lock()
	p := &s.config
	asked := slices.ContainsFunc(p.unanswered, func(r revision) bool { return r.rev == f.Rev })
	if asked {
		p.answered(f.Rev)
	}
	current := f.Rev == p.wanted.Rev
	s.mu.Unlock()
	if asked && current {
		s.board.configRefused(refusedWords(f))
	}
}

// refusedWords is why a board refuses its configuration, which may be no fault of
// anything in it.
func refusedWords(f *wire.ConfigError) entity.Said {
	words, code := clipWords(f.Message), clip(f.Code)
	if f.Path == "" {
		return entity.Say("config_refused_whole", "The board refuses its configuration: {_words} ({code})", "_words", words, "code", code)
	}
	return entity.Say("config_refused", "The board refuses its configuration: {_words} ({path}, {code})",
		"_words", words, "path", clip(f.Path), "code", code)
}
