package api

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hob/config"
)

const smallHouse = "home: {name: Test, timezone: UTC}\r\nboards: {hall: {id: hob-7c9ebd, chip: esp32}} # the one board\r\nswitches:\r\n  porch: {pin: hall/16}\r\n"

// fileRig is a rig whose house is in a file.
func fileRig(t *testing.T) (r *rig, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "config.yaml")
	write(t, file, smallHouse)
	r = newRig(t, func(o *Options) { o.File = file })
	house, list, err := config.Load(file)
	if err != nil || list.HasErrors() {
		t.Fatal(list, err)
	}
	r.reg.Apply(house)
	return r, file
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAFileIsReadPlannedAndWrittenThroughTheAPI(t *testing.T) {
	r, file := fileRig(t)
	now := read[configBody](t, r.do("GET /api/config", ""))
	if now.File != file || len(now.Files) != 1 || now.Files[0].Text != smallHouse || now.Version == "" {
		t.Fatalf("%+v", now)
	}
	text := smallHouse + "  fan: {pin: hall/17}\r\n"
	planned := read[editBody](t, r.do("POST /api/config/plan", asJSON(t, map[string]string{"text": text})))
	if planned.Written || planned.Version != now.Version || len(planned.Plan.Changes) != 1 || planned.Plan.Changes[0].ID != "fan" ||
		!strings.Contains(planned.Words, "fan") || content(t, file) != smallHouse {
		t.Errorf("planned: %+v", planned)
	}
	written := read[editBody](t, r.do("PUT /api/config", asJSON(t, map[string]string{"text": text, "version": now.Version})))
	if !written.Written || written.Version == now.Version || content(t, file) != text {
		t.Errorf("written: %+v", written)
	}
	// The same again is based on what is no longer there.
	wantProblem(t, r.do("PUT /api/config", asJSON(t, map[string]string{"text": smallHouse, "version": now.Version})), 409, "meanwhile")
	if content(t, file) != text {
		t.Error("it was written over")
	}
}

func TestAnInvalidTextIsNotWrittenAndAllThatIsWrongIsSaid(t *testing.T) {
	r, file := fileRig(t)
	now := read[configBody](t, r.do("GET /api/config", ""))
	text := strings.Replace(smallHouse, "hall/16", "hall/99", 1)
	answer := r.do("PUT /api/config", asJSON(t, map[string]string{"text": text, "version": now.Version}))
	wantProblem(t, answer, 422, "not a valid configuration")
	var p configProblem
	if err := json.Unmarshal(answer.Body.Bytes(), &p); err != nil || len(p.Diagnostics) != 1 || p.Diagnostics[0].Line != 4 {
		t.Errorf("%v %+v", err, p)
	}
	if content(t, file) != smallHouse {
		t.Error("it was written")
	}
	list := read[[]diagnosticBody](t, r.do("POST /api/config/check", asJSON(t, map[string]string{"text": text})))
	if len(list) != 1 || list[0] != p.Diagnostics[0] {
		t.Errorf("check: %+v", list)
	}
}

func TestAFileThatIsInvalidOnTheDiskIsMendedThroughTheAPI(t *testing.T) {
	r, file := fileRig(t)
	write(t, file, "switches: [\n")
	now := read[configBody](t, r.do("GET /api/config", ""))
	written := read[editBody](t, r.do("PUT /api/config", asJSON(t, map[string]string{"text": smallHouse, "version": now.Version})))
	if !written.Written || content(t, file) != smallHouse || len(written.Plan.Changes) != 0 { // the house in force is the same
		t.Errorf("%+v", written)
	}
}

func TestAnEntityIsAddedAndRenamedAndTheRestStays(t *testing.T) {
	r, file := fileRig(t)
	const wish = `{"kind":"switch","id":"fan","keys":{"pin":"hall/17","name":"The fan"},"dry":true}`
	if planned := read[editBody](t, r.do("POST /api/config/entities", wish)); planned.Written || content(t, file) != smallHouse {
		t.Errorf("dry: %+v", planned)
	}
	read[editBody](t, r.do("POST /api/config/entities", strings.Replace(wish, "true", "false", 1)))
	text := smallHouse + "  fan: {name: The fan, pin: hall/17}\r\n"
	if got := content(t, file); got != text {
		t.Errorf("%q", got)
	}
	wantProblem(t, r.do("POST /api/config/entities", strings.Replace(wish, "true", "false", 1)), 422, "already")
	wantProblem(t, r.do("POST /api/config/entities", `{"kind":"switch","id":"pump","keys":{"pin":"hall/17"}}`), 422, "would not be valid")
	read[editBody](t, r.do("POST /api/config/rename", `{"from":"fan","to":"vent"}`))
	if got := content(t, file); got != strings.Replace(text, "fan: {", "vent: {was: fan, ", 1) {
		t.Errorf("%q", got)
	}
	wantProblem(t, r.do("POST /api/config/rename", `{"from":"attic","to":"roof","version":"old"}`), 409, "meanwhile")
}

func TestSecretsDoNotLeaveTheServerAndOtherFilesAreOutOfReach(t *testing.T) {
	r, file := fileRig(t)
	dir := filepath.Dir(file)
	write(t, filepath.Join(dir, "secrets.yaml"), "gate: gate-471100\n")
	write(t, filepath.Join(dir, "more.yaml"), "fan: {pin: hall/17}\n")
	write(t, filepath.Join(dir, "other.yaml"), "nobody: asked\n")
	write(t, file, strings.Replace(smallHouse, "switches:\r\n  porch: {pin: hall/16}", "rules: {gate: {when: {webhook: !secret gate}, do: [fan on]}}\r\nswitches: !include more.yaml", 1))
	before := r.do("GET /api/config", "")
	now := read[configBody](t, before)
	if len(now.Files) != 2 || strings.Contains(before.Body.String(), "471100") {
		t.Errorf("%+v", now)
	}
	for _, name := range []string{filepath.Join(dir, "secrets.yaml"), filepath.Join(dir, "other.yaml"), "/etc/passwd", "../x.yaml"} {
		wantProblem(t, r.do("PUT /api/config", asJSON(t, map[string]string{"file": name, "text": "a: b\n", "version": now.Version})), 422, "no file")
	}
	read[editBody](t, r.do("PUT /api/config", asJSON(t, map[string]string{"file": now.Files[1].Name, "text": "fan: {pin: hall/18}\n", "version": now.Version})))
	if got := content(t, filepath.Join(dir, "more.yaml")); got != "fan: {pin: hall/18}\n" {
		t.Errorf("%q", got)
	}
	version := read[configBody](t, r.do("GET /api/config", "")).Version
	write(t, filepath.Join(dir, "secrets.yaml"), "gate: gate-471101\n")
	if v := read[configBody](t, r.do("GET /api/config", "")).Version; v != version {
		t.Error("the version tells that a secret has changed: guesses at it could be tried")
	}
}

func TestOnlyRequestsThatBringAFileMayBeLarge(t *testing.T) {
	r, file := fileRig(t)
	large := smallHouse + strings.Repeat("# a comment that nobody reads\n", 30_000)
	body := asJSON(t, map[string]string{"text": large, "version": read[configBody](t, r.do("GET /api/config", "")).Version})
	for _, line := range []string{"POST /api/config/entities", "POST /api/config/rename", "POST /api/entities/porch/commands", "DELETE /api/config"} {
		wantProblem(t, r.do(line, body), 413, "")
	}
	if got := r.do("PUT /api/config", body).Code; got != 200 || content(t, file) != large {
		t.Errorf("a file of 900 KB: %d", got)
	}
	if got := r.do("POST /api/config/check", asJSON(t, map[string]string{"text": large})).Code; got != 200 {
		t.Errorf("checked: %d", got)
	}
	wantProblem(t, r.do("POST /api/config/check", asJSON(t, map[string]string{"text": strings.Repeat("x", mostConfig)})), 413, "")
}

// What no editor could give back byte for byte is not given to one: it would be
// spoilt by saving it.
func TestAFileThatCannotBeGivenBackIsNotShown(t *testing.T) {
	r, file := fileRig(t)
	write(t, file, smallHouse+"#"+strings.Repeat("x", 1<<20))
	wantProblem(t, r.do("GET /api/config", ""), 422, "larger than 1024 KiB")
	write(t, file, "home: {name: \xff}\n")
	wantProblem(t, r.do("GET /api/config", ""), 409, "not in UTF-8")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, r.do("GET /api/config", ""), 409, "no file")
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, r.do("GET /api/config", ""), 409, "is a directory, not a file")
}

// To open a pipe can take for ever, and everybody else would wait.
func TestAPipeAmongTheFilesHoldsNobodyUp(t *testing.T) {
	r, file := fileRig(t)
	if err := syscall.Mkfifo(filepath.Join(filepath.Dir(file), "pipe.yaml"), 0o600); err != nil {
		t.Skip(err)
	}
	text := asJSON(t, map[string]string{"text": "switches: !include pipe.yaml\n"})
	if list := read[[]diagnosticBody](t, r.do("POST /api/config/check", text)); len(list) != 1 || !strings.Contains(list[0].Message, "not a regular file") {
		t.Errorf("%+v", list)
	}
	write(t, file, "switches: !include pipe.yaml\n")
	if now := read[configBody](t, r.do("GET /api/config", "")); len(now.Files) != 1 {
		t.Errorf("%+v", now)
	}
}

func TestALinkToTheFileStaysALink(t *testing.T) {
	r, file := fileRig(t)
	real := filepath.Join(filepath.Dir(file), "real.yaml")
	if err := errors.Join(os.Rename(file, real), os.Symlink("real.yaml", file), os.Chmod(real, 0o640)); err != nil {
		t.Fatal(err)
	}
	body := asJSON(t, map[string]string{"text": smallHouse + "# more", "version": read[configBody](t, r.do("GET /api/config", "")).Version})
	read[editBody](t, r.do("PUT /api/config", body))
	info, err := os.Lstat(file)
	if err != nil || info.Mode().IsRegular() || content(t, real) != smallHouse+"# more" {
		t.Errorf("the link is %v, %v", info, err)
	}
	if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file is %v, %v", info, err)
	}
}

// A key or a value is one key or value, whatever it looks like.
func TestNothingElseIsAddedThroughAKey(t *testing.T) {
	r, file := fileRig(t)
	for keys, says := range map[string]string{
		`{"name: x}, b: {name":"y"}`:                            "is no key",
		`{"name":"{a: b}}\nlights: {x: {pin: hall/17}"}`:        "neither a list nor a mapping",
		`{"name":"[a]}, other: {name: b"}`:                      "neither a list nor a mapping",
		`{"name":"{a: b}, was: c"}`:                             "neither a list nor a mapping",
		`{"name":"{a: b} # and"}`:                               "would not be valid",
		`{"` + strings.Repeat("k", 70) + `":"v","name":"[[[["}`: "",
	} {
		wantProblem(t, r.do("POST /api/config/entities", `{"kind":"person","id":"anna","keys":`+keys+`}`), 422, says)
	}
	wantProblem(t, r.do("PUT /api/config", `{"text":"home: {}","version":""}`), 422, "version")
	if content(t, file) != smallHouse {
		t.Errorf("the file is %q", content(t, file))
	}
}

func TestThePlanIsComparedWithTheHouseInForce(t *testing.T) {
	r, file := fileRig(t)
	write(t, file, smallHouse+"  fan: {pin: hall/17}\r\n") // and not read yet
	planned := read[editBody](t, r.do("POST /api/config/rename", `{"from":"porch","to":"lamp","dry":true}`))
	if len(planned.Plan.Changes) != 2 || len(planned.Plan.Boards) != 1 {
		t.Errorf("%+v", planned)
	}
}

func TestToEditNeedsTheTokenAsAllElseDoes(t *testing.T) {
	r, _ := fileRig(t)
	for _, line := range []string{"GET /api/config", "PUT /api/config", "POST /api/config/check", "POST /api/config/plan",
		"POST /api/config/entities", "POST /api/config/rename"} {
		wantProblem(t, r.on(TrustNobody, ask(line, `{}`)), 401, "token")
	}
}

func TestAHouseInNoFileHasNoneToEdit(t *testing.T) {
	r := newRig(t)
	wantProblem(t, r.do("GET /api/config", ""), 404, "no file")
	wantProblem(t, r.do("PUT /api/config", `{"text":"","version":"x"}`), 404, "no file")
	wantProblem(t, r.do("POST /api/config/rename", `{"from":"a","to":"b"}`), 404, "no file")
}
