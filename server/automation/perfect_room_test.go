package automation

import (
	"math/big"
	"time"

	"hob/internal/entity"
)

// perfectRoom is where a heater's sensor is. As the guide says, it warms up by 2 °C
// an hour and loses half a degree, down to 8 °C; where there is only a cooler, the
// other way round and up to 30 °C. Its sensor shows tenths of a degree.
type perfectRoom struct {
	board  *perfectBoard
	point  entity.PointID
	stats  []*perfectHeater
	still  bool // it keeps its temperature
	shown  entity.Temp
	is     *big.Rat // how warm it was, in thousandths of a degree, exactly
	at     time.Time
	pace   int64 // in thousandths an hour
	ticker *pause
}

func (r *perfectRoom) heats() bool {
	for _, h := range r.stats {
		if !h.spec.Cools {
			return true
		}
	}
	return false
}

// drift is how it changes now.
func (r *perfectRoom) drift() int64 {
	for _, h := range r.stats {
		if h.on && h.spec.Cools {
			return -2000
		} else if h.on {
			return 2000
		}
	}
	outside := entity.Temp(30_000)
	if r.heats() {
		outside = 8_000
	}
	return 500 * int64(max(min(outside-r.shown, 1), -1))
}

var hour = big.NewRat(int64(time.Hour), 1)

// goOn lets it go on from how it is by now.
func (r *perfectRoom) goOn() {
	if r.still {
		return
	}
	now := time.Now()
	gone := new(big.Rat).Mul(big.NewRat(r.pace, 1), new(big.Rat).Quo(big.NewRat(int64(now.Sub(r.at)), 1), hour))
	r.is, r.at = new(big.Rat).Add(r.is, gone), now
	r.pace = r.drift()
	if r.ticker != nil {
		r.ticker.Stop()
	}
	if r.pace == 0 {
		return
	}
	next := r.shown + 100
	if r.pace < 0 {
		next = r.shown - 100
	}
	way := new(big.Rat).Sub(big.NewRat(int64(next), 1), r.is)
	after := new(big.Rat).Mul(new(big.Rat).Quo(way, big.NewRat(r.pace, 1)), hour)
	r.ticker = r.board.of.after(time.Duration(new(big.Int).Quo(after.Num(), after.Denom()).Int64()).Truncate(time.Millisecond), func() { r.become(next) })
}

// become makes it so warm.
func (r *perfectRoom) become(t entity.Temp) {
	r.shown, r.is, r.at = t, big.NewRat(int64(t), 1), time.Now()
	r.board.report(r.point, entity.Value{Reading: &entity.Reading{Valid: true, Number: int64(t)}}, entity.Cause{Kind: entity.CauseSensor})
	for _, h := range r.stats {
		h.regulate()
	}
	r.goOn()
}

// letGo has all rooms change from now on.
func (p *perfectBoards) letGo() {
	for _, r := range p.rooms {
		r.still, r.at = false, time.Now()
		r.goOn()
	}
}
