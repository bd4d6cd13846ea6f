package app

import (
	"log/slog"
	"path/filepath"
	"testing"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/store"
)

func openNotices(t *testing.T, path string) *notices {
	t.Helper()
	s, err := store.Open(store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	n := &notices{store: s, registry: registry.New(registry.Options{}), log: slog.New(slog.DiscardHandler)}
	n.restore(t.Context())
	return n
}

func shut(t *testing.T, n *notices) {
	t.Helper()
	if err := n.store.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestANoticeIsThereAfterARestartUntilItIsDismissed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	n := openNotices(t, path)
	n.Post(entity.Notice{Text: "The pump has run for an hour", Rule: "pump_watch"})
	n.Post(entity.Notice{Text: "The living room is cold", At: 5})
	before := n.Notices()
	if len(before) != 2 || before[0].ID == before[1].ID || before[0].At == 0 || before[1].At != 5 {
		t.Fatalf("posted: %+v", before)
	}
	shut(t, n)
	n = openNotices(t, path)
	if after := n.Notices(); len(after) != 2 || after[0] != before[0] || after[1] != before[1] {
		t.Fatalf("after a restart: %+v", after)
	}
	if id := before[0].ID; !n.Dismiss(id) || n.Dismiss(id) {
		t.Error("it is dismissed once")
	}
	shut(t, n)
	n = openNotices(t, path)
	defer shut(t, n)
	if left := n.Notices(); len(left) != 1 || left[0] != before[1] {
		t.Errorf("after another restart: %+v", left)
	}
}

func TestANoticeThatTheDiskDoesNotTakeIsShownAllTheSame(t *testing.T) {
	n := openNotices(t, filepath.Join(t.TempDir(), "hob.db"))
	n.Post(entity.Notice{Text: "first"})
	shut(t, n) // nothing can be written any more
	n.Post(entity.Notice{Text: "second"})
	n.Post(entity.Notice{Text: "third"})
	got := n.Notices()
	if len(got) != 3 || got[1].Text != "second" || got[1].ID <= got[0].ID || got[2].ID <= got[1].ID {
		t.Fatalf("shown: %+v", got)
	}
	if !n.Dismiss(got[1].ID) || len(n.Notices()) != 2 {
		t.Errorf("left: %+v", n.Notices())
	}
}
