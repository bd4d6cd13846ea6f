package link

import (
	"fmt"

	"hob/internal/wire"
)

// push is how far a session is with the board's configuration. The session's
// lock guards it.
type push struct {
	wanted  wire.Config
	inForce string // the revision that the board has said is in force
	sending bool
	at      int // -1 config_begin, then items, then config_commit
}

// configure makes c what the board should have, and begins to send it when the
// board has something else; settled says that it has not. A push under way
// begins anew.
func (s *session) configure(c wire.Config, leases []lease) (settled bool) {
	s.mu.Lock()
	same := s.config.wanted.Rev == c.Rev && s.config.sending
	s.config.wanted, s.leases = c, leases
	if !same {
		s.config.sending, s.config.at = c.Rev != s.config.inForce, -1
	}
	settled = c.Rev == s.config.inForce
	s.mu.Unlock()
	s.nudge()
	return settled
}

// nextConfig is the next frame of the configuration; nil when there is none.
// Only the writer calls it.
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
	return &wire.ConfigCommit{Rev: p.wanted.Rev}
}

// configured notes what is in force. The next state frame lists every point.
func (s *session) configured(rev string) {
	s.mu.Lock()
	s.config.inForce = rev
	settled := rev == s.config.wanted.Rev
	s.mu.Unlock()
	s.whole = true
	s.board.setConfig(rev, settled)
	s.nudge() // leases may have begun
}

// configRefused shows why the board stays with what it had.
func (s *session) configRefused(f *wire.ConfigError) {
	s.mu.Lock()
	current := f.Rev == s.config.wanted.Rev
	s.mu.Unlock()
	if current {
		s.board.configRefused(fmt.Sprintf("The board refuses its configuration: %s (%s, %s)", f.Message, f.Path, f.Code))
	}
}
