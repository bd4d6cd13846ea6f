package entity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
)

func TestASecretIsNeverShown(t *testing.T) {
	alarm := Alarm{Code: NewSecret("4711")}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("armed", "code", alarm.Code, "alarm", alarm)
	asJSON, err := json.Marshal(alarm)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(alarm.Code), fmt.Sprintf("%+v %#v %s %q %x", alarm, alarm.Code, alarm.Code, alarm.Code, alarm.Code),
		log.String(), string(asJSON)} {
		if strings.Contains(shown, "4711") || strings.Contains(shown, "34373131") {
			t.Errorf("shown in %q", shown)
		}
	}
	if alarm.Code.Reveal() != "4711" || !alarm.Code.Equal(NewSecret("4711")) || alarm.Code.Equal(NewSecret("4712")) {
		t.Error("it must still be there for whoever compares it")
	}
}

func TestTemperaturesAreRoundedOnceAndBounded(t *testing.T) {
	for c, want := range map[float64]string{21.5: "21.5", 21.04: "21", -0.04: "0", -12.25: "-12.3"} {
		got, err := TempOfCelsius(c)
		if err != nil || got.String() != want {
			t.Errorf("TempOfCelsius(%v) = %v, %v, want %s", c, got, err, want)
		}
	}
	if got, err := TempOfFahrenheit(70); err != nil || got != 21_111 {
		t.Errorf("70 °F = %v, %v", int(got), err)
	}
	for _, c := range []float64{-55.1, 125.1, math.NaN()} {
		if _, err := TempOfCelsius(c); err == nil {
			t.Errorf("%v °C was taken", c)
		}
	}
}
