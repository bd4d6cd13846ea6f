package link

import (
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

// plan is p in the board's own time.
func (c boardClock) plan(p *entity.Plan, now time.Time) wire.Plan {
	if p == nil {
		return wire.Plan{}
	}
	return planAt(p, now, c.uptime(now))
}

// planAt is p in the time of a board whose uptime at now is up. What is over is
// left out, so that the first segment has begun; what a board has no room for is
// cut off at the end, long before which the next plan is there.
//
// A plan is times of day, so it is told from now's: the clock may have been set
// since the board's last frame came, and the times of that are by the old one.
func planAt(p *entity.Plan, now time.Time, up wire.Uptime) wire.Plan {
	uptime := func(t time.Time) wire.Uptime { return max(0, up+wire.Uptime(t.Sub(now).Milliseconds())) }
	out := wire.Plan{ID: p.ID, Locked: p.Locked, End: uptime(p.End)}
	segments := p.Segments
	for len(segments) > 1 && !segments[1].From.After(now) {
		segments = segments[1:]
	}
	for i, s := range segments {
		from := uptime(s.From)
		if i == 0 {
			from = min(from, up)
		} else {
			from = max(from, out.Segments[i-1].From+1) // rounding must not make two of them one
		}
		if i == wire.MaxSegments {
			out.End = from
			break
		}
		out.Segments = append(out.Segments, wire.Segment{From: from, To: target(s.To)})
	}
	if n := len(out.Segments); n > 0 {
		out.End = max(out.End, out.Segments[n-1].From+1)
	}
	return out
}

func target(s entity.Setting) *entity.Temp {
	if s.Off {
		return nil
	}
	return &s.Temp
}
