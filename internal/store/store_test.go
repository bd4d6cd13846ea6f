package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"hob/internal/entity"
	"hob/internal/leaktest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		victim(dir)
		return
	}
	if dir := os.Getenv(tinyDisk); dir != "" {
		onTinyDisk(dir)
		return
	}
	leaktest.Main(m)
}

// noon is a time that begins a five-minute bucket, and an hour.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func fresh(t *testing.T) *Store {
	t.Helper()
	return open(t, Options{Path: filepath.Join(t.TempDir(), "hob.db")})
}

func shut(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func saved(id entity.ID, lasting string) entity.Saved {
	s := entity.Saved{Entity: id, Kind: entity.KindHeater, State: "heating", Attributes: []byte(`{"target":21}`),
		Changed: 1795363200000, Cause: entity.Cause{Kind: entity.CauseUser, By: "anna"}}
	if lasting != "" {
		s.Lasting = []byte(lasting)
	}
	return s
}

func keep(t *testing.T, s *Store, batch ...entity.Saved) {
	t.Helper()
	if err := s.Keep(batch); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, s *Store) map[entity.ID]entity.Saved {
	t.Helper()
	m, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func same(a, b entity.Saved) bool {
	return fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b)
}

func TestWhatWasKeptIsLoadedByTheNextRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "it's a 100% odd? #name.db")
	s := open(t, Options{Path: path})
	want := map[entity.ID]entity.Saved{"bath": saved("bath", `{"mode":"boost"}`), "porch": saved("porch", "")}
	keep(t, s, saved("bath", `{"mode":"auto"}`))
	keep(t, s, slices.Collect(maps.Values(want))...)
	for range 2 {
		got := load(t, s)
		if len(got) != 2 || !same(got["bath"], want["bath"]) || !same(got["porch"], want["porch"]) {
			t.Fatalf("got %+v", got)
		}
		shut(t, s)
		s = open(t, Options{Path: path})
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if n := s.Notices(); len(n) != 0 {
		t.Errorf("notices: %v", n)
	}
}

func TestTheFilesAreTheirOwnersAlone(t *testing.T) {
	for _, mode := range []os.FileMode{0, 0o644} {
		path := filepath.Join(t.TempDir(), "hob.db")
		if mode != 0 {
			if err := os.WriteFile(path, nil, mode); err != nil {
				t.Fatal(err)
			}
		}
		s := open(t, Options{Path: path})
		keep(t, s, saved("bath", "{}"))
		for _, suffix := range []string{"", "-wal", "-shm"} {
			info, err := os.Stat(path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != 0o600 {
				t.Errorf("%s has mode %o", path+suffix, got)
			}
		}
	}
}

func TestKeepWaitsForTheDiskAndTheRecorderDoesNot(t *testing.T) {
	s := fresh(t)
	level := func() int64 {
		var n int64
		if err := s.db.conn.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const normal, full = 1, 2
	for range 2 {
		keep(t, s, saved("bath", "{}"))
		if got := level(); got != full {
			t.Errorf("after Keep synchronous is %d", got)
		}
		if err := s.write("test", false, func(*database) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if got := level(); got != normal {
			t.Errorf("after the recorder synchronous is %d", got)
		}
	}
}

func TestKeepsThatWaitTogetherAreAllStored(t *testing.T) {
	s := fresh(t)
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			for n := range 5 {
				if err := s.Keep([]entity.Saved{saved(entity.ID(fmt.Sprintf("e%d", i)), fmt.Sprint(n))}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	got := load(t, s)
	if len(got) != 64 {
		t.Fatalf("%d entities", len(got))
	}
	for id, e := range got {
		if string(e.Lasting) != "4" {
			t.Errorf("%s: %s", id, e.Lasting)
		}
	}
}

func TestAfterCloseTheStoreIsUnavailable(t *testing.T) {
	s := fresh(t)
	shut(t, s)
	shut(t, s)
	if err := s.KeepSoon(nil); !errors.Is(err, ErrUnavailable) {
		t.Errorf("KeepSoon after Close: %v", err)
	}
	if err := s.Keep(nil); !errors.Is(err, ErrUnavailable) {
		t.Error(err)
	}
	if _, err := s.Load(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Error(err)
	}
}

func TestAPathThatCanNeverWorkIsAnError(t *testing.T) {
	for name, path := range map[string]string{
		"a directory":  t.TempDir(),
		"no directory": filepath.Join(t.TempDir(), "nowhere", "hob.db"),
	} {
		if s, err := Open(Options{Path: path}); err == nil || errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v %v", name, s, err)
		}
	}
}

func TestARenamedEntityTakesItsStateAlong(t *testing.T) {
	s := fresh(t)
	keep(t, s, saved("bath", "old"), saved("porch", "porch"))
	for range 2 { // the house says `was` at every start
		if err := s.Rename("bath", "bathroom"); err != nil {
			t.Fatal(err)
		}
		got := load(t, s)
		if e := got["bathroom"]; len(got) != 2 || string(e.Lasting) != "old" || e.Entity != "bathroom" {
			t.Fatalf("got %+v", got)
		}
	}
}

func TestAStateOfItsOwnIsNotRenamedAway(t *testing.T) {
	s := fresh(t)
	keep(t, s, saved("bath", "old"), saved("bathroom", "new"))
	for _, was := range []entity.ID{"bath", "bathroom"} {
		if err := s.Rename(was, "bathroom"); err != nil {
			t.Fatal(err)
		}
	}
	if got := load(t, s); len(got) != 1 || string(got["bathroom"].Lasting) != "new" {
		t.Errorf("got %+v", got)
	}
}

// fill makes a database with so many entities at path, and closes it.
func fill(t *testing.T, path string, n int) {
	t.Helper()
	s := open(t, Options{Path: path})
	batch := make([]entity.Saved, n)
	for i := range batch {
		batch[i] = saved(entity.ID(fmt.Sprintf("e%05d", i)), `{"note":"`+strings.Repeat("x", 100)+`"}`)
	}
	keep(t, s, batch...)
	shut(t, s)
}

func TestAFileThatIsNoSoundDatabaseIsSetAsideAndKept(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, b []byte) []byte
		says  string
	}{
		"text":        {func(*testing.T, []byte) []byte { return []byte("hello") }, "no database"},
		"long text":   {func(*testing.T, []byte) []byte { return bytes.Repeat([]byte("hello "), 5000) }, "no database"},
		"zeros":       {func(_ *testing.T, b []byte) []byte { return make([]byte, len(b)) }, "no database"},
		"torn header": {func(_ *testing.T, b []byte) []byte { return b[:50] }, ""},
		"spoilt header": {func(_ *testing.T, b []byte) []byte {
			copy(b[16:40], bytes.Repeat([]byte{0xff}, 24))
			return b
		}, ""},
		"cut short": {func(_ *testing.T, b []byte) []byte { return b[:len(b)/2] }, "cut short"},
		"garbage instead of the schema": {func(_ *testing.T, b []byte) []byte {
			copy(b[100:4096], bytes.Repeat([]byte{0x5a}, 4096))
			return b
		}, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hob.db")
			fill(t, path, 200)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b = c.spoil(t, b)
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			s := open(t, Options{Path: path, Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return noon }})
			keep(t, s, saved("bath", "{}"))
			n := s.Notices()
			if len(n) != 1 || n[0].File != path+".corrupt-20261125T120000Z" || !strings.Contains(n[0].Message, c.says) {
				t.Fatalf("notices: %+v", n)
			}
			if !strings.Contains(log.String(), n[0].Message) || !strings.Contains(log.String(), n[0].File) {
				t.Errorf("log: %s", &log)
			}
			if kept, err := os.ReadFile(n[0].File); err != nil || !bytes.Equal(kept, b) {
				t.Errorf("what was set aside is not what was there: %v", err)
			}
			shut(t, s)
			if again := open(t, Options{Path: path}); len(again.Notices()) != 0 || len(load(t, again)) != 1 {
				t.Errorf("the new file: %+v", again.Notices())
			}
		})
	}
}

func TestADatabaseOfAnotherProgramIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec("CREATE TABLE recipes (name TEXT)"); err != nil {
		t.Fatal(err)
	}
	_ = other.Close()
	s := open(t, Options{Path: path})
	keep(t, s, saved("bath", "{}"))
	if n := s.Notices(); len(n) != 1 || !strings.Contains(n[0].Message, "another program") {
		t.Errorf("notices: %+v", n)
	}
}

// newestVersion is that of the newest migration.
func newestVersion(t *testing.T) int {
	t.Helper()
	names, err := fs.Glob(embedded(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// later is a version of the schema that does not exist yet: one more migration.
func later(t *testing.T, more string) fstest.MapFS {
	t.Helper()
	next := newestVersion(t) + 1
	out := fstest.MapFS{fmt.Sprintf("%05d_later.sql", next): {Data: fmt.Appendf(nil, "-- +goose Up\nPRAGMA user_version = %d; %s", next, more)}}
	names, err := fs.Glob(embedded(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(embedded(), name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: b}
	}
	return out
}

func TestAFileOfANewerVersionIsSetAsideUntouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	s := open(t, Options{Path: path, migrations: later(t, "CREATE TABLE more (x);")})
	keep(t, s, saved("bath", "of the newer one"))
	shut(t, s)
	newer := fmt.Sprintf(".newer-%d", newestVersion(t)+1)
	for i, suffix := range []string{newer, newer + "-2"} { // whoever goes back and forth loses nothing either
		s = open(t, Options{Path: path})
		keep(t, s, saved("bath", "of the older one"))
		n := s.Notices()
		if len(n) != 1 || n[0].File != path+suffix || !strings.Contains(n[0].Message, fmt.Sprintf("newer Hob (version %d", newestVersion(t)+1)) {
			t.Fatalf("round %d: %+v", i, n)
		}
		shut(t, s)
		s = open(t, Options{Path: path + suffix, migrations: later(t, "CREATE TABLE more (x);")})
		if got := load(t, s); string(got["bath"].Lasting) != "of the newer one" || len(s.Notices()) != 0 {
			t.Errorf("round %d: %+v %v", i, got, s.Notices())
		}
		shut(t, s)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path + suffix); err != nil || os.WriteFile(path, b, 0o600) != nil {
			t.Fatal(err)
		}
	}
}

func TestAFileOfAnOlderVersionIsCopiedAndMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	fill(t, path, 100)
	s := open(t, Options{Path: path, migrations: later(t, "DELETE FROM last WHERE entity > 'e00050';")})
	if got := len(load(t, s)); got != 51 {
		t.Errorf("after the migration %d entities", got)
	}
	n := s.Notices()
	if len(n) != 1 || n[0].File != fmt.Sprintf("%s.before-%d", path, newestVersion(t)+1) {
		t.Fatalf("notices: %+v", n)
	}
	info, err := os.Stat(n[0].File)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v %v", info, err)
	}
	shut(t, s)
	if before := open(t, Options{Path: n[0].File}); len(load(t, before)) != 100 {
		t.Error("the copy is not what was there before")
	}
}

func TestAFileThatCannotBeMigratedIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	fill(t, path, 3)
	s, err := Open(Options{Path: path, migrations: later(t, "DROP TABLE nonsense;")})
	if err == nil {
		_ = s.Close()
		t.Fatal("a new file with a migration that cannot work was opened")
	}
	names, err := filepath.Glob(fmt.Sprintf("%s.version-%d*", path, newestVersion(t)))
	if err != nil || len(names) == 0 {
		t.Fatalf("%v %v", names, err)
	}
	if old := open(t, Options{Path: names[0]}); len(load(t, old)) != 3 {
		t.Error("what was set aside was changed")
	}
}

func TestEveryMigrationSetsItsNumber(t *testing.T) {
	s := fresh(t)
	current, newest, err := s.db.versions(t.Context(), embedded())
	if err != nil || current != newest {
		t.Fatalf("user_version %d, newest %d: %v", current, newest, err)
	}
	var goose int64
	if err := s.db.conn.QueryRowContext(t.Context(), "SELECT max(version_id) FROM goose_db_version").Scan(&goose); err != nil || goose != newest {
		t.Errorf("goose says %d: %v", goose, err)
	}
}

func TestAServerThatDiedWhileItMadeTheFileIsNoProblem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hob.db")
	half, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := half.Exec("CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, " +
		"is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now'))); INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)"); err != nil {
		t.Fatal(err)
	}
	_ = half.Close()
	s := open(t, Options{Path: path})
	keep(t, s, saved("bath", "{}"))
	if n := s.Notices(); len(n) != 0 {
		t.Errorf("notices: %+v", n)
	}
}

func TestOnlyWhoWaitsForTheDiskMakesItSync(t *testing.T) {
	s := open(t, Options{Path: filepath.Join(t.TempDir(), "hob.db")})
	for i, c := range []struct {
		keep func([]entity.Saved) error
		full bool
	}{{s.KeepSoon, false}, {s.Keep, true}, {s.KeepSoon, false}} {
		if err := c.keep([]entity.Saved{saved("bath", fmt.Sprint(i))}); err != nil {
			t.Fatal(err)
		}
		if got := synchronous(t, s); (got == 2) != c.full { // 1 is NORMAL, 2 FULL
			t.Errorf("%d: synchronous is %d", i, got)
		}
	}
	// Of those that are stored together one waits for the disk.
	s.writing.Lock()
	ended := make(chan error, 2)
	go func() { ended <- s.KeepSoon([]entity.Saved{saved("bath", "a")}) }()
	go func() { ended <- s.Keep([]entity.Saved{saved("hall", "b")}) }()
	together := func() bool {
		s.group.Lock()
		defer s.group.Unlock()
		return s.waiting != nil && len(s.waiting.entities) == 2
	}
	for end := time.Now().Add(time.Minute); !together(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("they do not gather")
		}
	}
	s.writing.Unlock()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if got := synchronous(t, s); got != 2 {
		t.Errorf("together: synchronous is %d", got)
	}
	if all := load(t, s); string(all["bath"].Lasting) != "a" || string(all["hall"].Lasting) != "b" {
		t.Errorf("%+v", all)
	}
}

func synchronous(t *testing.T, s *Store) int64 {
	t.Helper()
	s.writing.Lock()
	defer s.writing.Unlock()
	var n int64
	if err := s.db.conn.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
