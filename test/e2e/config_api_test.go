//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

// rest asks over the socket; out, unless it is nil, takes the answer's JSON.
func (h *house) rest(method, path string, body, out any) (status int) {
	h.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	req, err := http.NewRequest(method, "http://localhost"+path, bytes.NewReader(text))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	c := http.Client{Transport: &http.Transport{DialContext: toSocket(h.state), DisableKeepAlives: true}, Timeout: patience}
	resp, err := c.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	if out != nil {
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			h.t.Fatal(resp.Status, err)
		}
	}
	return resp.StatusCode
}

// files are what the server says of its configuration, or of an edit of it.
type files struct {
	Version string
	Files   []struct{ Name, Text string }
	Words   string
}

func TestTheConfigurationIsEditedThroughTheServerAndInForceAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp, w := h.boards["esp"], h.watch()
	h.must("set", "porch", "on")
	since := esp.lastEdge()
	var now, edit files
	if code := h.rest(http.MethodGet, "/api/config", nil, &now); code != 200 || len(now.Files) != 1 {
		t.Fatalf("%d %+v", code, now)
	}

	t.Run("a text that is saved", func(t *testing.T) {
		wish := map[string]string{"version": now.Version, "text": strings.Replace(now.Files[0].Text, "lights:\n", "lights:\n  lamp: {pin: esp/21}\n", 1)}
		if code := h.rest(http.MethodPut, "/api/config", wish, &edit); code != 200 || !strings.Contains(edit.Words, "light lamp: added") {
			t.Fatalf("%d %+v", code, edit)
		}
		w.state("lamp", "off")
		h.must("set", "lamp", "on")
		esp.quiet(since, 21)
		if code := h.rest(http.MethodPut, "/api/config", wish, nil); code != http.StatusConflict {
			t.Errorf("saved again from what is no longer there: %d", code)
		}
	})
	t.Run("an entity that is added and renamed keeps its output", func(t *testing.T) {
		if code := h.rest(http.MethodPost, "/api/config/entities", map[string]any{"kind": "switch", "id": "heat", "keys": map[string]string{"pin": "esp/22"}}, nil); code != 200 {
			t.Fatal(code)
		}
		w.state("heat", "off")
		h.must("set", "heat", "on")
		if code := h.rest(http.MethodPost, "/api/config/rename", map[string]string{"from": "heat", "to": "warm"}, nil); code != 200 {
			t.Fatal(code)
		}
		w.state("warm", "on")
		if got := esp.level(22); got != "high" {
			t.Errorf("its pin is %s", got)
		}
		esp.quiet(since, 21, 22)
	})
	t.Run("a mistake changes nothing", func(t *testing.T) {
		before, err := os.ReadFile(h.config)
		if err != nil {
			t.Fatal(err)
		}
		if code := h.rest(http.MethodPost, "/api/config/entities", map[string]any{"kind": "switch", "id": "flash", "keys": map[string]string{"pin": "esp/6"}}, nil); code != http.StatusUnprocessableEntity {
			t.Error(code)
		}
		if after, err := os.ReadFile(h.config); err != nil || !bytes.Equal(before, after) {
			t.Errorf("the file has changed (%v)", err)
		}
	})
}
