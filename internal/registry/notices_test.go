package registry

import (
	"reflect"
	"testing"

	"hob/internal/entity"
)

// noticesIn are the ids of the notices that are shown.
func noticesIn(r *Registry) []int64 {
	out := []int64{}
	for _, n := range r.Notices() {
		out = append(out, n.ID)
	}
	return out
}

func TestANoticeIsShownUntilItIsDismissedOnce(t *testing.T) {
	r := New(Options{})
	_, sub := r.Subscribe(func() {})
	for id := int64(1); id <= 3; id++ {
		r.AddNotice(entity.Notice{ID: id, At: id * 1000, Text: "The heating is cold", Rule: "cold"})
	}
	if !r.RemoveNotice(2) || r.RemoveNotice(2) || r.RemoveNotice(9) {
		t.Error("2 was there once, and 9 never")
	}
	if got := noticesIn(r); !reflect.DeepEqual(got, []int64{1, 3}) {
		t.Errorf("shown: %v", got)
	}
	if got := r.Snapshot().Notices; len(got) != 2 || got[1] != (entity.Notice{ID: 3, At: 3000, Text: "The heating is cold", Rule: "cold"}) {
		t.Errorf("snapshot: %+v", got)
	}
	events, err := sub.Take(nil)
	if err != nil || len(events) != 4 {
		t.Fatalf("%d events, want 4: %v", len(events), err)
	}
	for i, want := range []struct {
		kind EventKind
		id   int64
	}{{NoticeAdded, 1}, {NoticeAdded, 2}, {NoticeAdded, 3}, {NoticeRemoved, 2}} {
		if e := events[i]; e.Kind != want.kind || e.Notice.ID != want.id {
			t.Errorf("event %d: %d of %d, want %+v", i, e.Kind, e.Notice.ID, want)
		}
	}
}

func TestTheOldestNoticeMakesRoom(t *testing.T) {
	r := New(Options{})
	for id := range int64(entity.MostNotices + 2) {
		r.AddNotice(entity.Notice{ID: id + 1})
	}
	got := noticesIn(r)
	if len(got) != entity.MostNotices || got[0] != 3 {
		t.Errorf("%d notices from %d on", len(got), got[0])
	}
	if snap := New(Options{}).Snapshot().Notices; snap == nil {
		t.Error("no notices are an empty list, which is JSON's []")
	}
}
