package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/server/client"
)

// A run that was late says when it was due: many can be recorded at one moment.
func TestARunThatWasLateSaysWhenItWasDue(t *testing.T) {
	now := time.Date(2026, 11, 25, 23, 0, 0, 0, time.UTC)
	for due, want := range map[time.Duration]string{0: "23:45: the server was not running", 20 * time.Second: "23:45: the server was not running",
		20 * time.Minute: "23:45 (due 22:40:00): the server was not running"} {
		rows := runRows(client.Run{At: now.UnixMilli(), Outcome: "missed", Reason: "the server was not running",
			Trigger: client.Fired{Kind: "time", Text: "23:45", Due: now.Add(-due).UnixMilli()}}, calendar{now, time.UTC})
		if got := rows[0][2].text; got != want {
			t.Errorf("due %v before: %q, want %q", due, got, want)
		}
	}
}

// What led to a change and is a change of its own is told once, and what was there
// at the start did not come of that.
func TestWhyTellsTheSameOnce(t *testing.T) {
	now := time.Date(2026, 11, 25, 23, 0, 0, 0, time.UTC)
	step := func(kind string, minute int64, text string, cause entity.CauseKind) client.WhyStep {
		return client.WhyStep{Kind: kind, At: now.Add(time.Duration(minute-60) * time.Minute).UnixMilli(), Text: text, Cause: &entity.Cause{Kind: cause}}
	}
	closed := step("change", 50, "left closed", entity.CauseBoard)
	closing := step("change", 49, "left began to close", entity.CauseRule)
	run := step("run", 48, "rule left_open ran", "")
	opened := step("change", 38, "left opened", entity.CauseCLI)
	asked := step("origin", 38, "it was asked for on the command line", entity.CauseCLI)
	got := changesLines([][]client.WhyStep{{closed, closing, run, opened, asked}, {closing, run, opened, asked},
		{step("change", 1, "left was closed", entity.CauseConfig), step("origin", 1, "config.yaml came into force", entity.CauseConfig)}},
		calendar{now, time.UTC})
	want := []string{
		"left closed at 22:50:00, because left began to close",
		"  left began to close at 22:49:00, because rule left_open ran",
		"  rule left_open ran at 22:48:00",
		"  left opened at 22:38:00, because it was asked for on the command line",
		"",
		"left began to close at 22:49:00, because rule left_open ran",
		"  and so on, as above",
		"",
		"left was closed at 22:01:00, as it was found when config.yaml came into force",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}
