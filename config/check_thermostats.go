package config

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// maxBoardThermostats is what a board holds (docs/wire.md).
const maxBoardThermostats = 8

// checkThermostatSensor: what a thermostat goes by measures a temperature.
func (b *book) checkThermostatSensor(it item, y *thermostatYAML) {
	if !y.Sensor.valid {
		return
	}
	if _, exists := b.byID[entity.ID(y.Sensor.value)]; !exists {
		b.unknownSensor(it, y.Sensor)
		return
	}
	b.refersTo([]reference{y.Sensor}, fmt.Sprintf("a %s goes by a sensor", kindName(it.kind())), entity.KindSensor)
	sensor, ok := b.byID[entity.ID(y.Sensor.value)].body.(*sensorYAML)
	if !ok || !sensor.Type.valid || sensor.measuresTemp() {
		return
	}
	there := sensor.Type.at.span()
	y.Sensor.at.problem(problem{code: diag.WrongKind,
		message:    fmt.Sprintf("the sensor %q measures no temperature: its type is %s", y.Sensor.value, sensor.Type.value),
		suggestion: b.r.didYouMean(y.Sensor.value, b.thermometers(), "declare a sensor of the type ds18b20, dht22, sht3x or ntc"),
	}, diag.Related{Span: there, Message: "its type"})
}

// unknownSensor suggests by the name, else the sensors of the area that is to be
// heated or cooled, else those that there are.
func (b *book) unknownSensor(it item, ref reference) {
	names := b.thermometers()
	suggestion := b.r.didYouMean(ref.value, names, "declare it under sensors")
	if bare := bareID(ref.value); b.byID[entity.ID(bare)].body != nil {
		suggestion = "did you mean " + bare + "?"
	}
	area := it.common().Area.value
	here := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return b.byID[entity.ID(name)].common().Area.value != area
	})
	if area != "" && len(here) > 0 && b.r.nearest(ref.value, names) == "" {
		suggestion = fmt.Sprintf("in the area %q there is: %s", area, strings.Join(here, ", "))
	}
	ref.at.problem(problem{code: diag.UnknownEntity, message: fmt.Sprintf("there is no sensor %s", quote(ref.value)), suggestion: suggestion})
}

// thermometers are the sensors that measure a temperature.
func (b *book) thermometers() []string {
	var out []string
	if b.r.exhausted() {
		return nil
	}
	for _, it := range b.items {
		if y, ok := it.body.(*sensorYAML); ok && y.measuresTemp() {
			out = append(out, string(it.id))
		}
	}
	return out
}

// checkBoardThermostats: a board has room for so many.
func (b *book) checkBoardThermostats() {
	count := make(map[entity.BoardName]int)
	for _, it := range b.items {
		y, ok := it.body.(*thermostatYAML)
		if !ok || !y.Relay.valid {
			continue
		}
		count[y.Relay.board]++
		if count[y.Relay.board] == maxBoardThermostats+1 {
			y.Relay.at.problem(problem{code: diag.TooManyThermostats,
				message:    fmt.Sprintf("the board %q can hold %d heaters and coolers; this is one more", y.Relay.board, maxBoardThermostats),
				suggestion: "move a relay to another board", part: y.Relay.boardPart()})
		}
	}
}

// checkSensorBoard: a sensor on the I2C bus needs a board that has one, and an
// address of its own.
func (b *book) checkSensorBoard(y *sensorYAML) {
	if !y.Board.valid || y.sort() != entity.SensorSHT3x {
		return
	}
	d, ok := b.boards[entity.BoardName(y.Board.value)]
	switch {
	case !ok:
		b.unknownBoard(y.Board.at, y.Board.value, part{})
	case !d.T.I2C.given:
		y.Board.at.problem(problem{code: diag.NoI2C,
			message:    fmt.Sprintf("the board %q has no I2C bus", y.Board.value),
			suggestion: fmt.Sprintf("add i2c: {sda: 21, scl: 22} to the board %q, with the pins that the sensor is wired to", y.Board.value),
		}, diag.Related{Span: d.at.keySpan(), Message: "the board"})
	}
}

// checkAddresses: two sensors on one bus must not answer to the same address.
func (b *book) checkAddresses() {
	first := make(map[entity.PointRef]item)
	for _, it := range b.items {
		y, ok := it.body.(*sensorYAML)
		if !ok || y.sort() != entity.SensorSHT3x || !y.Board.valid {
			continue
		}
		ref := (&entity.Sensor{Type: y.sort(), Board: entity.BoardName(y.Board.value), Address: y.address()}).Ref()
		other, taken := first[ref]
		if !taken {
			first[ref] = it
			continue
		}
		it.reportAddress(other, y)
		other.reportAddress(it, other.body.(*sensorYAML))
	}
}

func (it item) reportAddress(other item, y *sensorYAML) {
	at, there := it.at.keySpan(), other.at.keySpan()
	if y.Address.given {
		at = y.Address.at.span()
	}
	free := "0x45"
	if y.address() == 0x45 {
		free = "0x44"
	}
	it.at.r.errorAt(at, problem{code: diag.AddressTaken,
		message: fmt.Sprintf("the sensors %q and, on %s, %q have the address 0x%02x on the I2C bus of the board %q",
			it.id, line(there, at), other.id, y.address(), y.Board.value),
		suggestion: fmt.Sprintf("wire the ADDR pin of one of them the other way, and write address: %s", free),
	}, diag.Related{Span: there, Message: string(other.id)})
}

// Years whose clock changes are looked at. They are fixed, so that a file is
// always told the same.
const (
	firstYear = 2026
	lastYear  = 2031
)

// checkClockChanges warns of times that the house's time zone skips or repeats.
func (b *book) checkClockChanges() {
	for _, it := range b.items {
		y, ok := it.body.(*thermostatYAML)
		if !ok {
			continue
		}
		for _, line := range y.Schedule.lines {
			for _, p := range line.points {
				b.irregular(p.at, schedule.Times{Clocks: []schedule.Clock{p.At}, Days: line.days}, p.part)
			}
		}
	}
}

// clocked is what clock changes concern: clock times and cron lines.
type clocked interface {
	Irregular(loc *time.Location, from, until time.Time) iter.Seq[schedule.Moment]
}

// irregular warns of the first time that the zone skips, and of the first that
// it repeats.
func (b *book) irregular(v value, times clocked, at part) {
	zone := b.file.Home.T.Timezone
	loc, err := time.LoadLocation(zone.value)
	if !zone.valid || err != nil {
		return
	}
	v.warnIrregular(times.Irregular(loc, yearBegins(firstYear), yearBegins(lastYear)), loc, at)
}

func yearBegins(year int) time.Time { return time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC) }

func (v value) warnIrregular(moments iter.Seq[schedule.Moment], loc *time.Location, at part) {
	told := make(map[schedule.Fate]bool)
	for m := range moments {
		if told[m.Fate] {
			continue
		}
		told[m.Fate] = true
		code := diag.SkippedTime
		if m.Fate == schedule.Repeated {
			code = diag.RepeatedTime
		}
		v.warning(problem{code: code, part: at,
			message:    fmt.Sprintf("in %s, %s", loc, m),
			suggestion: "nothing is lost and nothing runs twice; choose another time if that hour matters",
		})
	}
}
