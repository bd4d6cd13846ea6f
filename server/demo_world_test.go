package main

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"hob/internal/entity"
)

func TestADemosWorldIsMadeOfItsHouse(t *testing.T) {
	house := &entity.House{Entities: []entity.Entity{
		{ID: "living_temp", Spec: &entity.Sensor{Type: entity.SensorDS18B20, Board: "hall", Pin: 4}},
		{ID: "outside", Spec: &entity.Sensor{Type: entity.SensorSHT3x, Board: "shed", Address: 0x44}},
		{ID: "bath_temp", Spec: &entity.Sensor{Type: entity.SensorDS18B20, Board: "shed", Pin: 14}},
		{ID: "left", Spec: &entity.GarageDoor{Board: "shed", Relay: 25, Travel: 20 * time.Second, Closed: &entity.Input{Pin: 32}}},
		{ID: "heat", Spec: &entity.Thermostat{Board: "hall", Relay: 21, Sensor: "living_temp", Low: 15_000, High: 25_000}},
		{ID: "ac", Spec: &entity.Thermostat{Cools: true, Inverted: true, Board: "hall", Relay: 22, Sensor: "bath_temp", Low: 20_000, High: 30_000}},
	}}
	w := surround(house, rand.New(rand.NewPCG(1, 2)))
	want := []struct{ board, line string }{
		{"shed", `{"closed_reed":32,"cmd":"door","inverted":false,"name":"left","relay":25,"travel_ms":16000}`},
		{"hall", `{"cmd":"room","heater":21,"inverted":false,"name":"heat"}`},
		{"hall", `{"cmd":"room","cooler":22,"inverted":true,"name":"ac"}`},
		{"hall", `{"cmd":"sensor","noise":0.03,"pin":4,"room":"heat"}`},
		{"shed", `{"addr":68,"cmd":"sensor","noise":0.03}`},
		{"shed", `{"cmd":"sensor","noise":0.03,"pin":14}`},
	}
	if len(w.requests) != len(want) {
		t.Fatalf("%d requests: %v", len(w.requests), w.requests)
	}
	for i, r := range w.requests {
		if temp, ok := r.line["temp"].(float64); ok && (temp < 15 || temp > 30) {
			t.Errorf("a room begins at %v °C", temp)
		}
		delete(r.line, "temp")
		got, err := json.Marshal(r.line)
		if err != nil || string(got) != want[i].line || string(r.board) != want[i].board {
			t.Errorf("got  %s %s\nwant %s %s", r.board, got, want[i].board, want[i].line)
		}
	}
	if len(w.mirrors) != 1 || w.mirrors[0].room != "ac" || w.mirrors[0].keeper != "hall" || w.mirrors[0].board != "shed" {
		t.Errorf("the sensor in another board's room is not looked after: %+v", w.mirrors)
	}
}
