package main

import (
	"bytes"
	"testing"
)

func TestRawAnswersAreThoseOfTheDataSheets(t *testing.T) {
	for name, c := range map[string]struct{ got, want []byte }{
		"DS18B20 25.0625": {rawDS18B20(25_063), []byte{0x91, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x0f, 0x10, 0x25}},
		"DS18B20 -10.125": {rawDS18B20(-10_125), []byte{0x5e, 0xff, 0x4b, 0x46, 0x7f, 0xff, 0x02, 0x10, 0xb6}},
		"DHT22 35.1":      {rawDHT22(35_100, 65_200), []byte{0x02, 0x8c, 0x01, 0x5f, 0xee}},
		"DHT22 -10.1":     {rawDHT22(-10_100, 65_200), []byte{0x02, 0x8c, 0x80, 0x65, 0x73}},
		"SHT3x 25":        {rawSHT3x(25_000, 50_001), []byte{0x66, 0x66, 0x93, 0x80, 0x00, 0xa2}},
		"SHT3x too cold":  {rawSHT3x(-60_000, 0), []byte{0x00, 0x00, 0x81, 0x00, 0x00, 0x81}},
		"NTC 25":          {rawMillivolts(ntcMillivolts(25_000, 3950, 10_000, 10_000)), []byte{0x72, 0x06}},
		"pulses":          {rawCount(4_000_000_000), []byte{0x00, 0x28, 0x6b, 0xee}},
	} {
		if !bytes.Equal(c.got, c.want) {
			t.Errorf("%s: % x, want % x", name, c.got, c.want)
		}
	}
}

// thermometers answers with 21 degrees wherever it is asked.
type thermometers struct{}

func (thermometers) answer(kind sensorKind, where int) []byte {
	switch kind {
	case sensorDS18B20:
		return rawDS18B20(21_000)
	case sensorDHT22:
		return rawDHT22(21_000, 40_000)
	case sensorSHT3x:
		return rawSHT3x(21_000, 40_000)
	case sensorAnalog:
		return make([]byte, 100) // more than anyone has room for
	}
	return nil
}

// reading waits for a state frame with a point whose v or fault is there.
func (s *session) reading(point string) frame {
	s.t.Helper()
	for {
		f := s.read()
		if f["t"] != "state" {
			continue
		}
		for _, p := range f["points"].([]any) {
			p := frame(p.(map[string]any))
			if p["p"] == point && (p["v"] != nil || p["fault"] != nil) {
				return p
			}
		}
	}
}

func sensorItem(point, kind string, more frame) frame {
	f := frame{"kind": "sensor", "point": point, "type": kind, "every": 1000}
	for k, v := range more {
		f[k] = v
	}
	return f
}

func TestTheBoardReadsWhatItsSensorsAnswer(t *testing.T) {
	r := startRigWith(t, thermometers{})
	key := adopt(t, r.ready.readyBoard)
	s := openSession(t, r.ready.Address, r.ready.ID, key)
	s.mustConfigure(frame{"kind": "board", "sda": 21, "scl": 22},
		sensorItem("gpio4", "ds18b20", frame{"pin": 4}), sensorItem("gpio5", "dht22", frame{"pin": 5}),
		sensorItem("i2c-44", "sht3x", frame{"addr": 0x44}))
	r.control.do(`{"cmd":"advance","ms":800}`)
	for _, point := range []string{"gpio4", "gpio5", "i2c-44"} {
		s := openSession(t, r.ready.Address, r.ready.ID, key)
		r.control.do(`{"cmd":"advance","ms":1000}`)
		p := s.reading(point)
		if v, ok := p["v"].(float64); !ok || v < 20_990 || v > 21_010 || p["fault"] != nil {
			t.Errorf("%s: %v", point, p)
		}
		s.ws.Close()
	}
}

func TestASensorThatIsNotThereAnswersNothing(t *testing.T) {
	for _, sensors := range []sensorSource{nil, thermometers{}} {
		r := startRigWith(t, sensors)
		key := adopt(t, r.ready.readyBoard)
		s := openSession(t, r.ready.Address, r.ready.ID, key)
		// thermometers gives more bytes than anyone has asked for.
		s.mustConfigure(sensorItem("gpio34", "analog", frame{"pin": 34}))
		r.control.do(`{"cmd":"advance","ms":1000}`)
		if p := s.reading("gpio34"); p["v"] != nil || p["fault"] != "no_answer" {
			t.Errorf("%v", p)
		}
	}
}
