package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSetupCodesGiveTheGoldenKeys(t *testing.T) {
	for _, g := range readGolden(t).SetupCodes {
		c, err := ParseSetupCode(g.Typed)
		if err != nil {
			t.Errorf("%s: %v", g.Typed, err)
			continue
		}
		if got := strings.ReplaceAll(c.Groups(), "-", ""); got != g.Code {
			t.Errorf("%s became %s, want %s", g.Typed, got, g.Code)
		}
		if got := c.Key().Reveal(); got != g.Key {
			t.Errorf("%s: key %s, want %s", g.Typed, got, g.Key)
		}
		again, err := ParseSetupCode(c.Groups())
		if err != nil || again != c {
			t.Errorf("%s: printed and typed again: %v", g.Typed, err)
		}
	}
}

func TestWhatIsNoSetupCodeIsRefused(t *testing.T) {
	for _, text := range readGolden(t).NotCodes {
		if _, err := ParseSetupCode(text); !errors.Is(err, ErrSetupCode) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if !(SetupCode{}).Key().IsZero() {
		t.Error("no code has a key")
	}
}

func FuzzParseSetupCode(f *testing.F) {
	for _, g := range readGolden(f).SetupCodes {
		f.Add(g.Typed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseSetupCode(text)
		if err != nil {
			return
		}
		if again, err := ParseSetupCode(c.Groups()); err != nil || again != c {
			t.Fatalf("%q: %v", text, err)
		}
		if c.Key().IsZero() {
			t.Fatal("zero key")
		}
	})
}

func TestKeysThatAreNoneAreRefused(t *testing.T) {
	for _, b := range [][]byte{nil, make([]byte, 31), make([]byte, 32), make([]byte, 33), bytes.Repeat([]byte{1}, 31)} {
		if _, err := KeyOf(b); !errors.Is(err, ErrKey) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
	for _, s := range []string{"", "00", strings.Repeat("0", 64), strings.Repeat("g", 64), strings.Repeat("1", 65)} {
		if _, err := ParseKey(s); !errors.Is(err, ErrKey) {
			t.Errorf("%q: %v", s, err)
		}
	}
	k := NewKey()
	if again, err := ParseKey(k.Reveal()); err != nil || again != k {
		t.Errorf("a revealed key reads back as another: %v", err)
	}
	if k == NewKey() {
		t.Error("two new keys are the same")
	}
}

func TestSecretsShowNowhere(t *testing.T) {
	key, err := KeyOf(bytes.Repeat([]byte{0xab}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	code, err := ParseSetupCode("01234-56789-ABCDE-FGHJK-MNPQRS")
	if err != nil {
		t.Fatal(err)
	}
	type holder struct {
		Key  Key
		Code SetupCode
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", key, code, holder{key, code})
	}
	text, err := json.Marshal(holder{key, code})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", key, "code", code, "both", holder{key, code})
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "key", key, "code", code, "both", holder{key, code})
	for _, leak := range []string{"abab", "ABAB", "171 171", "253 253", "10101011", "56789", "3536373839", "53 54 55"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q shows in:\n%s", leak, out.String())
		}
	}
}
