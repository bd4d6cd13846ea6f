package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

// spoilt is a database with a page of garbage where a table's rows were, opened
// by a server that has not noticed.
func spoilt(t *testing.T, table string) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hob.db")
	fill(t, path, 400)
	s := open(t, Options{Path: path})
	var b batch
	for i := range 1500 {
		b.samples = append(b.samples, at("s", "value", ms(noon)+int64(i), 1))
		b.lines = append(b.lines, line{at: ms(noon) + int64(i), entity: "s", what: LineState, state: strings.Repeat("on", 20)})
	}
	if err := s.record(b); err != nil {
		t.Fatal(err)
	}
	var page int64
	if err := s.db.conn.QueryRowContext(t.Context(), "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 3", table).
		Scan(&page); err != nil {
		t.Fatal(err)
	}
	shut(t, s)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(bytes.Repeat([]byte{0x5a}, 4096), (page-1)*4096); err != nil {
		t.Fatal(err)
	}
	return open(t, Options{Path: path})
}

func TestAPageOfGarbageIsFoundAfterTheStartAndTheStatesStay(t *testing.T) {
	for _, table := range []string{"sample", "change", "change_entity"} {
		s := spoilt(t, table)
		if n := s.Notices(); len(n) != 0 {
			t.Fatalf("%s: found at once, so this tests nothing: %+v", table, n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		await(t, "the check of "+table, func() bool { return len(s.Notices()) == 1 })
		if n := s.Notices()[0]; !strings.Contains(n.Message, "damaged") || !strings.Contains(n.File, ".corrupt-") {
			t.Errorf("%s: %+v", table, n)
		}
		await(t, "the new file", func() bool { _, err := s.Load(t.Context()); return err == nil })
		if got := len(load(t, s)); got != 400 {
			t.Errorf("%s: %d of 400 states were carried over", table, got)
		}
		keep(t, s, saved("bath", "{}"))
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestOfSpoiltStatesThoseThatCanBeReadAreCarriedOver(t *testing.T) {
	s := spoilt(t, "last")
	if n := s.Notices(); len(n) != 1 || !strings.Contains(n[0].Message, "damaged") {
		t.Fatalf("notices: %+v", n)
	}
	got := load(t, s)
	if len(got) < 300 || len(got) >= 400 {
		t.Errorf("%d of 400 states were carried over", len(got))
	}
	for id, e := range got {
		if e.Entity != id || !strings.Contains(string(e.Lasting), "xxx") {
			t.Errorf("%s: %+v", id, e)
		}
	}
}

func TestDamageThatAQueryMeetsIsHealed(t *testing.T) {
	s := spoilt(t, "sample")
	if _, err := s.History(t.Context(), "s", noon.Add(-time.Hour), noon.Add(time.Hour), 10); err == nil {
		t.Fatal("the damage was not met")
	}
	select {
	case err := <-s.damage:
		s.heal(err)
	default:
		t.Fatal("nobody was told")
	}
	if n := s.Notices(); len(n) != 1 || len(load(t, s)) != 400 {
		t.Errorf("notices: %+v", n)
	}
}

func TestDamageThatAWriteMeetsIsHealedAndTheWriteIsDone(t *testing.T) {
	s := spoilt(t, "change_entity")
	var b batch
	for i := range 50 { // somewhere among them is the page
		b.lines = append(b.lines, line{at: ms(noon) + int64(i*100), entity: "s", what: LineState, state: fmt.Sprint(i)})
	}
	if err := s.record(b); err != nil {
		t.Fatal(err)
	}
	if n := s.Notices(); len(n) != 1 {
		t.Fatalf("notices: %+v", n)
	}
	if got := rowCount(t, s, "change"); got != 50 {
		t.Errorf("%d lines", got)
	}
	if got := load(t, s); len(got) != 400 || got["e00001"].Kind != entity.KindHeater {
		t.Errorf("%d states", len(got))
	}
}
