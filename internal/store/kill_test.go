package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"hob/internal/entity"
)

func campaign() bool { return os.Getenv("HOB_CAMPAIGN") != "" }

// victimDir makes this test program a victim that writes into that directory.
const victimDir = "HOB_STORE_VICTIM"

const victims = 4 // entities, each kept by a goroutine of its own

// victim keeps ever newer states as fast as it can, and says on standard output
// which of them is durable, until it is killed.
func victim(dir string) {
	s, err := Open(Options{Path: filepath.Join(dir, "hob.db")})
	die(err)
	for _, n := range s.Notices() {
		die(fmt.Errorf("notice: %s", n.Message))
	}
	before, err := s.Load(context.Background())
	die(err)
	fmt.Println("begin")
	go func() { die(s.Run(context.Background())) }()
	go func() { // what is not promised must not spoil what is
		for n := int64(0); ; n++ {
			at := 1795600000000 + n*1000
			v := float64(n % 7)
			die(s.record(batch{alive: at, samples: []sample{{at: at, of: seriesName{"s", "value"}, value: &v}},
				lines: []line{{at: at, entity: "s", what: LineState, state: "on"}}}))
			if n%50 == 0 {
				die(s.aggregate(context.Background()))
			}
		}
	}()
	for i := range victims {
		go func() {
			id := entity.ID(fmt.Sprintf("e%d", i))
			n, _ := strconv.Atoi(string(before[id].Lasting))
			keep := s.Keep
			if i%2 == 0 { // a power cut is another matter
				keep = s.KeepSoon
			}
			for {
				n++
				die(keep([]entity.Saved{saved(id, strconv.Itoa(n))}))
				fmt.Printf("%s %d\n", id, n) // one write: a line is whole or not there
			}
		}()
	}
	select {}
}

func die(err error) {
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

func TestNothingThatWasAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	rounds := 8
	if campaign() {
		rounds = 500
	}
	dir := t.TempDir()
	durable := map[entity.ID]int{}
	for round := range rounds {
		// Between a moment after the first line and a few checkpoints later.
		untilDead(t, dir, 1+rand.IntN(400), durable)
		s := open(t, Options{Path: filepath.Join(dir, "hob.db")})
		if n := s.Notices(); len(n) != 0 {
			t.Fatalf("round %d: %+v", round, n)
		}
		s.check(t.Context())
		if n := s.Notices(); len(n) != 0 {
			t.Fatalf("round %d: the check found %+v", round, n)
		}
		for id, e := range load(t, s) {
			n, err := strconv.Atoi(string(e.Lasting))
			if err != nil || n < durable[id] || n > durable[id]+1 {
				t.Fatalf("round %d: %s is %q, and %d was acknowledged", round, id, e.Lasting, durable[id])
			}
			durable[id] = n
		}
		if round%3 == 0 { // some lives begin with a WAL that was taken in, and some do not
			shut(t, s)
		} else {
			abandon(t, s)
		}
	}
}

// abandon closes a store's connections so that the WAL stays.
func abandon(t *testing.T, s *Store) {
	t.Helper()
	// Another connection keeps the last one from taking it in.
	path := s.o.Path
	kept, err := os.ReadFile(path + "-wal")
	if err != nil {
		return
	}
	main, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	shut(t, s)
	for name, b := range map[string][]byte{path: main, path + "-wal": kept} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// untilDead runs a victim, kills it after so many lines, and notes what it said.
func untilDead(t *testing.T, dir string, lines int, durable map[entity.ID]int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	began := 0
	for in := bufio.NewScanner(out); in.Scan(); {
		var id entity.ID
		var n int
		if in.Text() == "begin" {
			began++
		} else if _, err := fmt.Sscanf(in.Text(), "%s %d", &id, &n); err != nil || id == "error" {
			t.Errorf("the victim says %q", in.Text())
		} else {
			durable[id] = n
			began++
		}
		if began == lines {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	if began < lines {
		t.Fatalf("the victim ended by itself after %d lines", began)
	}
}
