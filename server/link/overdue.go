package link

import (
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/wire"
)

// resultWait is how long after the latest end that a command can have its answer is
// awaited: a board that is busy says it later than it does it.
const resultWait = 5 * time.Second

// overdue takes the commands whose answers are awaited no more, by the uptime that the
// board has just said: it did them long ago or does them no more. Else a board that
// answers pings and nothing else would soon have no place for a command until its
// session ends, and people would read that it is busy. The caller holds s.mu.
func (s *session) overdue(up wire.Uptime) (late []*command) {
	for id, c := range s.commands {
		if up > c.over {
			late = append(late, c)
			delete(s.commands, id)
		}
	}
	return late
}

// giveUp ends commands as unanswered.
func (s *session) giveUp(late []*command) {
	if len(late) == 0 {
		return
	}
	s.tellAll()
	for _, c := range late {
		c.done(registry.BoardResult{Status: entity.StatusExpired, Code: entity.CodeTimeout,
			Said: registry.NoReply(s.name, c.limit.Round(time.Second))})
	}
}
