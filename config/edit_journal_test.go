package config

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hob/internal/entity"
)

// spreadOver is how many files a house that is spread includes; all name the porch.
const spreadOver = 5

// spread writes such a house.
func spread(t *testing.T) (main string) {
	t.Helper()
	dir := t.TempDir()
	text := "boards: {hall: {id: hob-7c9ebd, chip: esp32}}\nswitches:\n  porch: {pin: hall/16}\nscenes:\n"
	for i := range spreadOver {
		name := fmt.Sprintf("s%d.yaml", i)
		text += fmt.Sprintf("  s%d: !include %s\n", i, name)
		writeFile(t, filepath.Join(dir, name), "porch: off # "+strings.Repeat("as it is ", 200)+"\n")
	}
	main = filepath.Join(dir, "config.yaml")
	writeFile(t, main, text)
	return main
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// renewed is how many files of a house that is spread name the lamp, and not the porch.
func renewed(t *testing.T, main string) int {
	t.Helper()
	n := 0
	all, err := os.ReadDir(filepath.Dir(main))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if strings.HasSuffix(e.Name(), ".yaml") && strings.Contains(content(t, filepath.Join(filepath.Dir(main), e.Name())), "lamp: ") {
			n++
		}
	}
	return n
}

func nothingLeft(t *testing.T, main string) {
	t.Helper()
	if all, err := os.ReadDir(filepath.Dir(main)); err != nil || len(all) != spreadOver+1 {
		t.Errorf("left behind: %v, %v", all, err)
	}
}

// brokenOff is an edit of a house that is spread of which so many files have been
// replaced when it was killed.
func brokenOff(t *testing.T, main string, replaced int, plain bool) {
	t.Helper()
	e, err := Rename(main, "porch", "lamp")
	if err != nil || len(e.Files) != spreadOver+1 {
		t.Fatal(e, err)
	}
	var ready []*replacement
	for _, f := range e.Files {
		r, err := prepare(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.hold(); err != nil {
			t.Fatal(err)
		}
		ready = append(ready, r)
	}
	end, err := begin(main, ready)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range ready[:replaced] {
		if plain {
			err = r.rename()
		} else {
			err = r.replace()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// A kill removes nothing and lets go of all locks.
	kept := content(t, journalOf(main))
	end()
	writeFile(t, journalOf(main), kept)
	for _, r := range ready {
		_ = r.new.Close()
		_ = r.old.Close()
	}
}

// Wherever an edit of several files was broken off, all files are the old ones or
// all are the new ones once it is recovered, with nothing left beside them.
func TestAnEditThatWasBrokenOffIsFinished(t *testing.T) {
	for _, plain := range []bool{false, true} {
		for replaced := range spreadOver + 2 {
			main := spread(t)
			brokenOff(t, main, replaced, plain)
			if !Interrupted(main) {
				t.Error("nobody sees that an edit was broken off")
			}
			done, err := Recover(main)
			want := spreadOver + 1
			if replaced == 0 {
				want = 0
			}
			if got := renewed(t, main); err != nil || got != want || done != (replaced > 0 && replaced <= spreadOver) {
				t.Errorf("plain %v, %d replaced: %v, %v, and %d of %d are new", plain, replaced, done, err, got, spreadOver+1)
			}
			nothingLeft(t, main)
		}
	}
}

// A file that somebody saved since is theirs: the rest goes back to what they saw,
// unless it is a valid house as it stands.
func TestWhatWasSavedSinceABrokenEditStays(t *testing.T) {
	main := spread(t)
	brokenOff(t, main, 3, false) // config.yaml, s0 and s1
	theirs := "porch: on # theirs\n"
	writeFile(t, filepath.Join(filepath.Dir(main), "s4.yaml"), theirs)
	if done, err := Recover(main); err != nil || !done || renewed(t, main) != 0 || content(t, filepath.Join(filepath.Dir(main), "s4.yaml")) != theirs {
		t.Errorf("%v, %v, and %d are new", done, err, renewed(t, main))
	}
	nothingLeft(t, main)

	main = spread(t)
	brokenOff(t, main, 3, false)
	for i := 2; i < spreadOver; i++ { // finished by hand
		writeFile(t, filepath.Join(filepath.Dir(main), fmt.Sprintf("s%d.yaml", i)), "lamp: off # by hand\n")
	}
	if done, err := Recover(main); err != nil || done || renewed(t, main) != spreadOver+1 {
		t.Errorf("%v, %v, and %d are new", done, err, renewed(t, main))
	}
	nothingLeft(t, main)
}

// Who makes the next edit makes it of whole files.
func TestTheNextEditFinishesTheBrokenOne(t *testing.T) {
	main := spread(t)
	brokenOff(t, main, 1, false)
	e, err := Rename(main, "lamp", "lantern")
	if err == nil {
		err = e.Write()
	}
	if err != nil {
		t.Fatal(err)
	}
	if house, list, err := Load(main); err != nil || house == nil || house.Entities[0].ID != "lantern" {
		t.Error(list, err)
	}
	nothingLeft(t, main)
}

// Two edits of one house at a time: the second gives way.
func TestAnEditGivesWayToOneThatIsAtWork(t *testing.T) {
	main := spread(t)
	end, err := begin(main, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	if _, err := begin(main, nil); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v", err)
	}
	if Interrupted(main) {
		t.Error("an edit at work is taken for a broken one")
	}
	nothingElse, err := filepath.Glob(filepath.Join(filepath.Dir(main), ".*.new"))
	if err != nil || len(nothingElse) != 0 {
		t.Errorf("left behind: %v, %v", nothingElse, err)
	}
}

// A journal is a file that others may have written: it moves nothing but what an
// edit of these files can have left, and is of no effect afterwards.
func TestAJournalThatIsNoneMovesNothing(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "half": `{"files":[{"name":`, "of another shape": `[1]`,
		"outside": `{"files":[{"name":"../victim","temporary":".victim.1.new","before":"B","after":"A"},{"name":"config.yaml","temporary":"x","before":"x","after":"M"}]}`,
		"a path":  `{"files":[{"name":"config.yaml","temporary":"../victim","before":"M","after":"B"},{"name":"s0.yaml","temporary":"x","before":"x","after":"S"}]}`,
	} {
		main := spread(t)
		victim := filepath.Join(filepath.Dir(main), "..", "victim")
		writeFile(t, victim, "victim")
		writeFile(t, filepath.Join(filepath.Dir(victim), ".victim.1.new"), "evil")
		text = strings.NewReplacer(`"B"`, quoted(sumOf([]byte("victim"))), `"A"`, quoted(sumOf([]byte("evil"))), `"M"`, quoted(sumIn(main)),
			`"S"`, quoted(sumIn(filepath.Join(filepath.Dir(main), "s0.yaml")))).Replace(text)
		writeFile(t, journalOf(main), text)
		before := content(t, main)
		done, err := Recover(main)
		if done || err != nil || content(t, victim) != "victim" || content(t, main) != before {
			t.Errorf("%s: %v, %v", name, done, err)
		}
		nothingLeft(t, main)
	}
}

func quoted(s string) string {
	b, _ := json.Marshal(s) //nolint:errchkjson // a string
	return string(b)
}

// What was saved in the very moment in which a file was replaced, and a kill fell right
// then, is under the temporary name. It is the newest there is, and goes in again.
func TestWhatWasSavedInTheMomentOfAKillIsNotLost(t *testing.T) {
	main := spread(t)
	brokenOff(t, main, 2, false) // config.yaml and s0
	theirs := "porch: on # theirs\n"
	beside, err := filepath.Glob(filepath.Join(filepath.Dir(main), ".s0.yaml.*.new"))
	if err != nil || len(beside) != 1 {
		t.Fatal(beside, err)
	}
	writeFile(t, beside[0], theirs) // as it is after the exchange, before it is put back
	if done, err := Recover(main); err != nil || !done {
		t.Error(done, err)
	}
	if got := content(t, filepath.Join(filepath.Dir(main), "s0.yaml")); got != theirs {
		t.Errorf("what was saved is lost: %q", got)
	}
	if house, list, err := Load(main); err != nil || house == nil || renewed(t, main) != 0 {
		t.Errorf("%d are new: %v, %v", renewed(t, main), list, err)
	}
	nothingLeft(t, main)
}

const (
	killedEditOf = "HOB_TEST_EDIT_OF"
	killedWhat   = "HOB_TEST_EDIT_IS" // "recovery", or an edit
)

// TestEditThatIsKilled is what TestAKillWithinAnEditLeavesAllFilesOldOrNew kills.
func TestEditThatIsKilled(t *testing.T) {
	main := os.Getenv(killedEditOf)
	if main == "" {
		return
	}
	if os.Getenv(killedWhat) == "recovery" {
		fmt.Println("now")
		if _, err := Recover(main); err != nil {
			t.Fatal(err)
		}
		return
	}
	e, err := Rename(main, "porch", "lamp")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("now")
	if err := e.Write(); err != nil {
		t.Fatal(err)
	}
}

// nth is the file that an edit replaces as the nth.
func nth(main string, n int) string {
	if n == 0 {
		return main
	}
	return filepath.Join(filepath.Dir(main), fmt.Sprintf("s%d.yaml", n-1))
}

// awaitReplaced waits until another file has this name, or there is nothing to wait for.
func awaitReplaced(name string, gone <-chan struct{}) {
	was, err := os.Lstat(name)
	for err == nil {
		select {
		case <-gone:
			return
		default:
		}
		now, e := os.Lstat(name)
		if e != nil || !os.SameFile(was, now) {
			return
		}
	}
}

// killWithin runs an edit, or its recovery, and has the kernel kill it at a moment
// within it.
func killWithin(t *testing.T, main, what string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestEditThatIsKilled$")
	cmd.Env = append(os.Environ(), killedEditOf+"="+main, killedWhat+"="+what)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for said.Scan() && said.Text() != "now" {
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for said.Scan() { // until it ends
		}
	}()
	awaitReplaced(nth(main, rand.IntN(spreadOver+1)), gone)
	_ = cmd.Process.Kill() // where in the edit it falls is the point
	<-gone
	_ = cmd.Wait()
}

// An edit of six files is killed, by the kernel, at a moment within it, and so is who
// finishes it.
func TestAKillWithinAnEditLeavesAllFilesOldOrNew(t *testing.T) {
	rounds := 5
	if campaign() {
		rounds = 500
	}
	counts := map[string]int{}
	for range rounds {
		main := spread(t)
		killWithin(t, main, "edit")
		half := renewed(t, main)
		if half%(spreadOver+1) != 0 {
			counts["within"]++
			if house, _, err := Load(main); err != nil || house != nil {
				t.Errorf("a half is a valid house: %v", err)
			}
			killWithin(t, main, "recovery")
			if n := renewed(t, main); n < half {
				t.Fatalf("a recovery that was killed has undone a half: %d of %d files are new, and were %d", n, spreadOver+1, half)
			} else if n < spreadOver+1 {
				counts["within the recovery"]++
			}
		}
		if _, err := Recover(main); err != nil {
			t.Fatal(err)
		}
		switch got := renewed(t, main); {
		case got == 0 && half == 0:
			counts["before"]++
		case got == spreadOver+1 && half > 0:
			counts["after"]++
		default:
			t.Fatalf("%d of %d files are new, after a kill when %d were", got, spreadOver+1, half)
		}
		if house, list, err := Load(main); err != nil || house == nil {
			t.Fatal(list, err)
		}
		e, err := Rename(main, switchOf(t, main), "again")
		if err == nil {
			err = e.Write()
		}
		if err != nil {
			t.Fatal(err)
		}
		nothingLeft(t, main)
	}
	t.Log(counts)
}

// switchOf is what the switch of a house that is spread is called.
func switchOf(t *testing.T, main string) entity.ID {
	t.Helper()
	h, list, err := Load(main)
	if err != nil || h == nil {
		t.Fatal(list, err)
	}
	return h.Entities[0].ID
}
