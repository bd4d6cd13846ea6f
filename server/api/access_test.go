package api

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"hob/internal/entity"
)

func TestOnlyNamesThatNobodyElseCanOwnAreAnswered(t *testing.T) {
	own, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	for host, allowed := range map[string]bool{
		"127.0.0.1:8420": true, "127.0.0.1": true, "[::1]:8420": true, "[::1]": true, "192.0.2.7:80": true,
		"[fe80::1%25eth0]:8420": true, "0.0.0.0:8420": true,
		"localhost": true, "localhost:8420": true, "localhost.": true, "LOCALHOST:1": true, "hob.localhost": true,
		"hob": true, "hob:8420": true, "hob.local": true, "hob.local.:8420": true, "Hob.Home.Arpa": true,
		own: true, own + ":8420": true,

		"": false, ":8420": false, ".": false, "evil.example": false, "evil.example:8420": false,
		"127.0.0.1.evil.example": false, "localhost.evil.example": false, "evil.example.": false,
		"hob.local.evil.example": false, "evillocal.example:8420": false, "x.notlocal": false, "127.1:8420": false,
		"a:b:evil.example": false, "evil.example:8420:1": false, "[evil.example]:8420": false,
	} {
		rec := r.do("GET /api/house", "", "Host: "+host)
		switch {
		case allowed && rec.Code != 200:
			t.Errorf("%q: refused with %d", host, rec.Code)
		case !allowed:
			wantProblem(t, rec, http.StatusMisdirectedRequest, "does not go by the name")
		}
	}
}

func TestARequestFromAnotherSiteIsRefused(t *testing.T) {
	const (
		us   = "127.0.0.1:8420"
		them = "Origin: http://evil.example"
	)
	for _, c := range []struct {
		what    string
		line    string
		headers []string
		ok      bool
	}{
		{"our page", "POST /api/boards/hall/identify", []string{"Origin: http://" + us, "Sec-Fetch-Site: same-origin"}, true},
		{"our page, through a TLS proxy", "POST /api/boards/hall/identify", []string{"Origin: https://" + us}, true},
		{"our page, in capitals", "POST /api/boards/hall/identify", []string{"Host: Hob.local", "Origin: http://hob.LOCAL"}, true},
		{"a program", "POST /api/boards/hall/identify", nil, true},
		{"a typed address", "GET /api/house", []string{"Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate"}, true},
		{"a link on another site", "GET /", []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"}, true},

		{"a form of another site", "POST /api/boards/hall/identify", []string{them}, false},
		{"a form, without Origin", "POST /api/boards/hall/identify", []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"}, false},
		{"a form in a sandbox", "POST /api/boards/hall/identify", []string{"Origin: null"}, false},
		{"an empty origin", "POST /api/boards/hall/identify", []string{"Origin: "}, false},
		{"another port of this computer", "POST /api/boards/hall/identify", []string{"Origin: http://127.0.0.1:3000"}, false},
		{"that, without Origin", "POST /api/boards/hall/identify", []string{"Sec-Fetch-Site: same-site"}, false},
		{"another name of this computer", "POST /api/boards/hall/identify", []string{"Origin: http://localhost:8420"}, false},
		{"a name that begins like ours", "POST /api/boards/hall/identify", []string{"Origin: http://" + us + ".evil.example"}, false},
		{"an origin with a user", "POST /api/boards/hall/identify", []string{"Origin: http://" + us + "@evil.example"}, false},
		{"an extension", "POST /api/boards/hall/identify", []string{"Origin: chrome-extension://" + us}, false},
		{"a script's read", "GET /api/house", []string{them}, false},
		{"an image", "GET /api/house", []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"}, false},
		{"a script element", "GET /assets/a-1b2c.js", []string{"Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors"}, false},
		{"a prying HEAD", "HEAD /api/house", []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"}, false},
	} {
		r := newRig(t)
		rec := r.do(c.line, "", c.headers...)
		if c.ok {
			if rec.Code != 200 {
				t.Errorf("%s: refused with %d %s", c.what, rec.Code, rec.Body)
			}
			continue
		}
		wantProblem(t, rec, http.StatusForbidden, "other sites")
		if len(r.boards.asked) != 0 {
			t.Errorf("%s: reached the board: %v", c.what, r.boards.asked)
		}
	}
}

func TestTwoOriginsMustBothBeOurs(t *testing.T) {
	r := newRig(t)
	req := ask("POST /api/boards/hall/identify", "", "Origin: http://127.0.0.1:8420")
	req.Header.Add("Origin", "http://evil.example")
	wantProblem(t, r.on(TrustLoopback, req), http.StatusForbidden, "other sites")
}

// upgrade is what a browser sends to open a WebSocket.
func upgrade(headers ...string) *http.Request {
	return ask("GET /api/live", "", append([]string{"Connection: Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="}, headers...)...)
}

func TestALiveSessionIsGuardedLikeARequest(t *testing.T) {
	for _, c := range []struct {
		what    string
		trust   Trust
		headers []string
		status  int
		cause   entity.CauseKind
	}{
		{"our page", TrustLoopback, []string{"Origin: http://127.0.0.1:8420"}, http.StatusTeapot, entity.CauseUser},
		{"our page with the token", TrustNobody, []string{"Origin: http://127.0.0.1:8420", "Cookie: hob_token=" + goodToken}, http.StatusTeapot, entity.CauseUser},
		{"a program", TrustLoopback, nil, http.StatusTeapot, entity.CauseAPI},
		{"the command line", TrustSocket, nil, http.StatusTeapot, entity.CauseCLI},
		{"the command line from afar", TrustNobody, []string{"Hob-Client: cli", "Authorization: bearer  " + goodToken}, http.StatusTeapot, entity.CauseCLI},
		{"another site", TrustLoopback, []string{"Origin: http://evil.example"}, 403, ""},
		{"another site that holds a cookie", TrustNobody, []string{"Origin: http://evil.example", "Cookie: hob_token=" + goodToken}, 403, ""},
		{"a rebound name", TrustLoopback, []string{"Host: evil.example", "Origin: http://evil.example"}, 421, ""},
		{"nobody", TrustNobody, nil, 401, ""},
	} {
		r := newRig(t)
		rec := r.on(c.trust, upgrade(c.headers...))
		if rec.Code != c.status {
			t.Errorf("%s: %d %s", c.what, rec.Code, rec.Body)
		}
		select {
		case got := <-r.causes:
			if c.cause != got.Kind {
				t.Errorf("%s: its commands come from %q, want %q", c.what, got.Kind, c.cause)
			}
		default:
			if c.cause != "" {
				t.Errorf("%s: no session", c.what)
			}
		}
	}
}

func TestLiveWithoutAnUpgradeSaysWhatItIs(t *testing.T) {
	rec := newRig(t).do("GET /api/live", "")
	wantProblem(t, rec, http.StatusUpgradeRequired, "WebSocket")
	if rec.Header().Get("Upgrade") != "websocket" {
		t.Error(rec.Header())
	}
}

func TestOnOpenAddressesTheTokenIsAskedFor(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		what    string
		line    string
		headers []string
		ok      bool
	}{
		{"no token", "GET /api/house", nil, false},
		{"a wrong one", "GET /api/house", []string{"Authorization: Bearer wrong"}, false},
		{"an empty one", "GET /api/house", []string{"Authorization: Bearer "}, false},
		{"half of it", "GET /api/house", []string{"Authorization: Bearer " + goodToken[:10]}, false},
		{"more than it", "GET /api/house", []string{"Authorization: Bearer " + goodToken + "x"}, false},
		{"as a password", "GET /api/house", []string{"Authorization: Basic " + goodToken}, false},
		{"in the address", "GET /api/house?token=" + goodToken, nil, false},
		{"a wrong cookie", "GET /api/house", []string{"Cookie: hob_token=x"}, false},
		{"a wrong header beside the right cookie", "GET /api/house", []string{"Authorization: Bearer x", "Cookie: hob_token=" + goodToken}, false},
		{"no such path", "GET /api/nothing", nil, false},
		{"the prefix itself", "GET /api", nil, false},
		{"an encoded path", "GET /api/%65ntities", nil, false},
		{"the description", "GET /api/openapi.json", nil, false},
		{"the page", "GET /api/docs", nil, false},
		{"a session's neighbour", "GET /api/session/../house", nil, false},
		{"in the header", "GET /api/house", []string{"Authorization: Bearer " + goodToken}, true},
		{"in the cookie", "GET /api/house", []string{"Cookie: hob_token=" + goodToken}, true},
		{"the dashboard", "GET /", nil, true},
		{"its files", "GET /assets/a-1b2c.js", nil, true},
		{"its pages", "GET /apiary", nil, true},
		{"health", "GET /healthz", nil, true},
	} {
		rec := r.on(TrustNobody, ask(c.line, "", c.headers...))
		switch {
		case c.ok && rec.Code != 200:
			t.Errorf("%s: %d %s", c.what, rec.Code, rec.Body)
		case !c.ok:
			wantProblem(t, rec, http.StatusUnauthorized, "token")
			if rec.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s: no challenge", c.what)
			}
		}
	}
}

func TestAServerWithoutATokenLetsNobodyInFromAfar(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Token = "" })
	for _, h := range []string{"", "Authorization: Bearer ", "Cookie: hob_token="} {
		wantProblem(t, r.on(TrustNobody, ask("GET /api/house", "", h)), 401, "token")
	}
}

func TestLoopbackAndSocketNeedNoToken(t *testing.T) {
	r := newRig(t)
	for _, trust := range []Trust{TrustLoopback, TrustSocket} {
		if rec := r.on(trust, ask("GET /api/house", "")); rec.Code != 200 {
			t.Errorf("%v: %d", trust, rec.Code)
		}
	}
	// The socket's file mode is its guard; a name means nothing there.
	if rec := r.on(TrustSocket, ask("GET /api/house", "", "Host: whatever.example")); rec.Code != 200 {
		t.Errorf("socket: %d", rec.Code)
	}
}

func TestASessionIsACookieThatOpensTheDoorUntilItIsClosed(t *testing.T) {
	r := newRig(t)
	rec := r.on(TrustNobody, ask("POST /api/session", `{"token":" `+goodToken+`\n"}`))
	cookies := rec.Result().Cookies()
	if rec.Code != http.StatusNoContent || len(cookies) != 1 {
		t.Fatalf("%d %v %s", rec.Code, cookies, rec.Body)
	}
	c := cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.MaxAge <= 0 || c.Domain != "" {
		t.Errorf("cookie: %+v", c)
	}
	if rec := r.on(TrustNobody, ask("GET /api/house", "", "Cookie: "+c.Name+"="+c.Value)); rec.Code != 200 {
		t.Errorf("with the cookie: %d", rec.Code)
	}
	rec = r.on(TrustNobody, ask("DELETE /api/session", ""))
	if got := rec.Result().Cookies(); rec.Code != 204 || len(got) != 1 || got[0].Name != c.Name || got[0].MaxAge >= 0 {
		t.Errorf("closing: %d %v", rec.Code, got)
	}
}

func TestASessionIsNotOpenedByWhatIsNotTheToken(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		body, kind string
		status     int
	}{
		{`{"token":"wrong"}`, "", 401},
		{`{"token":""}`, "", 401},
		{`{}`, "", 422},
		{`{"token":5}`, "", 422},
		{`{"token":null}`, "", 422},
		{`{"token":"` + goodToken + `","extra":1}`, "", 422},
		{`{"token":"` + goodToken + `"}{}`, "", 422},
		{`{"token":"` + goodToken[:4], "", 422},
		{"token=" + goodToken, "application/x-www-form-urlencoded", 415},
		{`{"token":"` + goodToken + `"}`, "text/plain", 415},
		{`{"token":"` + strings.Repeat("x", 70<<10) + `"}`, "", 413},
	} {
		var headers []string
		if c.kind != "" {
			headers = append(headers, "Content-Type: "+c.kind)
		}
		rec := r.on(TrustNobody, ask("POST /api/session", c.body, headers...))
		wantProblem(t, rec, c.status, "")
		if got := rec.Result().Cookies(); len(got) != 0 {
			t.Errorf("%.40s: cookies %v", c.body, got)
		}
	}
}

func TestWhereNoTokenIsNeededAWrongOneGetsNoCookie(t *testing.T) {
	rec := newRig(t).do("POST /api/session", `{"token":"wrong"}`)
	if got := rec.Result().Cookies(); rec.Code != 204 || len(got) != 0 {
		t.Errorf("%d %v", rec.Code, got)
	}
}

func TestASessionFromAnotherSiteIsNotOpened(t *testing.T) {
	rec := newRig(t).on(TrustNobody, ask("POST /api/session", `{"token":"`+goodToken+`"}`, "Origin: http://evil.example"))
	wantProblem(t, rec, 403, "other sites")
	if len(rec.Result().Cookies()) != 0 {
		t.Error("a cookie was set")
	}
}

func TestEveryAnswerCarriesItsProtections(t *testing.T) {
	r := newRig(t)
	for _, rec := range []struct {
		line    string
		headers []string
	}{
		{"GET /", nil}, {"GET /api/house", nil}, {"GET /api/nothing", nil},
		{"GET /", []string{"Host: evil.example"}}, {"GET /api/house", []string{"Origin: null"}},
	} {
		h := r.do(rec.line, "", rec.headers...).Header()
		if h.Get("Content-Security-Policy") != policy || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" ||
			h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%v: %v", rec, h)
		}
		if strings.HasPrefix(rec.line, "GET /api") && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%v may be cached: %v", rec, h)
		}
	}
}

func TestWhatAStrangerSendsForgesNoLineOfTheLog(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Commands = nil }) // a panic is logged
	r.do("GET /api/commands/x%0Alevel=INFO%20msg=forged", "")
	if log := r.log.String(); log == "" || strings.Contains(log, "\nlevel=INFO") {
		t.Errorf("log: %s", log)
	}
}
