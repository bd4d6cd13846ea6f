package app

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hob/config"
	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/logtest"
	"hob/server/client"
)

const (
	oneLamp  = "boards:\n  hall: {id: hob-7c9ebd, chip: esp32}\nswitches:\n  porch: {pin: hall/16}\n"
	twoLamps = oneLamp + "  shelf: {pin: hall/17}\n"
	mistaken = oneLamp + "  shelf: {pin: hall/6}\n  attic: {pin: hal/18}\n"
)

// savedHouse is an app whose house is in a file, and a live session with it.
type savedHouse struct {
	t    *testing.T
	app  *App
	path string
	log  logtest.Buffer
	live *client.Live
	view client.View

	mu        sync.Mutex
	diagnosed []diag.List
}

func saveHouse(t *testing.T, text string, others map[string]string) *savedHouse {
	t.Helper()
	h := &savedHouse{t: t, path: filepath.Join(t.TempDir(), "config.yaml")}
	for name, content := range others {
		h.write(filepath.Join(filepath.Dir(h.path), name), content)
	}
	h.save(text)
	house, list, err := config.Load(h.path)
	if err != nil || house == nil {
		t.Fatal(err, list)
	}
	o := options(t.TempDir())
	o.House, o.File, o.Warnings, o.Log = house, h.path, list, slog.New(slog.NewTextHandler(&h.log, nil))
	o.Diagnosed = func(l diag.List) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.diagnosed = append(h.diagnosed, l)
	}
	h.app = build(t, o)
	run(t, h.app)
	if h.live, err = over(t, h.app).Live(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.live.Close)
	h.until("the house", func() bool { return h.view.Entities != nil })
	return h
}

func (h *savedHouse) save(text string) { h.t.Helper(); h.write(h.path, text) }

// write is how editors save: whole, by renaming.
func (h *savedHouse) write(path, text string) {
	h.t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path+".tmp", []byte(text), 0o600)
	}
	if err == nil {
		err = os.Rename(path+".tmp", path)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *savedHouse) until(what string, is func() bool) {
	h.t.Helper()
	late := time.AfterFunc(within, h.live.Close)
	defer late.Stop()
	for !is() {
		m, err := h.live.Next()
		if err == nil {
			_, err = h.view.Apply(m)
		}
		if err != nil {
			h.t.Fatalf("%s: never: %v", what, err)
		}
	}
}

func (h *savedHouse) has(id entity.ID) bool { return h.view.Entities[id] != nil }

// refused waits until clients know that the file has so many mistakes.
func (h *savedHouse) refused(errors int) *entity.ConfigStatus {
	h.t.Helper()
	h.until("the mistakes are told", func() bool { return h.view.House.Config.Errors == errors })
	return h.view.House.Config
}

func (h *savedHouse) accepted() {
	h.t.Helper()
	h.until("the file is in force", func() bool { return h.view.House.Config.OK })
}

func (h *savedHouse) get(path string, into any) {
	h.t.Helper()
	resp, err := http.Get("http://" + h.app.Addr().String() + path)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		h.t.Fatalf("%s: %v in %s", path, err, b)
	}
}

func TestAFileThatIsSavedIsInForceWithoutBeingAskedFor(t *testing.T) {
	h := saveHouse(t, oneLamp, nil)
	began := h.view.House.Config.At
	if c := h.view.House.Config; !c.OK || c.File != h.path || c.First != nil || began == 0 {
		t.Errorf("at first: %+v", c)
	}
	h.save(twoLamps)
	h.until("the new lamp", func() bool { return h.has("shelf") })
	h.until("a newer version", func() bool { return h.view.House.Config.At > began })
	h.save(oneLamp)
	h.until("it is gone again", func() bool { return !h.has("shelf") })
}

func TestAFileWithMistakesChangesNothingAndEverySurfaceSaysSo(t *testing.T) {
	h := saveHouse(t, oneLamp, nil)
	began := h.view.House.Config.At
	h.save(mistaken)
	c := h.refused(2)
	if c.OK || c.At != began || c.First == nil || c.First.Line != 5 || c.First.Column != 21 || c.First.Code != "HOB033" ||
		!strings.Contains(c.First.Message, "GPIO6 ") || c.First.File != h.path {
		t.Errorf("told %+v %+v", c, c.First)
	}
	if h.has("shelf") || !h.has("porch") {
		t.Errorf("the house has changed: %v", h.view.Entities)
	}
	rest, err := over(t, h.app).House(t.Context())
	if err != nil || !reflect.DeepEqual(rest.Config, c) {
		t.Errorf("REST says %+v %v", rest.Config, err)
	}
	_, list, _ := config.Load(h.path)
	want, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	var check, told []map[string]any
	h.get("/api/config/diagnostics", &told)
	if err := json.Unmarshal(want, &check); err != nil || !reflect.DeepEqual(told, check) {
		t.Errorf("the API says\n%v\nand hob check\n%v", told, check)
	}

	// The same again is nothing new; another mistake is.
	h.save(mistaken + "# and a comment\n")
	h.save(mistaken + "\nnonsense: true\n")
	h.refused(3)
	if n := h.log.Count("the house stays as it is"); n != 2 {
		t.Errorf("the log says it %d times", n)
	}
	if n := h.log.Count("GPIO6 "); n != 2 {
		t.Errorf("the log gives the first mistake %d times", n)
	}

	h.save(oneLamp)
	h.accepted()
	if c := h.view.House.Config; c.Errors != 0 || c.First != nil || c.At != began {
		t.Errorf("in the end: %+v", c)
	}
	h.get("/api/config/diagnostics", &told)
	if len(told) != 0 {
		t.Errorf("still told: %v", told)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.diagnosed) != 3 || len(h.diagnosed[0]) != 2 || len(h.diagnosed[1]) != 3 || len(h.diagnosed[2]) != 0 {
		t.Errorf("people were shown %v", h.diagnosed)
	}
}

func TestAFileThatIsGoneIsAMistake(t *testing.T) {
	h := saveHouse(t, oneLamp, nil)
	if err := os.Remove(h.path); err != nil {
		t.Fatal(err)
	}
	c := h.refused(1)
	if c.First == nil || c.First.Line != 0 || !strings.Contains(c.First.Message, "there is no file") || !h.has("porch") {
		t.Errorf("told %+v", c.First)
	}
	h.save(twoLamps)
	h.accepted()
	h.until("the new lamp", func() bool { return h.has("shelf") })
}

func TestIncludedFilesAndSecretsAreReadWhenTheyAreSaved(t *testing.T) {
	h := saveHouse(t, oneLamp, nil)
	dir := filepath.Dir(h.path)
	head := strings.Split(oneLamp, "switches:")[0]
	h.save(head + "switches: !include lamps.yaml\ncontacts:\n  door: {pin: hall/25, class: door}\nalarm:\n  watches: {away: [door]}\n  code: !secret code\n")
	code := func(c diag.Code) func() bool {
		return func() bool { f := h.view.House.Config.First; return f != nil && f.Code == string(c) }
	}
	h.until("a file that is not there", code(diag.BadInclude))
	h.write(filepath.Join(dir, "lamps.yaml"), "shelf: {pin: hall/17}\n")
	h.until("a secret that is not there", code(diag.UnknownSecret))
	if h.has("shelf") {
		t.Error("half of the house is in force")
	}
	h.write(filepath.Join(dir, "secrets.yaml"), "code: \"4711\"\n")
	h.until("what is included", func() bool { return h.has("shelf") && !h.has("porch") })
	h.write(filepath.Join(dir, "lamps.yaml"), "attic: {pin: hall/17}\n")
	h.until("what is included now", func() bool { return h.has("attic") && !h.has("shelf") })
}

// hob rename is killed between config.yaml and scenes.yaml, by the state of the disk
// that this leaves: the running house never sees a half, and goes on with the whole.
func TestAnEditThatIsKilledBetweenTwoFilesIsNeverInForceByHalf(t *testing.T) {
	before, after := oneLamp+"scenes: !include scenes.yaml\n", strings.Replace(oneLamp, "porch: {", "lamp: {was: porch, ", 1)+"scenes: !include scenes.yaml\n"
	const night, renamed = "night: {porch: off}\n", "night: {lamp: off}\n"
	h := saveHouse(t, before, map[string]string{"scenes.yaml": night})
	dir := filepath.Dir(h.path)
	sum := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	h.write(filepath.Join(dir, ".scenes.yaml.1.new"), renamed)
	h.write(filepath.Join(dir, ".config.yaml.edit"), fmt.Sprintf(`{"files":[`+
		`{"name":"config.yaml","temporary":".config.yaml.1.new","before":%q,"after":%q},`+
		`{"name":"scenes.yaml","temporary":".scenes.yaml.1.new","before":%q,"after":%q}]}`, sum(before), sum(after), sum(night), sum(renamed)))
	h.save(after)
	h.until("the whole edit", func() bool { return h.has("lamp") && !h.has("porch") })
	if data, err := os.ReadFile(filepath.Join(dir, "scenes.yaml")); err != nil || string(data) != renamed {
		t.Errorf("the other file is %q, %v", data, err)
	}
	if n := h.log.Count("the house stays as it is"); n != 0 {
		t.Errorf("a half was read: %d", n)
	}
	if n := h.log.Count("it is finished now"); n != 1 {
		t.Errorf("the log says %d times that an edit was broken off", n)
	}
}

func TestACommentIsNoNewVersion(t *testing.T) {
	h := saveHouse(t, oneLamp, nil)
	began := h.view.House.Config.At
	h.save("# a comment\n" + oneLamp)
	h.save("# another\n" + oneLamp)
	const tests = "\ntests: {dark: {given: {time: \"2026-11-25\"}, then: {porch: off}}}\n"
	h.save(oneLamp + tests) // which the server has no use for, wherever they stand
	h.save("# a line above\n" + oneLamp + tests)
	h.app.ReadConfig() // on SIGHUP something is said in any case
	h.save("# one more\n" + twoLamps)
	h.until("the new lamp", func() bool { return h.has("shelf") })
	h.until("a newer version", func() bool { return h.view.House.Config.At > began })
	if n := h.log.Count("config reloaded"); n > 2 {
		t.Errorf("reloaded %d times", n)
	}
}

// One that is read twice is the same house, whatever is in it: else every comment
// would be a reload.
func TestAHouseThatIsReadTwiceIsTheSame(t *testing.T) {
	const path = "../../config.yaml"
	a, _, err := config.Load(path)
	if err != nil || a == nil {
		t.Fatal(err)
	}
	if b, _, _ := config.Load(path); !reflect.DeepEqual(a, b) {
		t.Error("the sample house differs from itself")
	}
}

func TestAStormOfSavesEndsWithTheLastOneAndLeavesNothingOpen(t *testing.T) {
	h := saveHouse(t, oneLamp, nil)
	h.save(twoLamps) // once it has been seen, everything that watches is open
	h.until("the first save", func() bool { return h.has("shelf") })
	before := lasting(t)
	const saves = 1000
	for i := range saves {
		text := twoLamps
		switch i % 4 {
		case 1:
			text = mistaken
		case 2:
			text = oneLamp[:i%len(oneLamp)]
		case 3:
			text = oneLamp
		}
		if i%2 == 0 {
			h.save(text)
		} else if err := os.WriteFile(h.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.save(twoLamps + "  last: {pin: hall/18}\n")
	h.until("the last one", func() bool { return h.has("last") && h.has("shelf") && h.has("porch") && h.view.House.Config.OK })
	// What is open for a moment closes by itself; a leak has a hundred times as many.
	for late := time.Now().Add(within); len(lasting(t)) > len(before); time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("open: %v, and before: %v", lasting(t), before)
		}
	}
}

// lasting lists the descriptors that a save may leak. The store opens its connections
// as it needs them, discovery its sockets whenever it asks anew, Go's runtime looks at
// its limits, and the version that is in force is kept in a file, soon after a save.
func lasting(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(open(t), func(name string) bool {
		return strings.Contains(name, "hob.db") || strings.HasPrefix(name, "socket:") ||
			strings.HasPrefix(name, "/sys/fs/cgroup/") || strings.Contains(name, "config.kept.json-")
	})
}
