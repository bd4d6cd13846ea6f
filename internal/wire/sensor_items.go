package wire

import (
	"fmt"
	"hash/fnv"
	"time"

	"hob/internal/entity"
)

// Defaults of a sensor's members in docs/wire.md.
const (
	defaultEvery = 30 * time.Second
	defaultLow   = entity.MinTemp
	defaultHigh  = entity.MaxTemp
)

func (w writer) temp(name string, t, absent entity.Temp) writer {
	if t == absent {
		return w
	}
	return w.integer(name, int64(t))
}

func sensorItem(s *entity.Sensor) []byte {
	w := item("sensor").str("point", string(s.Ref().Point)).str("type", string(s.Type))
	if s.Type == entity.SensorSHT3x {
		w = w.integer("addr", int64(s.Address))
	} else {
		w = w.integer("pin", int64(s.Pin))
	}
	w = w.millis("every", s.Every, defaultEvery)
	if s.MeasuresTemp() {
		w = w.temp("offset", s.Offset, 0).temp("low", s.Low, defaultLow).temp("high", s.High, defaultHigh)
	}
	if s.Type == entity.SensorNTC {
		w = w.integer("beta", int64(s.Beta)).integer("r25", int64(s.R25)).integer("series", int64(s.Series))
	}
	return w.close()
}

// fedItem is a sensor of another board. What its own board has found plausible is
// plausible here; the check is repeated because this board relies on it.
func fedItem(point entity.PointID, source *entity.Sensor) []byte {
	w := item("sensor").str("point", string(point)).str("type", "fed")
	if source != nil {
		w = w.temp("low", source.Low, defaultLow).temp("high", source.High, defaultHigh)
	}
	return w.close()
}

func thermostatItem(t *entity.Thermostat, sensor entity.PointID) []byte {
	w := item("thermostat").str("relay", string(entity.GPIO(t.Relay))).str("sensor", string(sensor)).
		flag("cools", t.Cools).
		integer("low", int64(t.Low)).integer("high", int64(t.High)).
		integer("hysteresis", int64(t.Hysteresis)).
		integer("min_on", t.MinOn.Milliseconds()).integer("min_off", t.MinOff.Milliseconds()).
		integer("lost", t.LostAfter.Milliseconds())
	if t.Frost != nil {
		w = w.integer("frost", int64(*t.Frost))
	}
	if t.Fallback != nil {
		w = w.integer("fallback", int64(*t.Fallback))
	}
	return w.close()
}

// FedPoint is the point that stands on a board for a sensor of another board.
// It is named after the hardware, as all points are: renaming changes nothing.
func FedPoint(board entity.BoardID, p entity.PointID) entity.PointID {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s/%s", board, p)
	return entity.PointID(fmt.Sprintf("fed-%08x", h.Sum32()))
}
