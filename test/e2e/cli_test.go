//go:build e2e

package e2e

import (
	"encoding/json"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"hob/internal/entity"
)

// decode reads what a command has printed with --json.
func decode[T any](t *testing.T, text string) (out T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return out
}

func TestWhatScriptsRelyOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, rooms, "esp")
	esp := h.boards["esp"]

	t.Run("get is an array of whole entities", func(t *testing.T) {
		list := decode[[]map[string]any](t, h.must("get", "--json"))
		var ids []string
		for _, e := range list {
			ids = append(ids, e["id"].(string))
			for _, member := range []string{"id", "kind", "name", "area", "state", "attributes", "available", "pending", "board", "revision"} {
				if _, ok := e[member]; !ok {
					t.Errorf("%s has no %s", e["id"], member)
				}
			}
			if _, ok := e["state"].(string); !ok {
				t.Errorf("the state of %s is %v", e["id"], e["state"])
			}
			if _, ok := e["attributes"].(map[string]any); !ok {
				t.Errorf("the attributes of %s are %v", e["id"], e["attributes"])
			}
		}
		if got := strings.Join(ids, " "); got != "porch fan stairs button door" {
			t.Errorf("it lists %s", got)
		}
		if one := decode[[]entity.Record](t, h.must("get", "stairs", "--json")); len(one) != 1 || one[0].ID != "stairs" {
			t.Errorf("one is %+v", one)
		}
	})
	t.Run("boards is an array", func(t *testing.T) {
		list := decode[[]entity.BoardDetails](t, h.must("boards", "--json"))
		if len(list) != 1 || list[0].Name != "esp" || string(list[0].ID) != esp.id || list[0].Status != entity.BoardOnline ||
			list[0].Address != esp.address || list[0].Link == nil || list[0].Link.Config != esp.state().Config {
			t.Errorf("it is %+v", list)
		}
	})
	t.Run("exit codes", func(t *testing.T) {
		cases := []struct {
			code   int
			status entity.Status
			args   string
		}{
			{0, entity.StatusConfirmed, "set porch on"},
			{0, entity.StatusConfirmed, "set stairs 40%"},
			{0, entity.StatusConfirmed, "set button press"},
			{0, entity.StatusAccepted, "set fan on --wait 0"},
			{2, entity.StatusRefused, "set porch fly"},
			{2, entity.StatusRefused, "set porch 40%"},
			{2, entity.StatusRefused, "set door on"},
			{1, "", "set nobody on"},
			{1, "", "get nobody"},
			{2, "", "set porch"},
			{2, "", "set porch on --wait 1h"},
			{2, "", "frobnicate"},
			{2, "", "get --frobnicate"},
			{2, "", "adopt esp"},
		}
		for _, c := range cases {
			stdout, stderr, code := h.hob(append(strings.Fields(c.args), "--json")...)
			if code != c.code || (code != 0) && stderr == "" {
				t.Errorf("%s: exit %d, want %d: %s", c.args, code, c.code, stderr)
			}
			if c.status != "" {
				// Who does not wait may be told the end all the same, if the board was quick.
				early := strings.HasSuffix(c.args, "--wait 0")
				if r := decode[entity.Result](t, stdout); r.Status != c.status && !(early && r.Status == "confirmed") {
					t.Errorf("%s: %+v", c.args, r)
				}
			}
			if c.args == "get nobody" && len(decode[[]any](t, stdout)) != 0 {
				t.Errorf("%s: %s", c.args, stdout)
			}
			if strings.Contains(stdout+stderr, "\x1b") {
				t.Errorf("%s: colour where there is no terminal", c.args)
			}
		}
	})
	t.Run("a board that does not answer, or is away", func(t *testing.T) {
		esp.do("freeze")
		stdout, _, code := h.hob("set", "fan", "on", "--wait", "100ms", "--json")
		if r := decode[entity.Result](t, stdout); code != 5 || r.Status != entity.StatusAccepted {
			t.Errorf("unanswered: %d %+v", code, r)
		}
		esp.do("thaw")
		esp.kill()
		h.awaitStatus("esp", entity.BoardOffline)
		stdout, stderr, code := h.hob("set", "fan", "on", "--json")
		if r := decode[entity.Result](t, stdout); code != 5 || r.Code != entity.CodeOffline || !strings.Contains(stderr, r.Message) {
			t.Errorf("away: %d %+v %s", code, r, stderr)
		}
		if _, stderr, code := h.hob("identify", "esp"); code != 5 || stderr == "" {
			t.Errorf("identify: %d %s", code, stderr)
		}
		esp.restart()
		h.relinked(esp)
	})
	t.Run("watching goes on through the death of the server", func(t *testing.T) {
		var first entity.Record
		watching := run(t, nil, &first, exec.Command(bin(t, "hob"), "--state", h.state, "get", "fan", "-w", "--json"))
		if first.ID != "fan" {
			t.Errorf("first came %+v", first)
		}
		h.must("set", "fan", "on")
		watching.log.await(t, `"state":"on"`)
		h.server.kill()
		watching.log.await(t, "connection lost")
		h.serve()
		h.ready()
		mark := watching.log.mark()
		h.must("set", "fan", "off")
		watching.log.awaitAfter(t, mark, `"state":"off"`)
		_ = watching.cmd.Process.Signal(syscall.SIGINT)
		<-watching.exited
		if code := watching.cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("it ends with %d", code)
		}
	})
	t.Run("boards can be watched", func(t *testing.T) {
		var first entity.BoardRecord
		watching := run(t, nil, &first, exec.Command(bin(t, "hob"), "--state", h.state, "boards", "-w", "--json"))
		if string(first.ID) != esp.id {
			t.Errorf("first came %+v", first)
		}
		mark := watching.log.mark()
		esp.kill()
		watching.log.awaitAfter(t, mark, `"status":"offline"`)
		mark = watching.log.mark()
		esp.restart()
		watching.log.awaitAfter(t, mark, `"status":"online"`)
		h.relinked(esp)
	})
	t.Run("a second server on the same state is refused", func(t *testing.T) {
		_, stderr, code := h.hob("serve", "--config", h.config, "--listen", "127.0.0.1:0", "--mdns-interface", "lo")
		if code != 1 || !strings.Contains(stderr, "another server") {
			t.Errorf("exit %d: %s", code, stderr)
		}
		h.must("get")
	})
}
