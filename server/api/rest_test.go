package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hob/internal/command"
	"hob/internal/entity"
)

func TestTheHouseAndItsEntitiesAreShownInTheFilesOrder(t *testing.T) {
	r := newRig(t)
	h := read[houseBody](t, r.do("GET /api/house", ""))
	if h.Name != "Test" || h.Timezone != "UTC" || h.Units != "metric" || h.Epoch != "e1" || h.Revision == 0 ||
		len(h.Areas) != 1 || h.Areas[0] != (areaBody{"hall", "Hall"}) {
		t.Errorf("house: %+v", h)
	}
	list := read[[]entity.Record](t, r.do("GET /api/entities", ""))
	if len(list) != 3 || list[0].ID != "porch" || list[1].ID != "stairs" || list[2].ID != "pump" {
		t.Fatalf("entities: %+v", list)
	}
	if one := read[entity.Record](t, r.do("GET /api/entities/stairs", "")); one.ID != "stairs" || one.State != "off" || !one.Available {
		t.Errorf("stairs: %+v", one)
	}
	if pump := list[2]; pump.Available || pump.Unavailable == nil || pump.Unavailable.Reason != entity.BoardOffline {
		t.Errorf("pump of an offline board: %+v", pump)
	}
}

func TestAnEmptyHouseIsAnEmptyArrayAndNotNull(t *testing.T) {
	r := newRig(t)
	r.reg.Apply(&entity.House{})
	r.reg.RemoveBoard(hallID)
	for _, path := range []string{"/api/entities", "/api/boards"} {
		if got := strings.TrimSpace(r.do("GET "+path, "").Body.String()); got != "[]" {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := r.do("GET /api/house", "").Body.String(); !strings.Contains(got, `"areas":[]`) {
		t.Error(got)
	}
}

func TestBoardsAreFoundByNameAndById(t *testing.T) {
	r := newRig(t)
	list := read[[]entity.BoardDetails](t, r.do("GET /api/boards", ""))
	if len(list) != 2 || list[0].Link == nil || list[0].Link.Points != 3 || list[1].Link != nil {
		t.Fatalf("boards: %+v", list)
	}
	for _, key := range []string{"hall", string(hallID)} {
		if b := read[entity.BoardDetails](t, r.do("GET /api/boards/"+key, "")); b.ID != hallID || b.Status != entity.BoardOnline {
			t.Errorf("%s: %+v", key, b)
		}
	}
	wantProblem(t, r.do("GET /api/boards/attic", ""), 404, "attic")
}

func TestABoardThatHasNoNameIsNotFoundByNoName(t *testing.T) {
	r := newRig(t)
	r.reg.SetBoard(entity.BoardRecord{ID: "hob-ffffff", Status: entity.BoardUnknown})
	wantProblem(t, r.do("POST /api/boards//identify", ""), 422, "board")
	if len(r.boards.asked) != 0 {
		t.Errorf("asked: %v", r.boards.asked)
	}
}

func TestWhatIsAskedOfABoardReachesIt(t *testing.T) {
	for _, c := range []struct{ line, body, want string }{
		{"POST /api/boards/hall/adopt", `{"code":"ABC"}`, "adopt hob-7c9ebd ABC"},
		{"POST /api/boards/hall/adopt", `{"code":"ABC","replace":true}`, "adopt hob-7c9ebd ABC replace"},
		{"POST /api/boards/hob-7c9ebd/rotate", "", "rotate hob-7c9ebd"},
		{"POST /api/boards/hall/identify", "", "identify hob-7c9ebd"},
		{"POST /api/boards/hall/restart", "", "restart hob-7c9ebd"},
	} {
		r := newRig(t)
		rec := r.do(c.line, c.body)
		if b := read[entity.BoardRecord](t, rec); rec.Code != 200 || b.Name != "hall" {
			t.Errorf("%s: %d %+v", c.line, rec.Code, b)
		}
		if got := strings.Join(r.boards.asked, "; "); got != c.want {
			t.Errorf("%s: asked %q, want %q", c.line, got, c.want)
		}
	}
}

func TestAKeyForTheCableIsMadeForAnyBoardAndKeptByNobodyOnTheWay(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct{ line, body, want string }{
		{"POST /api/boards/hob-abcdef/provision", `{}`, "provision hob-abcdef"},
		{"POST /api/boards/hob-7c9ebd/provision", `{"replace":true}`, "provision hob-7c9ebd replace"},
	} {
		rec := r.do(c.line, c.body)
		if out := read[entity.ProvisionedKey](t, rec); out.Key != "c0ffee" || rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %+v, %v", c.line, rec.Code, out, rec.Header())
		}
		if got := r.boards.asked[len(r.boards.asked)-1]; got != c.want {
			t.Errorf("%s asked %q", c.line, got)
		}
	}
	r.boards.err = &BoardError{Status: http.StatusConflict, Said: entity.Said{Message: "a key is stored already"}}
	wantProblem(t, r.do("POST /api/boards/hob-7c9ebd/provision", `{}`), 409, "a key is stored already")
}

// What other languages make of it has a name of its own: detail is a sentence there.
func TestWhatABoardDoesNotGrantHasTheNameOfItsSentence(t *testing.T) {
	r := newRig(t)
	r.boards.err = &BoardError{Status: http.StatusUnprocessableEntity, Said: entity.Said{Message: "update hob-7c9ebd: the image is for esp32c3, the board is esp32",
		Detail: "image_chip", Params: `{"image":"esp32c3","chip":"esp32"}`}}
	rec := r.do("POST /api/boards/hall/update", "x", "Content-Type", "application/octet-stream")
	wantProblem(t, rec, 422, "the image is for esp32c3")
	var p struct {
		Sentence string            `json:"sentence"`
		Params   map[string]string `json:"params"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || p.Sentence != "image_chip" || p.Params["image"] != "esp32c3" || p.Params["chip"] != "esp32" {
		t.Errorf("%v in %s", err, rec.Body)
	}
	r.boards.err = &BoardError{Status: http.StatusUnprocessableEntity, Said: entity.Said{Message: "that is no board id"}}
	if rec := r.do("POST /api/boards/hall/rotate", ""); strings.Contains(rec.Body.String(), "sentence") || strings.Contains(rec.Body.String(), "params") {
		t.Errorf("for what is wrong with the form: %s", rec.Body)
	}
}

func TestAnImageReachesTheBoardWholeAndHasALimit(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		size, status int
	}{{200_000, 200}, {3_900_000, 200}, {4 << 20, 413}} {
		rec := r.do("POST /api/boards/hall/update", strings.Repeat("x", c.size), "Content-Type", "application/octet-stream")
		if rec.Code != c.status {
			t.Errorf("%d bytes: %d %s", c.size, rec.Code, rec.Body)
		}
	}
	if want := []string{"update hob-7c9ebd 200000", "update hob-7c9ebd 3900000"}; !slices.Equal(r.boards.asked, want) {
		t.Errorf("asked: %v", r.boards.asked)
	}
	if b := read[entity.BoardDetails](t, r.do("GET /api/boards/hall", "")); b.Update == nil || b.Update.Done != 2048 {
		t.Errorf("%+v", b.Update)
	}
}

func TestRevokingSaysWhetherTheBoardWasTold(t *testing.T) {
	r := newRig(t)
	for _, told := range []bool{true, false} {
		r.boards.told = told
		if out := read[entity.Revoked](t, r.do("DELETE /api/boards/hall/key", "")); out.Told != told || out.Board.ID != hallID {
			t.Errorf("told %v: %+v", told, out)
		}
	}
}

func TestABoardsErrorIsAProblemAndAnInternalOneSaysNothing(t *testing.T) {
	r := newRig(t)
	r.boards.err = &BoardError{Status: http.StatusConflict, Said: entity.Said{Message: "a key is stored already"}}
	wantProblem(t, r.do("POST /api/boards/hall/adopt", `{"code":"x"}`), 409, "a key is stored already")
	wantProblem(t, r.do("DELETE /api/boards/hall/key", ""), 409, "a key is stored already")
	r.boards.err = errBroken
	rec := r.do("POST /api/boards/hall/rotate", "")
	wantProblem(t, rec, 500, "the log says more")
	if strings.Contains(rec.Body.String(), "fire") || !strings.Contains(r.log.String(), "disk on fire") {
		t.Errorf("answer %s, log %s", rec.Body, r.log)
	}
}

func TestACommandAnswersWithItsResultAndItsStatus(t *testing.T) {
	for _, c := range []struct {
		entity, body string
		status       int
		want         command.Result
	}{
		{"porch", `{"action":"on"}`, 200, command.Result{Action: "on", Status: "confirmed"}},
		{"porch", `{"action":"toggle","wait":"30s"}`, 200, command.Result{Action: "toggle", Status: "confirmed"}},
		{"stairs", `{"action":"set","level":40.5}`, 200, command.Result{Action: "set", Status: "confirmed"}},
		{"pump", `{"action":"on"}`, 503, command.Result{Action: "on", Status: "refused", Code: "offline",
			Said: entity.Said{Detail: "board_unusable", Params: `{"board":"shed","status":"offline"}`}}},
		{"attic", `{"action":"on"}`, 404, command.Result{Action: "on", Status: "refused", Code: "unknown_entity",
			Said: entity.Said{Detail: "no_entity", Params: `{"entity":"attic"}`}}},
		{"porch", `{"action":"fly"}`, 422, command.Result{Action: "fly", Status: "refused", Code: "invalid",
			Said: entity.Said{Detail: "unknown_action", Params: `{"kind":"switch","action":"fly"}`}}},
		{"stairs", `{"action":"set","color":"#ff8800"}`, 422, command.Result{Action: "set", Status: "refused", Code: "invalid",
			Said: entity.Said{Detail: "light_without_color"}}},
	} {
		r := newRig(t)
		rec := r.do("POST /api/entities/"+c.entity+"/commands", c.body)
		got := read[command.Result](t, rec)
		if got.Command == "" || (got.Message == "") != (got.Status == "confirmed") {
			t.Errorf("%s %s: %+v", c.entity, c.body, got)
		}
		found := read[command.Result](t, r.do("GET /api/commands/"+string(got.Command), ""))
		if found != got {
			t.Errorf("found later: %+v, answered: %+v", found, got)
		}
		c.want.Entity = entity.ID(c.entity)
		got.Command, got.Message = "", ""
		if rec.Code != c.status || got != c.want {
			t.Errorf("%s %s: %d %+v, want %d %+v", c.entity, c.body, rec.Code, got, c.status, c.want)
		}
	}
}

func TestACommandThatIsNotKnownAnyMoreIsNotFound(t *testing.T) {
	wantProblem(t, newRig(t).do("GET /api/commands/zz", ""), 404, "1000")
}

// TestWhatWasSentIsNotSentBack: a body that is found fault with may hold the
// alarm's code, and answers end up in logs.
func TestWhatWasSentIsNotSentBack(t *testing.T) {
	for _, body := range []string{`{"action":"disarm","code":4711}`, `{"action":"disarm","code":"4711","colour":1}`,
		`{"code":"4711"}`, `{"action":"disarm","code":"4711","wait":"31s"}`, `{"action":"disarm","code":"4711"}`} {
		if got := newRig(t).do("POST /api/entities/stairs/commands", body).Body.String(); got == "" || strings.Contains(got, "4711") {
			t.Errorf("%s is answered with %s", body, got)
		}
	}
}

func TestABodyThatIsWrongIsRefusedAndChangesNothing(t *testing.T) {
	const commands = "POST /api/entities/stairs/commands"
	long := `{"action":"on","wait":"` + strings.Repeat("x", 70<<10) + `"}`
	for name, c := range map[string]struct {
		line, body, kind string
		status           int
		says             string
	}{
		"no action":         {commands, `{}`, "", 422, "action"},
		"empty action":      {commands, `{"action":""}`, "", 422, "action is missing"},
		"action of 5":       {commands, `{"action":5}`, "", 422, "string"},
		"unknown member":    {commands, `{"action":"on","colour":"#ff8800"}`, "", 422, "colour"},
		"level beyond 100":  {commands, `{"action":"set","level":140}`, "", 422, "100"},
		"level of text":     {commands, `{"action":"set","level":"40"}`, "", 422, "number"},
		"colour of no kind": {commands, `{"action":"set","color":"red"}`, "", 422, "color"},
		"degrees of text":   {commands, `{"action":"set","temperature":"21"}`, "", 422, "number"},
		"degrees beyond":    {commands, `{"action":"set","temperature":400}`, "", 422, "125"},
		"time of no unit":   {commands, `{"action":"boost","for":"30"}`, "", 422, "30m for minutes"},
		"maybe confirmed":   {commands, `{"action":"close","confirm":"yes"}`, "", 422, "boolean"},
		"set nothing":       {commands, `{"action":"set"}`, "", 422, "set needs a level"},
		"off with level":    {commands, `{"action":"off","level":4}`, "", 422, "takes no level"},
		"wait too long":     {commands, `{"action":"on","wait":"31s"}`, "", 422, "30s"},
		"wait backwards":    {commands, `{"action":"on","wait":"-1s"}`, "", 422, "30s"},
		"wait of no unit":   {commands, `{"action":"on","wait":"5"}`, "", 422, "30s"},
		"cut in half":       {commands, `{"action":"on`, "", 400, ""},
		"not JSON":          {commands, `hello`, "", 400, ""},
		"an array":          {commands, `[]`, "", 422, "object"},
		"null":              {commands, `null`, "", 422, "object"},
		"two documents":     {commands, `{"action":"on"}{"action":"off"}`, "", 400, ""},
		"deep":              {commands, strings.Repeat("[", 30000), "", 400, ""},
		"no body":           {commands, "", "", 400, "body"},
		"too long":          {commands, long, "", 413, ""},
		"a form":            {commands, "action=on", "application/x-www-form-urlencoded", 415, ""},
		"a form's text":     {commands, `{"action":"on"}`, "text/plain", 415, ""},
		"xml":               {commands, `<action/>`, "application/xml", 415, ""},
		"adopt no code":     {"POST /api/boards/hall/adopt", `{}`, "", 422, "code"},
		"adopt a number":    {"POST /api/boards/hall/adopt", `{"code":7}`, "", 422, "string"},
		"adopt a form":      {"POST /api/boards/hall/adopt", `code=x`, "text/plain", 415, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			before := r.reg.Revision()
			var headers []string
			if c.kind != "" {
				headers = append(headers, "Content-Type: "+c.kind)
			}
			wantProblem(t, r.do(c.line, c.body, headers...), c.status, c.says)
			if after := r.reg.Revision(); after != before || len(r.boards.asked) != 0 {
				t.Errorf("revision %d became %d, boards were asked %v", before, after, r.boards.asked)
			}
		})
	}
}

func TestOtherMethodsAndPathsAreProblemsToo(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		line   string
		status int
		allow  string
	}{
		{"GET /api", 404, ""}, {"GET /api/", 404, ""}, {"GET /api/nothing", 404, ""}, {"GET /api/entities/attic", 404, ""},
		{"PUT /api/entities", 405, "GET"}, {"DELETE /api/boards/hall", 405, "GET"}, {"OPTIONS /api/entities", 405, "GET"},
		{"POST /api/config", 405, "GET, PUT"}, {"GET /api/entities/porch/commands", 405, "POST"}, {"PATCH /api/boards/hall/key", 405, "DELETE"},
		{"GET /api/session", 405, "POST, DELETE"}, {"POST /", 405, "GET"}, {"DELETE /index.html", 405, "GET"}, {"POST /healthz", 405, "GET"},
	} {
		rec := r.do(c.line, "")
		wantProblem(t, rec, c.status, "")
		if got := strings.TrimPrefix(rec.Header().Get("Allow"), "OPTIONS, "); got != c.allow { // which echo itself puts first
			t.Errorf("%s: allowed is %q, want %q", c.line, got, c.allow)
		}
	}
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	r := newRig(t)
	srv := r.listen(TrustLoopback)
	for path, kind := range map[string]string{"/healthz": "application/json", "/": "text/html; charset=utf-8", "/api/entities": "application/json"} {
		resp, err := http.Head(srv + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != kind {
			t.Errorf("HEAD %s: %d %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
	}
}

func TestHealthTellsMoreToWhoMayAsk(t *testing.T) {
	r := newRig(t)
	const short = `{"status":"ok"}`
	for _, c := range []struct {
		trust   Trust
		headers []string
		more    bool
	}{
		{TrustNobody, nil, false},
		{TrustNobody, []string{"Authorization: Bearer wrong"}, false},
		{TrustNobody, []string{"Authorization: Bearer " + goodToken}, true},
		{TrustLoopback, nil, true},
		{TrustSocket, nil, true},
	} {
		rec := r.on(c.trust, ask("GET /healthz", "", c.headers...))
		got := strings.TrimSpace(rec.Body.String())
		const boards = `"boards":{"declared":2,"online":1}`
		if rec.Code != 200 || c.more == (got == short) || c.more && (!strings.Contains(got, boards) ||
			!strings.Contains(got, `"version":"1.2.3"`) || !strings.Contains(got, `"epoch":"e1"`)) {
			t.Errorf("%v %v: %d %s", c.trust, c.headers, rec.Code, got)
		}
	}
}

func TestHealthCountsABoardThatWorksAndWantsAttention(t *testing.T) {
	r := newRig(t)
	for _, b := range r.reg.Boards() {
		if b.Status == entity.BoardOnline {
			b.Status = entity.BoardDuplicate
			r.reg.SetBoard(b)
		}
	}
	if got := r.on(TrustSocket, ask("GET /healthz", "")).Body.String(); !strings.Contains(got, `"boards":{"declared":2,"online":1}`) {
		t.Errorf("got %s", got)
	}
}
