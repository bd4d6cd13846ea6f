package link

import (
	"cmp"
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

// lease is the points of a board that share one lease time. Each has a frame of
// its own, so that a renewal held up on its way gives no point more than its due.
type lease struct {
	length time.Duration
	points []entity.PointID
}

// minRenew keeps a very short lease from flooding the link.
const minRenew = 100 * time.Millisecond

// leasesOf lists the leases of each board, the shortest first.
func leasesOf(house *entity.House) map[entity.BoardName][]lease {
	boards := make(map[entity.BoardName][]lease)
	for _, e := range house.Entities {
		out, ok := entity.OutputOf(e.Spec)
		if !ok || out.Lease <= 0 {
			continue
		}
		leases := boards[out.Board]
		i := slices.IndexFunc(leases, func(l lease) bool { return l.length == out.Lease })
		if i < 0 {
			i = len(leases)
			leases = append(leases, lease{length: out.Lease})
		}
		leases[i].points = append(leases[i].points, entity.GPIO(out.Pin))
		boards[out.Board] = leases
	}
	for _, leases := range boards {
		slices.SortFunc(leases, func(a, b lease) int { return cmp.Compare(a.length, b.length) })
	}
	return boards
}

// renewEvery is a third of the shortest lease; 0 when there is none.
func renewEvery(leases []lease) time.Duration {
	if len(leases) == 0 {
		return 0
	}
	return max(leases[0].length/3, minRenew)
}

// together lists what is in either, the shortest first.
func together(a, b []lease) []lease {
	all := slices.Clone(a)
	for _, l := range b {
		same := func(o lease) bool { return o.length == l.length && slices.Equal(o.points, l.points) }
		if !slices.ContainsFunc(all, same) {
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b lease) int { return cmp.Compare(a.length, b.length) })
	return all
}

// due lists the leases to renew: what the house wants and what is in force,
// which differ while the board stores, refuses or cannot hold a configuration.
// An output that works must not go off for that; the board skips the points
// that it does not know, and gives none more than its due.
func (s *session) due(now time.Time) (frames []*wire.Renew, every time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	leases := together(s.leases, s.config.kept)
	for _, l := range leases {
		frames = append(frames, &wire.Renew{Points: l.points, Until: s.clock.uptime(now.Add(l.length))})
	}
	return frames, renewEvery(leases)
}
