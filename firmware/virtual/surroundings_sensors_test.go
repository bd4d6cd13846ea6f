package main

import (
	"fmt"
	"testing"
	"time"
)

// told is a point as the hello of the session has it.
func (s *session) told(point string) frame {
	s.t.Helper()
	for _, p := range s.hello["points"].([]any) {
		if p := frame(p.(map[string]any)); p["p"] == point {
			return p
		}
	}
	s.t.Fatalf("no %s in %v", point, s.hello)
	return nil
}

// Sensors hang in the surroundings, and the real core reads them: every kind
// comes out as what is true there, and every fault as what it is.
func TestTheCoreReadsTheSurroundings(t *testing.T) {
	r := startRig(t)
	key := adopt(t, r.ready.readyBoard)
	s := openSession(t, r.ready.Address, r.ready.ID, key)
	s.mustConfigure(frame{"kind": "board", "sda": 21, "scl": 22},
		sensorItem("gpio4", "ds18b20", frame{"pin": 4}), sensorItem("gpio5", "dht22", frame{"pin": 5, "every": 2000}),
		sensorItem("i2c-44", "sht3x", frame{"addr": 0x44}),
		sensorItem("gpio34", "ntc", frame{"pin": 34, "beta": 3380, "r25": 10000, "series": 4700}),
		sensorItem("gpio35", "analog", frame{"pin": 35}), sensorItem("gpio39", "pulse", frame{"pin": 39}))
	for _, line := range []string{
		`{"cmd":"weather","mean":-7.25,"swing":0,"humidity":45,"factor":0}`,
		`{"cmd":"room","name":"bath","temp":23.5}`,
		`{"cmd":"sensor","pin":4,"room":"bath"}`,
		`{"cmd":"sensor","pin":5}`,
		`{"cmd":"sensor","addr":68,"room":"bath","value":-11}`,
		`{"cmd":"sensor","pin":34,"room":"bath","beta":3380,"series":4700,"value":40}`,
		`{"cmd":"sensor","pin":35,"value":1234}`,
		`{"cmd":"sensor","pin":39,"value":77}`,
	} {
		r.control.do(line)
	}
	after := func() *session {
		r.control.do(`{"cmd":"advance","ms":2500}`)
		r.control.do(`{"cmd":"advance","ms":2500}`) // the measurement that the first began
		return openSession(t, r.ready.Address, r.ready.ID, key)
	}
	s = after()
	for point, want := range map[string]float64{"gpio4": 23500, "gpio5": -7200, "i2c-44": -11000, "gpio34": 40000,
		"gpio35": 1234, "gpio39": 77} {
		p := s.told(point)
		v, ok := p["v"].(float64)
		if near := 150.0; !ok || v < want-near || v > want+near || point == "gpio39" && v != want || p["fault"] != nil {
			t.Errorf("%s: %v, want about %v", point, p, want)
		}
	}
	for fault, want := range map[string]string{"vanished": "no_answer", "checksum": "checksum", "out_of_range": "", "nan": "no_answer"} {
		r.control.do(fmt.Sprintf(`{"cmd":"sensor","pin":4,"fault":%q}`, fault))
		p := after().told("gpio4")
		if got, _ := p["fault"].(string); got != want || want == "" && p["v"] != 120000.0 {
			t.Errorf("%s comes out as %v", fault, p)
		}
	}
	r.control.do(`{"cmd":"sensor","pin":4,"fault":""}`)
	if p := after().told("gpio4"); p["fault"] != nil || p["v"].(float64) < 23_000 || p["v"].(float64) > 23_500 {
		t.Errorf("mended: %v", p)
	}
}

func TestAMeterGoesOnFromWhatItHasCounted(t *testing.T) {
	start := time.Now()
	x := newSensor(nil)
	thousand, rate := 1000.0, 30.0
	x.meter(sensorArgs{Value: &thousand, Rate: &rate}, start)
	if got := x.count(start.Add(2 * time.Minute)); got != 1060 {
		t.Errorf("after two minutes at 30 a minute it shows %v", got)
	}
	rate = 0
	x.meter(sensorArgs{Rate: &rate}, start.Add(2*time.Minute))
	if got := x.count(start.Add(time.Hour)); got != 1060 {
		t.Errorf("standing still it shows %v", got)
	}
}
