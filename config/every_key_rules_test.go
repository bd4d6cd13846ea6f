package config_test

import (
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// everyRule is what the rules of everyKey are.
func everyRule(t *testing.T) []entity.Rule {
	t.Helper()
	cron, err := schedule.ParseCron("30 6 * * mon-fri")
	if err != nil {
		t.Fatal(err)
	}
	sun, err := schedule.ParseSun("sunset-20m")
	if err != nil {
		t.Fatal(err)
	}
	clock := func(raw string) schedule.Clock {
		c, err := schedule.ParseClock(raw)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	do := func(target entity.ID, verb entity.Verb) entity.Step {
		return entity.Do{Task: entity.Task{Target: target, Action: entity.Action{Verb: verb}}}
	}
	cold := entity.Threshold{Entity: "outside", Of: entity.QuantityValue, Below: true, Than: 3}
	return []entity.Rule{
		{
			ID: "clock", Name: "By the clock", Enabled: true,
			When: []entity.Trigger{
				entity.AtTimes{Times: schedule.Times{Clocks: []schedule.Clock{clock("06:30"), clock("23:45:30")}, Days: schedule.Weekdays}},
				entity.AtCron{Cron: cron},
				entity.AtSun{Sun: sun, Days: schedule.DaysOf(time.Saturday), Random: schedule.Random{Within: 20 * time.Minute, Seed: "clock"}},
				entity.AtTimes{Times: schedule.Times{Clocks: []schedule.Clock{clock("19:30")}, Days: schedule.EveryDay,
					Random: schedule.Random{Within: 90 * time.Minute, Seed: "clock"}}},
				entity.AtEvery{Every: schedule.Every(6 * time.Hour)},
			},
			If: entity.All{
				entity.All{
					entity.InWindow{Window: schedule.Window{From: clock("22:00"), To: clock("06:00")}},
					entity.Any{entity.OnDays{Days: schedule.Weekend}, entity.SunIs{Up: true}},
					entity.Not{Condition: entity.InState{Entity: "alarm", State: "disarmed"}},
					entity.Expr{Text: "bath.target < 18"},
				},
				entity.AtLevel{Threshold: cold},
				entity.AtLevel{Threshold: entity.Threshold{Entity: "stairs", Of: entity.QuantityBrightness, Than: 40}},
			},
			Do: []entity.Step{
				do("pump", entity.VerbOn), do("left", entity.VerbOpen), entity.Delay{For: 10 * time.Minute},
				entity.Notify{User: "leo", Text: "It is done"}, entity.Notify{Everyone: true, Text: "At last"},
				entity.Choose{If: entity.InState{Entity: "pump", State: "on"}, Then: []entity.Step{entity.Stop{}}, Else: []entity.Step{do("pump", entity.VerbOff)}},
				entity.Wait{Until: entity.InState{Entity: "left", State: "closed"}, AtMost: 5 * time.Minute},
				entity.Do{Task: entity.Task{Target: "stairs", Action: entity.Action{Verb: entity.VerbOff}}, StopIfFailed: true},
				entity.Call{URL: entity.NewSecret("https://hooks.example/house"), Method: "PUT", Body: "night", Timeout: 5 * time.Second, Retries: 2,
					Headers: []entity.Header{{Name: "X-House", Value: entity.NewSecret("lindenweg")}}, StopIfFailed: true},
				entity.Call{URL: entity.NewSecret("http://hooks.example/"), Method: "POST", Timeout: 10 * time.Second},
			},
			MayOpen: []entity.ID{"left"}, Mode: entity.ModeRestart, Cooldown: time.Hour,
			Missed: entity.Missed{Policy: entity.MissedRun, Within: 2 * time.Hour},
		},
		{
			ID: "events", Name: "Events",
			When: []entity.Trigger{
				entity.OnState{Entity: "left", To: "open", From: "closed", For: 10 * time.Minute},
				entity.OnLevel{Threshold: cold, Hysteresis: 0.5, For: 15 * time.Minute},
				entity.OnLevel{Threshold: entity.Threshold{Entity: "moist", Of: entity.QuantityHumidity, Than: 65}},
				entity.OnLevel{Threshold: entity.Threshold{Entity: "bath", Of: entity.QuantityTemperature, Than: 24}},
				entity.OnLevel{Threshold: entity.Threshold{Entity: "level", Of: entity.QuantityValue, Than: 80}},
				entity.OnGesture{Button: "bell", Gesture: entity.GestureDouble},
				entity.OnBoard{Board: "hall", For: time.Minute},
				entity.OnWebhook{Name: entity.NewSecret("gate")},
				entity.OnStart{},
			},
			Do: []entity.Step{do("bath", "away")}, Mode: entity.ModeSingle,
			Missed: entity.Missed{Policy: entity.MissedLatest, Within: time.Hour},
		},
	}
}
