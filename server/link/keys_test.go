package link

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hob/internal/entity"
	"hob/internal/wire"
)

func openKeys(t *testing.T) *Keys {
	t.Helper()
	k, err := OpenKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func put(t *testing.T, k *Keys, p Pair) {
	t.Helper()
	if err := k.update(hallID, func(Pair) Pair { return p }); err != nil {
		t.Fatal(err)
	}
}

func mustLoad(t *testing.T, k *Keys) Pair {
	t.Helper()
	p, err := k.Load(hallID)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestKeysAreKeptAndOnlyTheOwnerCanReadThem(t *testing.T) {
	k := openKeys(t)
	if p := mustLoad(t, k); p != (Pair{}) {
		t.Fatal("a key out of nothing")
	}
	want := Pair{Current: mustKey(1), Next: mustKey(2)}
	put(t, k, want)
	again, err := OpenKeys(k.dir)
	if err != nil {
		t.Fatal(err)
	}
	if p := mustLoad(t, again); p != want {
		t.Fatal("another pair is read than was written")
	}
	for path, mode := range map[string]os.FileMode{k.dir: 0o700, filepath.Join(k.dir, "hob-7c9ebd.json"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, mode)
		}
	}
	if err := k.promote(hallID, mustKey(3)); err != nil || mustLoad(t, k) != want {
		t.Fatal("a key that is not the next one was promoted")
	}
	if err := k.promote(hallID, mustKey(2)); err != nil || mustLoad(t, k) != (Pair{Current: mustKey(2)}) {
		t.Fatal("the next key was not promoted")
	}
	if err := k.remove(hallID); err != nil || mustLoad(t, k) != (Pair{}) {
		t.Fatal("a removed key is still there")
	}
	if err := k.remove(hallID); err != nil {
		t.Fatalf("removing twice: %v", err)
	}
}

func TestKeyFilesThatCannotBeTrustedAreAnErrorAndNotNoKey(t *testing.T) {
	good := `{"current":"` + mustKey(1).Reveal() + `"}`
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"readable by others": {good, 0o644},
		"by the group":       {good, 0o640},
		"empty":              {"", 0o600},
		"no key in it":       {"{}", 0o600},
		"cut in half":        {good[:40], 0o600},
		"a short key":        {`{"current":"00ff"}`, 0o600},
		"a key of zeros":     {`{"current":"` + strings.Repeat("0", 64) + `"}`, 0o600},
		"something else":     {`{"current":"` + mustKey(1).Reveal() + `","more":1}`, 0o600},
	} {
		t.Run(name, func(t *testing.T) {
			k := openKeys(t)
			path := filepath.Join(k.dir, "hob-7c9ebd.json")
			if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil { // whatever the umask
				t.Fatal(err)
			}
			_, err := k.Load(hallID)
			if err == nil || strings.Contains(err.Error(), mustKey(1).Reveal()) {
				t.Fatalf("%v", err)
			}
			if err := k.update(hallID, func(Pair) Pair { return Pair{Current: mustKey(2)} }); err == nil {
				t.Fatal("it was overwritten")
			}
		})
	}
}

func TestIDsThatAreNoneNameNoFile(t *testing.T) {
	k := openKeys(t)
	for _, id := range []entity.BoardID{"", "../hob-7c9ebd", "hob-7c9ebd/x", "hob-7C9EBD", "hob-12345"} {
		if _, err := k.Load(id); err == nil {
			t.Errorf("%q: loaded", id)
		}
		if err := k.update(id, func(Pair) Pair { return Pair{Current: mustKey(1)} }); err == nil {
			t.Errorf("%q: stored", id)
		}
	}
}

var errCrash = errors.New("power cut")

// TestPowerCutAtEveryStepOfAWrite stops a write before each of its steps and
// looks at what a restarted server finds.
func TestPowerCutAtEveryStepOfAWrite(t *testing.T) {
	before, after := Pair{Current: mustKey(1)}, Pair{Current: mustKey(1), Next: mustKey(2)}
	for name, c := range map[string]struct {
		from, to Pair
		steps    int
	}{
		"replace": {before, after, 3},
		"create":  {Pair{}, before, 3},
		"remove":  {before, Pair{}, 2},
	} {
		for cut := range c.steps {
			k := openKeys(t)
			put(t, k, c.from)
			n := 0
			k.before = func(string) error {
				if n++; n > cut {
					return errCrash
				}
				return nil
			}
			if err := k.update(hallID, func(Pair) Pair { return c.to }); !errors.Is(err, errCrash) {
				t.Fatalf("%s, cut before step %d: %v", name, cut, err)
			}
			restarted, err := OpenKeys(k.dir)
			if err != nil {
				t.Fatal(err)
			}
			got := mustLoad(t, restarted)
			if got != c.from && got != c.to {
				t.Errorf("%s, cut before step %d: neither the old nor the new pair", name, cut)
			}
			put(t, restarted, Pair{Next: mustKey(3)})
			if mustLoad(t, restarted) != (Pair{Next: mustKey(3)}) {
				t.Errorf("%s, cut before step %d: nothing can be stored any more", name, cut)
			}
		}
	}
}

func TestHalfWrittenTemporaryFileIsIgnoredAndReplaced(t *testing.T) {
	k := openKeys(t)
	put(t, k, Pair{Current: mustKey(1)})
	temp := filepath.Join(k.dir, "hob-7c9ebd.json.new")
	if err := os.WriteFile(temp, []byte(`{"curr`), 0o666); err != nil {
		t.Fatal(err)
	}
	if mustLoad(t, k) != (Pair{Current: mustKey(1)}) {
		t.Fatal("the temporary file counts")
	}
	put(t, k, Pair{Current: mustKey(2)})
	if mustLoad(t, k) != (Pair{Current: mustKey(2)}) {
		t.Fatal("it is in the way")
	}
}

func TestKeysAreTriedNextFirst(t *testing.T) {
	a, b := mustKey(1), mustKey(2)
	for _, c := range []struct {
		pair Pair
		want []wire.Key
	}{{Pair{}, nil}, {Pair{Current: a}, []wire.Key{a}}, {Pair{Next: b}, []wire.Key{b}}, {Pair{a, b}, []wire.Key{b, a}}} {
		got := c.pair.tries()
		if len(got) != len(c.want) {
			t.Fatalf("%d keys, want %d", len(got), len(c.want))
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("key %d is another one", i)
			}
		}
	}
}

func FuzzKeyFile(f *testing.F) {
	f.Add(`{"current":"` + mustKey(1).Reveal() + `","next":"` + mustKey(2).Reveal() + `"}`)
	f.Add(`{"next":"` + strings.Repeat("0", 64) + `"}`)
	f.Add("{")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := decodePair(strings.NewReader(text))
		if (err == nil) != (p != Pair{}) {
			t.Fatalf("%q: a pair %v, and %v", text, p != Pair{}, err)
		}
	})
}
