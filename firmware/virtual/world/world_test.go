package world

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestTheAfternoonIsWarmestAndTheNightColdest(t *testing.T) {
	w := Weather{Mean: 8, Swing: 5, Midnight: -3 * time.Hour} // the epoch is at 3 o'clock
	if got := w.Temperature(0); math.Abs(got-3) > 1e-9 {
		t.Errorf("at 3:00 %v", got)
	}
	if got := w.Temperature(12*time.Hour + 10*24*time.Hour); math.Abs(got-13) > 1e-9 {
		t.Errorf("at 15:00 %v", got)
	}
}

func aRoom() *Room { return &Room{Temp: 20, Mass: 1.2e6, Loss: 60, Heat: 1800, Cool: 1200} }

func TestARoomGoesToItsBalance(t *testing.T) {
	w := Weather{Mean: 5}
	for _, c := range []struct {
		name string
		set  func(*Room)
		want float64
	}{
		{"cold", func(*Room) {}, 5},
		{"heated", func(r *Room) { r.Heating = true }, 5 + 1800.0/60},
		{"cooled", func(r *Room) { r.Cooling = true }, 5 - 1200.0/60},
		{"heated with an open window", func(r *Room) { r.Heating, r.Draught = true, true }, 5 + 1800.0/480},
	} {
		r := aRoom()
		c.set(r)
		r.Advance(30*24*time.Hour, w)
		if math.Abs(r.Temp-c.want) > 1e-3 {
			t.Errorf("%s: %v, want %v", c.name, r.Temp, c.want)
		}
	}
}

// The steps are exact, so it must not matter how time is cut up.
func TestARoomDoesNotDependOnHowOftenItIsLookedAt(t *testing.T) {
	w := Weather{Mean: 5}
	once, often := aRoom(), aRoom()
	once.Heating, often.Heating = true, true
	once.Advance(10*time.Hour, w)
	for at := time.Duration(0); at <= 10*time.Hour; at += 7 * time.Second {
		often.Advance(at, w)
	}
	often.Advance(10*time.Hour, w)
	often.Advance(time.Hour, w) // backwards is standing still
	if math.Abs(once.Temp-often.Temp) > 1e-6 {
		t.Errorf("%v and %v", once.Temp, often.Temp)
	}
}

const s = time.Second

func aDoor() *Door { return &Door{Travel: 20 * s, Latency: 300 * time.Millisecond} }

func TestADoorTravelsAndItsReedsChangeAtTheEnds(t *testing.T) {
	d := aDoor()
	d.Press(1 * s)
	if d.Advance(1200 * time.Millisecond); !d.Closed() || d.Motion() != Opening {
		t.Error("the motor needs a moment")
	}
	if d.Advance(11300 * time.Millisecond); d.Closed() || d.Open() || math.Abs(d.Place()-0.5) > 1e-6 {
		t.Errorf("half-way it is at %v", d.Place())
	}
	if d.Advance(21300 * time.Millisecond); !d.Open() || d.Motion() != Still {
		t.Errorf("after its travel it is at %v, %v", d.Place(), d.Motion())
	}
	d.Press(30 * s)
	if d.Advance(60 * s); !d.Closed() || d.Motion() != Still {
		t.Errorf("it does not close: %v, %v", d.Place(), d.Motion())
	}
}

func TestAPressInMidTravelStopsAndTheNextTurnsBack(t *testing.T) {
	d := aDoor()
	d.Press(0)
	d.Press(8 * s)
	place := d.Place()
	if d.Advance(100 * s); d.Motion() != Still || d.Place() != place {
		t.Errorf("it goes on to %v", d.Place())
	}
	d.Press(100 * s)
	if d.Motion() != Closing {
		t.Errorf("it was opening and goes on %v", d.Motion())
	}
	d.Press(102 * s)
	d.Press(110 * s)
	if d.Motion() != Opening {
		t.Errorf("it was closing and goes on %v", d.Motion())
	}
}

func TestAClosingDoorTurnsBackAtAnObstacle(t *testing.T) {
	d := aDoor()
	d.Put(1, 0)
	d.Block = 0.4
	d.Press(0)
	closed := false
	for at := time.Duration(0); at < 60*s; at += 50 * time.Millisecond {
		d.Advance(at)
		closed = closed || d.Closed() || d.Place() < 0.4-1e-9
	}
	if closed || !d.Open() || d.Motion() != Still {
		t.Errorf("closed %v, then at %v, %v", closed, d.Place(), d.Motion())
	}
}

func TestAJammedDoorStaysWhereItIs(t *testing.T) {
	d := aDoor()
	d.Jammed = true
	d.Press(0)
	if d.Advance(time.Hour); !d.Closed() {
		t.Errorf("at %v", d.Place())
	}
	if _, moves := d.Next(); moves {
		t.Error("nothing will happen")
	}
}

// Whoever looks at the door only when Next says so sees every change of a reed,
// within a millisecond of the time at which it happens.
func TestNextMissesNoReed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		sparse, dense := aDoor(), aDoor()
		if r.IntN(3) == 0 {
			sparse.Block, dense.Block = 0.3, 0.3
		}
		now := time.Duration(0)
		for range 20 {
			until := now + time.Duration(r.IntN(30000))*time.Millisecond
			sparse.Press(now)
			dense.Press(now)
			want := reedChanges(dense, now, until, func() time.Duration { return dense.at + time.Millisecond })
			got := reedChanges(sparse, now, until, func() time.Duration {
				next, ok := sparse.Next()
				if !ok {
					return until
				}
				return next
			})
			if len(got) != len(want) {
				t.Fatalf("%v and %v", got, want)
			}
			for i := range got {
				if diff := got[i] - want[i]; diff > time.Millisecond || diff < -time.Millisecond {
					t.Fatalf("%v and %v", got, want)
				}
			}
			now = until
		}
	}
}

func reedChanges(d *Door, from, until time.Duration, next func() time.Duration) (at []time.Duration) {
	closed, open := d.Closed(), d.Open()
	for d.Advance(from); d.at < until; {
		d.Advance(min(next(), until))
		if d.Closed() != closed || d.Open() != open {
			closed, open = d.Closed(), d.Open()
			at = append(at, d.at)
		}
	}
	return at
}

func TestSensorsHaveNoiseAndFaults(t *testing.T) {
	sensor := &Sensor{Noise: 0.1, Rand: rand.New(rand.NewPCG(3, 4))}
	sum, square := 0.0, 0.0
	const n = 10000
	for range n {
		x := sensor.Read(20) - 20
		sum, square = sum+x, square+x*x
	}
	if math.Abs(sum/n) > 0.01 || math.Abs(math.Sqrt(square/n)-0.1) > 0.01 {
		t.Errorf("mean error %v, deviation %v", sum/n, math.Sqrt(square/n))
	}
	last := sensor.Read(20)
	sensor.Fault = FaultStuck
	if got := sensor.Read(35); got != last {
		t.Errorf("stuck at %v, shows %v", last, got)
	}
	sensor.Fault = FaultOutOfRange
	if got := sensor.Read(20); got < 100 {
		t.Errorf("out of range is %v", got)
	}
	sensor.Fault, sensor.Noise = FaultNone, 0
	if got := sensor.Read(21); got != 21 {
		t.Errorf("mended, it shows %v", got)
	}
}
