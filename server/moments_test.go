package main

import (
	"testing"
	"time"

	"hob/server/client"
)

// berlin is a calendar at a time of Berlin.
func berlin(t *testing.T, now string) calendar {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation(time.DateTime, now, zone)
	if err != nil {
		t.Fatal(err)
	}
	return calendar{at, zone}
}

func TestATimeIsToldAsSeenFromNow(t *testing.T) {
	c := berlin(t, "2026-11-25 00:30:00")
	for at, want := range map[string]string{
		"2026-11-24T23:40:00Z":      "at 00:40:00",
		"2026-11-24T22:59:59Z":      "yesterday at 23:59:59",
		"2026-11-26T00:00:00+01:00": "tomorrow at 00:00:00",
		"2026-11-23T16:12:03+01:00": "on Mon 23 Nov at 16:12:03",
		"2027-01-02T16:12:03+01:00": "on Sat 2 Jan at 16:12:03",
		"2028-02-29T16:12:03+01:00": "on Tue 29 Feb 2028 at 16:12:03",
	} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.in(when.UnixMilli()); got != want {
			t.Errorf("%s is told %q, want %q", at, got, want)
		}
	}
}

func TestATimeOfThePastIsReadInTheHousesZone(t *testing.T) {
	c := berlin(t, "2026-11-25 12:00:00")
	for text, want := range map[string]string{
		"11:59":                     "2026-11-25T11:59:00+01:00",
		"12:00":                     "2026-11-25T12:00:00+01:00",
		"12:01":                     "2026-11-24T12:01:00+01:00", // it has not been that today
		"16:12:03":                  "2026-11-24T16:12:03+01:00",
		"yesterday 11:59":           "2026-11-24T11:59:00+01:00",
		"yesterday at 16:12:30":     "2026-11-24T16:12:30+01:00",
		"2026-07-01 08:00":          "2026-07-01T08:00:00+02:00",
		"2026-11-24T16:12:30":       "2026-11-24T16:12:30+01:00",
		"2026-11-24T15:12:30Z":      "2026-11-24T16:12:30+01:00",
		"2026-11-24T15:12:30+00:00": "2026-11-24T16:12:30+01:00",
	} {
		got, err := c.past(text)
		if err != nil || got.In(c.zone).Format(time.RFC3339) != want {
			t.Errorf("%s is %s, want %s: %v", text, got.In(c.zone).Format(time.RFC3339), want, err)
		}
	}
	for _, text := range []string{"", "noon", "25:00", "yesterday", "yesterday noon", "2026-11-25 12:01", "2026-13-01 12:00", "2026-11-25T12:00:01+01:00"} {
		if got, err := c.past(text); err == nil {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

func TestAChainIsToldLineByLineToItsFirstCause(t *testing.T) {
	c := berlin(t, "2026-11-25 12:00:00")
	at := func(s int) int64 { return c.now.Add(time.Duration(s-3600) * time.Second).UnixMilli() }
	got := chainLines([]client.WhyStep{
		{Kind: "change", At: at(4), Text: "stairs went on (40%)"},
		{Kind: "run", At: at(3), Text: "rule night_path ran", Details: []string{"motion detected", "sun down"}},
		{Kind: "change", At: at(3), Text: "motion detected something"},
		{Kind: "origin", At: at(3), Text: "its board saw it"}}, c)
	want := []string{
		"stairs went on (40%) at 11:00:04, because rule night_path ran",
		"  rule night_path ran at 11:00:03 (motion detected; sun down)",
		"  motion detected something at 11:00:03, because its board saw it"}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
	got = chainLines([]client.WhyStep{{Kind: "change", At: at(9), Text: "porch went off"}, {Kind: "origin", At: at(9), Text: "its off_after was over"},
		{Kind: "change", At: at(3), Text: "porch went on"}, {Kind: "run", At: at(3), Text: "rule dusk ran", Details: []string{"it was asked for"}},
		{Kind: "unrecorded", At: at(3), Text: "nobody knows"}}, c)
	want = []string{"porch went off at 11:00:09, because its off_after was over", "  porch went on at 11:00:03, because rule dusk ran",
		"  rule dusk ran at 11:00:03 (it was asked for), because nobody knows"}
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
	}
}
