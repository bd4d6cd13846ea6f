package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// golden is testdata/frames.json, refused.json and settings.json, which the
// firmware's tests read too: three files, because their JSON reader takes less
// than 64 KiB.
type golden struct {
	Valid      []goldenFrame `json:"valid"`
	Invalid    []goldenFrame `json:"invalid"`
	Configs    []goldenConfig
	SetupCodes []struct{ Typed, Code, Key string } `json:"setup_codes"`
	NotCodes   []string                            `json:"not_setup_codes"`
}

type goldenFrame struct{ Name, From, Frame, Why string }

type goldenConfig struct {
	Name, Rev, SHA256 string
	Items             []string
}

func readGolden(t testing.TB) golden {
	t.Helper()
	var g golden
	for _, name := range []string{"testdata/frames.json", "testdata/refused.json", "testdata/settings.json"} {
		text, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(text, &g)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(text) > 60<<10 {
			t.Errorf("%s has %d bytes: another file before the firmware's tests cannot read it", name, len(text))
		}
	}
	if len(g.Valid) == 0 || len(g.Invalid) == 0 || len(g.Configs) == 0 || len(g.SetupCodes) == 0 {
		t.Fatal("testdata lacks a section")
	}
	return g
}

type frame interface{ Append([]byte) []byte }

func decode(d *Decoder, from, text string) (frame, error) {
	if from == "server" {
		f, err := d.Server([]byte(text))
		return f, err
	}
	f, err := d.Board([]byte(text))
	return f, err
}

func TestGoldenFramesDecodeAndSurviveEncoding(t *testing.T) {
	var d, again Decoder
	for _, g := range readGolden(t).Valid {
		f, err := decode(&d, g.From, g.Frame)
		if err != nil {
			t.Errorf("%s from %s: %v", g.Name, g.From, err)
			continue
		}
		text := string(f.Append(nil))
		second, err := decode(&again, g.From, text)
		if err != nil {
			t.Errorf("%s from %s: encoded as %s: %v", g.Name, g.From, text, err)
			continue
		}
		if got := string(second.Append(nil)); got != text {
			t.Errorf("%s from %s: %s became %s", g.Name, g.From, text, got)
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("%s: not JSON: %s", g.Name, text)
		}
	}
}

func TestGoldenInvalidFramesAreRefusedForTheRightReason(t *testing.T) {
	var d Decoder
	for _, g := range readGolden(t).Invalid {
		_, err := decode(&d, g.From, g.Frame)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s from %s: %v, want %s", g.Name, g.From, err, g.Why)
			continue
		}
		if string(e.Class) != g.Why {
			t.Errorf("%s from %s: %v, want %s", g.Name, g.From, e, g.Why)
		}
	}
}

func TestEveryTruncationOfAGoldenFrameIsRefused(t *testing.T) {
	var d Decoder
	for _, g := range readGolden(t).Valid {
		text := strings.TrimSpace(g.Frame)
		for n := range len(text) {
			if _, err := decode(&d, g.From, text[:n]); err == nil {
				t.Fatalf("%s from %s: its first %d bytes are taken for a frame", g.Name, g.From, n)
			}
		}
	}
}

var (
	fenced = regexp.MustCompile("(?s)```json\n(.*?)```")
	inline = regexp.MustCompile("`(\\{\"t\":.*?\\})`")
)

func TestEveryExampleInTheDocumentationDecodes(t *testing.T) {
	text, err := os.ReadFile("../../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	for _, block := range fenced.FindAllStringSubmatch(string(text), -1) {
		examples = append(examples, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	for _, code := range inline.FindAllStringSubmatch(string(text), -1) {
		examples = append(examples, code[1])
	}
	fill := strings.NewReplacer(
		"…64 hex digits…", strings.Repeat("5d", 32),
		"…128 hex digits…", strings.Repeat("5d", 64),
		`"key":"…"`, `"key":"`+strings.Repeat("5d", 32)+`"`,
		",…", `,"boot":"9f3c2a11","up":9200`)
	seen := map[string]bool{}
	var d Decoder
	for _, e := range examples {
		e = fill.Replace(e)
		from := "server"
		if strings.Contains(e, `"boot":"9f3c2a11"`) {
			from = "board"
		}
		f, err := decode(&d, from, e)
		if err != nil {
			t.Errorf("%s: %v", e, err)
		}
		seen[fmt.Sprintf("%T", f)] = true
	}
	if len(seen) < 24 { // each of the 25 types has an example; hello and time share none
		t.Errorf("found examples of only %d types: %v", len(seen), seen)
	}
}

func TestUnknownFrameOfABoardIsNoError(t *testing.T) {
	var d Decoder
	f, err := d.Board([]byte(`{"t":"pulse","boot":"9f3c2a11","up":5,"x":1}`))
	if _, ok := f.(*Unknown); !ok || err != nil {
		t.Fatalf("%T, %v", f, err)
	}
	if _, err := d.Board([]byte(`{"t":"pulse"}`)); err == nil {
		t.Fatal("even an unknown frame carries boot and up")
	}
}

func TestErrorsNeverQuoteThePeer(t *testing.T) {
	var d Decoder
	for _, text := range []string{`{"t":"secret-word"}`, `{"secret-word":1`, `{"t":"adopt","key":"secret-word"}`} {
		_, err := d.Server([]byte(text))
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// What a sensor or a thermostat reports outlives its frame, so that is one
// allocation; neither does it often.
func TestHotFramesAreDecodedWithoutAllocation(t *testing.T) {
	for frame, most := range map[string]float64{
		`{"t":"pong","boot":"9f3c2a11","up":9123,"n":7}`: 0,
		`{"t":"state","boot":"9f3c2a11","up":9200,"points":[{"p":"gpio16","v":true,"up":9200,"cause":"command","cmd":17},{"p":"gpio18","v":400,"rgb":"ff8800","up":9200,"cause":"binding","by":"gpio32"}]}`: 0,
		`{"t":"state","boot":"9f3c2a11","up":9200,"points":[{"p":"gpio4","v":21437,"h":45300,"up":9100,"cause":"sensor"}]}`:                                                                                 1,
		`{"t":"state","boot":"9f3c2a11","up":9200,"points":[{"p":"gpio21","v":true,"up":9100,"cause":"thermostat","th":{"phase":"active","target":21000,"temp":20437,"source":"plan","plan":"1a2b3c4d"}}]}`: 1,
	} {
		var d Decoder
		text := []byte(frame)
		decodeOnce := func() {
			if _, err := d.Board(text); err != nil {
				t.Fatal(err)
			}
		}
		decodeOnce() // grows the buffers and learns the names
		if n := testing.AllocsPerRun(100, decodeOnce); n > most {
			t.Errorf("%s: %v allocations", frame, n)
		}
	}
}

func TestDecoderDoesNotKeepTheRoomOfAHugeFrame(t *testing.T) {
	huge := []byte(`{"t":"pong","boot":"9f3c2a11","up":1,"n":7,"x":[` + strings.Repeat("1,", 1900) + `1]}`)
	var d Decoder
	for _, text := range [][]byte{huge, []byte(`{"t":"pong","boot":"9f3c2a11","up":1,"n":7}`)} {
		if _, err := d.Board(text); err != nil {
			t.Fatal(err)
		}
	}
	if cap(d.tokens) > keepTokens {
		t.Errorf("%d tokens are kept", cap(d.tokens))
	}
	for i := range 1000 {
		if _, err := d.Board(fmt.Appendf(nil, `{"t":"event","boot":"9f3c2a11","up":1,"p":"p%d","event":"press","n":1}`, i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.names) > keepNames {
		t.Errorf("%d names are kept", len(d.names))
	}
}

func TestParserAgreesWithTheStandardLibraryOnWhatIsJSON(t *testing.T) {
	for _, g := range append(readGolden(t).Valid, readGolden(t).Invalid...) {
		_, err := parse([]byte(g.Frame), nil)
		if want := json.Valid([]byte(g.Frame)); want != (err == nil) && !stricter(g.Frame, err) {
			t.Errorf("%s: %v, the standard library says %v", g.Name, err, want)
		}
	}
}

// stricter says whether err is about something that the standard library lets
// pass: limits, what is no object, broken UTF-8 and lone surrogates.
func stricter(text string, err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Class == ClassDepth || e.Class == ClassTooLong || !strings.HasPrefix(strings.TrimSpace(text), "{") ||
		!utf8.ValidString(text) || strings.Contains(text, `\u`)
}

func FuzzDecodeBoard(f *testing.F) { fuzzDecode(f, "board") }

func FuzzDecodeServer(f *testing.F) { fuzzDecode(f, "server") }

// fuzzDecode checks that a decoder never panics, takes nothing that is no JSON,
// and that what it takes survives encoding.
func fuzzDecode(f *testing.F, from string) {
	g := readGolden(f)
	for _, frame := range append(g.Valid, g.Invalid...) {
		f.Add([]byte(frame.Frame))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var d Decoder
		frame, err := decode(&d, from, string(text))
		if _, perr := parse(text, nil); perr == nil != json.Valid(text) && !stricter(string(text), perr) {
			t.Fatalf("%q: %v, the standard library says %v", text, perr, json.Valid(text))
		}
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%q: %v is no *Error", text, err)
			}
			return
		}
		once := frame.Append(nil)
		var again Decoder
		second, err := decode(&again, from, string(once))
		if len(once) > MaxFrame {
			return // escapes may grow: a line end takes six bytes instead of two
		}
		if err != nil {
			t.Fatalf("%q became %q: %v", text, once, err)
		}
		if _, unknown := frame.(*Unknown); unknown {
			return
		}
		if twice := second.Append(nil); !bytes.Equal(twice, once) {
			t.Fatalf("%q became %q", once, twice)
		}
	})
}

func BenchmarkDecodeState(b *testing.B) {
	frame := []byte(`{"t":"state","boot":"9f3c2a11","up":9200,"points":[{"p":"gpio16","v":true,"up":9200,"cause":"command","cmd":17}]}`)
	var d Decoder
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Board(frame); err != nil {
			b.Fatal(err)
		}
	}
}
