package link

import (
	"testing"
	"testing/synctest"
	"time"

	"hob/internal/entity"
	"hob/internal/wire"
)

var yardSensor = entity.PointRef{Board: "yard", Point: "gpio4"}

func withYard(h *entity.House) {
	h.Boards = append(h.Boards, entity.Board{Name: "yard", ID: "hob-a0b765", Chip: "esp32"})
}

// heated is a house whose heater on hall goes by a sensor on yard.
func heated(h *entity.House) {
	withYard(h)
	h.Entities = append(h.Entities, entity.Entity{ID: "heater", Spec: &entity.Thermostat{
		Board: "hall", Relay: 21, Sensor: "outside", SensorPoint: yardSensor}})
}

func read(milli int64) entity.Reading { return entity.Reading{Valid: true, Number: milli} }

func TestAFeedReachesTheBoardWithItsAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse(withYard))
		r.m.SetHouse(testHouse(heated))
		r.online()
		r.m.Feed("hall", yardSensor, read(-5_250), time.Now().Add(-1200*time.Millisecond))
		r.m.Feed("hall", entity.PointRef{Board: "yard", Point: "gpio5"}, read(1), time.Now()) // nobody needs it
		r.m.Feed("yard", yardSensor, read(2), time.Now())
		r.m.Feed("attic", yardSensor, read(3), time.Now())
		r.m.Feed("hall", yardSensor, entity.Reading{}, time.Now())
		pass(time.Second)
		feeds := received[*wire.Feed](r.hall)
		if len(feeds) != 1 {
			t.Fatalf("%d feeds", len(feeds))
		}
		f := feeds[0]
		late := r.hall.up() - f.Until + wire.Uptime(feedLife.Milliseconds())
		if f.Point != wire.FedPoint("hob-a0b765", "gpio4") || *f.Value != -5_250 || f.Age < 1200 || f.Age > 1300 || late < 0 {
			t.Errorf("%+v, %d ms", f, late)
		}
		// An older one does not take its place, not even if it comes later.
		r.m.Feed("hall", yardSensor, read(7), time.Now().Add(-time.Hour))
		pass(time.Second)
		if n := len(received[*wire.Feed](r.hall)); n != 1 {
			t.Errorf("%d feeds", n)
		}
	})
}

func TestABoardThatComesBackIsToldTheNewestOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse(withYard))
		r.m.SetHouse(testHouse(heated))
		for n := range int64(100) {
			r.m.Feed("hall", yardSensor, read(20_000+n), time.Now())
			pass(10 * time.Millisecond)
		}
		r.online()
		pass(time.Second)
		feeds := received[*wire.Feed](r.hall)
		if len(feeds) == 0 {
			t.Fatal("no feed")
		}
		for _, f := range feeds { // told again when the configuration is in force
			if *f.Value != 20_099 {
				t.Errorf("%d", *f.Value)
			}
		}
	})
}

func TestWhatNoThermostatNeedsAnyMoreIsNotFed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, testHouse(withYard))
		r.m.SetHouse(testHouse(heated))
		r.online()
		r.m.Feed("hall", yardSensor, read(20_000), time.Now())
		pass(time.Second)
		before := len(received[*wire.Feed](r.hall))
		r.m.SetHouse(testHouse(withYard))
		pass(time.Second)
		r.m.Feed("hall", yardSensor, read(21_000), time.Now())
		pass(time.Second)
		r.m.SetHouse(testHouse(heated))
		pass(time.Second)
		if n := len(received[*wire.Feed](r.hall)) - before; n != 0 {
			t.Errorf("%d feeds", n)
		}
	})
}
