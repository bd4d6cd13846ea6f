package simulate

import (
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

func TestATimelineThatNobodyCouldReadIsRefused(t *testing.T) {
	busy := entity.Rule{ID: "busy", Enabled: true, Mode: entity.ModeSingle, When: []entity.Trigger{entity.AtEvery{Every: schedule.Every(time.Minute)}},
		Do: []entity.Step{entity.Stop{}}, Missed: entity.Missed{Policy: entity.MissedSkip}}
	at := time.Date(2026, time.November, 25, 0, 0, 0, 0, time.UTC)
	r, err := newRunner(t.Context(), newHouse(&entity.House{Timezone: "UTC", Rules: []entity.Rule{busy}}, time.UTC, at.Add(-time.Second)), at)
	if err != nil {
		t.Fatal(err)
	}
	r.most = 100
	if err := r.until(at.Add(100 * time.Minute)); err != nil || len(r.rows) != 100 {
		t.Errorf("%d rows: %v", len(r.rows), err)
	}
	if err := r.upTo(at.Add(time.Hour * 24)); err == nil || !strings.Contains(err.Error(), "more than 100 times") || len(r.rows) != 101 {
		t.Errorf("%d rows: %v", len(r.rows), err)
	}
}
