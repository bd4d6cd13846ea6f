//go:build e2e

package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/nettest"
)

// two networks with a cable between them: a board is never on the server's own
// machine.
func TestAHouseOnANetwork(t *testing.T) {
	t.Parallel()
	if network(t) == nil {
		t.Skip("needs the right to make network namespaces")
	}
	here, there := nettest.New(t), nettest.New(t)
	nettest.Cable(t, nettest.Port{In: here, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: there, Name: "wlan0", Address: "10.1.0.2/24"})
	avahi := here.StartAvahi(t, "looker")
	looking := avahi.Browse(t, "_hob._tcp")

	h := prepared(t, here)
	h.listen, h.iface = "10.1.0.1:0", "eth0"
	esp := &board{t: t, net: there, name: "esp", id: newID(), chip: "esp32", dir: filepath.Join(h.dir, "esp"),
		listen: "10.1.0.2:0", iface: "wlan0"}
	esp.restart()
	h.boards["esp"] = esp
	h.write(rooms)
	h.serve()
	h.awaitBoard("esp", func(r entity.BoardRecord) bool { return r.Address == esp.address })

	host, port, _ := strings.Cut(esp.address, ":")
	t.Run("others see the board's announcement", func(t *testing.T) {
		looking.Await(t, "=;eth0;IPv4;"+esp.id+";_hob._tcp;local;")
		looking.Await(t, ";"+host+";"+port+";")
		for _, kv := range []string{"txtvers=1", "id=" + esp.id, "chip=esp32", "fw=0.1.0", "proto=1", "state=new"} {
			looking.Await(t, `"`+kv+`"`)
		}
	})
	h.adopt(esp)
	h.awaitStatus("esp", entity.BoardOnline)
	h.ready()
	t.Run("the announcement says that it has a key", func(t *testing.T) {
		// avahi-browse resolves what it finds once, and tells of no change.
		for late := time.Now().Add(patience); ; {
			said := avahi.Resolve(t, "_hob._tcp")
			if strings.Contains(said, `"state=adopted"`) {
				break
			}
			if time.Now().After(late) {
				t.Fatal(said)
			}
		}
	})
	t.Run("beyond loopback every request needs the token", func(t *testing.T) {
		token, err := os.ReadFile(filepath.Join(h.state, "token"))
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(filepath.Join(h.state, "token")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("its file: %v %v", info, err)
		}
		asked := func(env string, args ...string) (string, int) {
			cmd := exec.Command(bin(t, "hob"), append(args, "--url", h.url)...)
			cmd.Env = append(os.Environ(), env)
			var out []byte
			within(t, here, func() { out, _ = cmd.CombinedOutput() })
			return string(out), cmd.ProcessState.ExitCode()
		}
		for _, args := range [][]string{{"get"}, {"get", "-w"}, {"boards"}, {"set", "fan", "on"}, {"adopt", "esp", esp.code}, {"key", "revoke", "esp"}} {
			for _, wrong := range []string{"", "HOB_TOKEN=wrong"} {
				if out, code := asked(wrong, args...); code != 4 || out == "" {
					t.Errorf("%v %q: exit %d: %s", args, wrong, code, out)
				}
			}
		}
		right := "HOB_TOKEN=" + strings.TrimSpace(string(token))
		if out, code := asked(right, "set", "fan", "on"); code != 0 {
			t.Errorf("with the token: %d %s", code, out)
		}
		if out, code := asked(right, "get", "fan", "--json"); code != 0 || decode[[]entity.Record](t, out)[0].State != "on" {
			t.Errorf("with the token: %d %s", code, out)
		}
		if strings.Contains(h.server.log.String(), strings.TrimSpace(string(token))) {
			t.Error("the token is in the log")
		}
	})
	t.Run("a page of another site gets nothing", func(t *testing.T) {
		for header, value := range map[string]string{"Origin": "http://evil.example", "Host": "evil.example"} {
			req, err := http.NewRequest(http.MethodGet, h.url+"api/entities", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set(header, value)
			if header == "Host" {
				req.Host = value
			}
			var resp *http.Response
			client := &http.Client{Transport: &http.Transport{DialContext: dialIn(t, here), DisableKeepAlives: true}}
			if resp, err = client.Do(req); err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusMisdirectedRequest {
				t.Errorf("%s: %d", header, resp.StatusCode)
			}
		}
	})
	t.Run("the cable is pulled and plugged again", func(t *testing.T) {
		h.must("set", "porch", "on")
		since := esp.lastEdge()
		there.IP(t, "link", "set", "wlan0", "down")
		w := h.watch()
		w.lost("porch", entity.BoardOffline, "on")
		there.IP(t, "link", "set", "wlan0", "up")
		w.state("porch", "on")
		h.must("set", "fan", "off")
		esp.quiet(since, 17)
	})
}
