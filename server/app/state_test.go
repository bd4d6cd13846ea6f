package app

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hob/server/client"
)

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("%s has mode %o, want %o", filepath.Base(path), got, want)
	}
}

func TestASecondServerOnTheSameStateIsRefusedUntilTheFirstEnds(t *testing.T) {
	state := t.TempDir()
	a := build(t, options(state))
	if _, err := New(options(state)); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), state) {
		t.Fatalf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(state, client.SocketName)); err != nil {
		t.Errorf("the second one took the first one's socket: %v", err)
	}
	a.Close()
	b := build(t, options(state))
	a.Close() // once more, and it must not be b's
	if _, err := os.Stat(filepath.Join(state, client.SocketName)); err != nil {
		t.Error(err)
	}
	if a.Token() != b.Token() {
		t.Error("the token did not stay")
	}
}

func TestWhatTheServerKeepsIsItsOwnersAlone(t *testing.T) {
	state := filepath.Join(t.TempDir(), "new", "state")
	build(t, options(state))
	wantMode(t, state, 0o700)
	for _, name := range []string{"token", "hob.lock", client.SocketName} {
		wantMode(t, filepath.Join(state, name), 0o600)
	}
	list, err := filepath.Glob(filepath.Join(state, "token?*"))
	if err != nil || len(list) != 0 {
		t.Errorf("left over: %v %v", list, err)
	}
}

func TestInADirectoryThatOthersMayEnterTheSecretsStaySecret(t *testing.T) {
	state := t.TempDir()
	if err := os.Chmod(state, 0o755); err != nil { //nolint:gosec // that is the point
		t.Fatal(err)
	}
	build(t, options(state))
	for _, name := range []string{"token", client.SocketName} {
		wantMode(t, filepath.Join(state, name), 0o600)
	}
}

func TestWhatOthersMayDoWithTheStateIsTakenFromThemAndSaid(t *testing.T) {
	o := options(t.TempDir())
	token := filepath.Join(o.State, "token")
	build(t, o).Close()
	for name, c := range map[string]struct {
		dir, token         os.FileMode // as they are found
		wantDir, wantToken os.FileMode
		says               string
	}{
		"all is well":             {0o700, 0o600, 0o700, 0o600, ""},
		"a group may read":        {0o750, 0o640, 0o750, 0o640, ""},
		"everybody may look in":   {0o755, 0o600, 0o755, 0o600, ""},
		"everybody may write":     {0o777, 0o600, 0o755, 0o600, "could replace what is in the state directory"},
		"a group may write":       {0o770, 0o600, 0o750, 0o600, "could replace what is in the state directory"},
		"everybody has the token": {0o700, 0o644, 0o700, 0o640, "could read the token"},
	} {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			o.Log = slog.New(slog.NewTextHandler(&said, nil))
			if err := errors.Join(os.Chmod(o.State, c.dir), os.Chmod(token, c.token)); err != nil {
				t.Fatal(err)
			}
			build(t, o).Close()
			wantMode(t, o.State, c.wantDir)
			wantMode(t, token, c.wantToken)
			if strings.Contains(said.String(), "could") != (c.says != "") || !strings.Contains(said.String(), c.says) {
				t.Errorf("the log has %s", said.String())
			}
		})
	}
}

func TestEveryServerMakesATokenOfItsOwn(t *testing.T) {
	a, b := build(t, options(t.TempDir())), build(t, options(t.TempDir()))
	if a.Token() == b.Token() || len(a.Token()) < 32 {
		t.Errorf("%q and %q", a.Token(), b.Token())
	}
}

func TestATokenThatNobodyCouldSendIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "short": "abc\n", "zeros of a power cut": strings.Repeat("\x00", 32),
		"spaces": "correct horse battery staple", "two lines": "correct-horse-battery\ncorrect-horse-battery",
		"binary": strings.Repeat("\xff\x01", 12), "quotes": `"correct-horse-battery"`, "semicolon": "correct-horse;battery-staple",
	} {
		state := t.TempDir()
		if err := os.WriteFile(filepath.Join(state, "token"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := New(options(state))
		if err == nil || !strings.Contains(err.Error(), "remove it") {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(filepath.Join(state, "token")); err != nil {
			t.Fatal(err)
		}
		build(t, options(state)) // as the message says
	}
}

func TestATokenOfOnesOwnChoiceIsTaken(t *testing.T) {
	state := t.TempDir()
	if err := os.WriteFile(filepath.Join(state, "token"), []byte("  correct-horse.battery_staple~1\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := build(t, options(state)).Token(); got != "correct-horse.battery_staple~1" {
		t.Errorf("got %q", got)
	}
}

func TestTheSocketOfAServerThatWasKilledIsReplaced(t *testing.T) {
	state := t.TempDir()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(state, client.SocketName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	_ = l.Close()
	a := build(t, options(state))
	run(t, a)
	if _, err := over(t, a).Entities(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAPathThatIsTooLongForASocketIsSaid(t *testing.T) {
	state := filepath.Join(t.TempDir(), strings.Repeat("x", 100))
	if _, err := New(options(state)); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("got %v", err)
	}
}

func TestAStateDirectoryThatIsAFileIsSaid(t *testing.T) {
	state := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(state, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(options(state)); !errors.Is(err, ErrState) {
		t.Errorf("got %v", err)
	}
}
