package image

import (
	"bytes"
	"crypto/ecdsa"
	"strings"
	"testing"
)

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	text, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signed(t testing.TB, k *ecdsa.PrivateKey) *Signed {
	t.Helper()
	raw, err := Virtual(Facts{"esp32c3", "0.2.0-rc1", 7}, "", 5000)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Sign(raw, k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASignedImageComesBackAsItWas(t *testing.T) {
	k := key(t)
	s := signed(t, k)
	back, err := Decode(s.Encode())
	if err != nil || back.Facts != (Facts{"esp32c3", "0.2.0-rc1", 7}) || !bytes.Equal(back.Data, s.Data) {
		t.Fatalf("%+v, %v", back.Facts, err)
	}
	public, err := PublicKey(k)
	if err != nil || len(public) != 130 || !strings.HasPrefix(public, "04") {
		t.Fatalf("%q, %v", public, err)
	}
	if !back.Verify(public) {
		t.Error("the signature does not verify")
	}
	other, _ := PublicKey(key(t))
	if back.Verify(other) || back.Verify("") || back.Verify("04"+strings.Repeat("00", 64)) {
		t.Error("it verifies with another key")
	}
}

func TestTheManifestIsTheTextOfTheDocs(t *testing.T) {
	s := &Signed{Facts: Facts{"esp32", "0.2.0", 3}, Data: make([]byte, 983040)}
	want := "hob.image.1\nchip esp32\nfw 0.2.0\nsecurity 3\nsize 983040\nsha256 " + strings.Repeat("00", 32) + "\n"
	if got := string(s.Manifest()); got != want {
		t.Errorf("got %q", got)
	}
}

func TestNothingThatWasChangedIsRead(t *testing.T) {
	file := signed(t, key(t)).Encode()
	for at := range file {
		changed := bytes.Clone(file)
		changed[at] ^= 1
		s, err := Decode(changed)
		if err != nil {
			continue
		}
		// Only the digits of the signature can be others; then it does not verify.
		if bytes.Equal(s.Signature[:], make([]byte, 64)) || !bytes.Equal(s.Encode(), changed) {
			t.Fatalf("byte %d was changed, and nobody saw it", at)
		}
	}
	for _, cut := range []int{0, 5, 100, len(file) - 1} {
		if _, err := Decode(file[:cut]); err == nil {
			t.Errorf("cut to %d bytes it is read", cut)
		}
	}
}

func TestWhatIsNoImageOfOursIsSaidSo(t *testing.T) {
	good, err := Virtual(Facts{"esp32", "0.2.0", 0}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func([]byte)
		says   string
	}{
		"magic":   {func(b []byte) { b[0] = 0 }, "no firmware image"},
		"chip":    {func(b []byte) { b[chipAt] = 99 }, "number 99"},
		"app":     {func(b []byte) { b[appAt]++ }, "not of Hob"},
		"own":     {func(b []byte) { b[ownAt]++ }, "not of Hob"},
		"version": {func(b []byte) { copy(b[versionAt:], "a b") }, "not one word"},
		"none":    {func(b []byte) { b[versionAt] = 0 }, "not one word"},
	} {
		raw := bytes.Clone(good)
		c.change(raw)
		if _, err := Sign(raw, key(t)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Inspect(good[:leastSize-1]); err == nil {
		t.Error("a stub of an image is taken")
	}
	if _, err := Virtual(Facts{"esp8266", "1", 0}, "", 0); err == nil {
		t.Error("an image for no chip")
	}
}

func TestAKeyIsOfP256OrNone(t *testing.T) {
	for _, text := range []string{"", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "key"} {
		if _, err := ParseKey([]byte(text)); err == nil || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(signed(f, key(f)).Encode()[:600])
	f.Add([]byte("hob.image.1\nchip esp32\n\nsignature \n\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if s, err := Decode(file); err == nil && !bytes.Equal(s.Encode(), file) {
			t.Fatal("it is another file when it is written again")
		}
	})
}
