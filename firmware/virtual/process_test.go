package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"hob/internal/leaktest"
)

// runMainEnv makes the test binary be hob-board itself.
const runMainEnv = "HOB_BOARD_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMainEnv) != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// child is hob-board as a process of its own.
type child struct {
	cmd    *exec.Cmd
	ready  ready
	stderr bytes.Buffer
}

func startChild(t *testing.T, args ...string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0], args...)}
	c.cmd.Env = append(os.Environ(), runMainEnv+"=1")
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	must(t, err)
	must(t, c.cmd.Start())
	t.Cleanup(func() {
		if c.cmd.ProcessState == nil {
			_ = c.cmd.Process.Kill()
			_ = c.cmd.Wait()
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("no ready line: %v\n%s", err, c.stderr.String())
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	must(t, decoder.Decode(&c.ready))
	return c
}

func TestTheReadyLineSaysWhereTheBoardIs(t *testing.T) {
	dir := t.TempDir()
	control := filepath.Join(dir, "control")
	c := startChild(t, "--id", "hob-7c9ebd", "--chip", "esp32s3", "--state", dir, "--control", control)
	r := c.ready
	if r.ID != "hob-7c9ebd" || r.Chip != "esp32s3" || r.State != "new" || len(r.SetupCode) != 30 ||
		r.Control != control || r.PID != c.cmd.Process.Pid || len(r.Boards) != 1 || r.Boards[0] != r.readyBoard {
		t.Errorf("%+v", r)
	}
	dialLink(t, r.Address)
}

func TestSIGTERMEndsCleanlyAndSoon(t *testing.T) {
	dir := t.TempDir()
	control := filepath.Join(dir, "control")
	c := startChild(t, "--id", randomID(t), "--state", dir, "--control", control, "--mdns-interface", "lo")
	ws := dialLink(t, c.ready.Address) // a peer that never answers the close
	conn := dialControl(t, control)    // and a client that waits
	_, err := fmt.Fprintln(conn.conn, `{"cmd":"edges","wait_ms":60000}`)
	must(t, err)
	start := time.Now()
	must(t, c.cmd.Process.Signal(syscall.SIGTERM))
	must(t, c.cmd.Wait())
	t.Logf("took %v", time.Since(start))
	_, _, err = ws.ReadMessage()
	wantCloseError(t, err, 4007)
	if _, err := os.Stat(control); !os.IsNotExist(err) {
		t.Errorf("control socket: %v", err)
	}
}

func TestWithoutADirectoryItsSettingsAreForgottenAtTheEnd(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	c := startChild(t, "--id", "hob-7c9ebd")
	adopt(t, c.ready.readyBoard)
	if kept, err := filepath.Glob(filepath.Join(temp, "hob-board-*", "hob-7c9ebd")); err != nil || len(kept) != 1 {
		t.Errorf("while it runs: %q, %v", kept, err)
	}
	must(t, c.cmd.Process.Signal(syscall.SIGTERM))
	must(t, c.cmd.Wait())
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

func TestAKilledProcessLeavesNothingInTheWay(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--id", "hob-7c9ebd", "--state", dir, "--control", filepath.Join(dir, "control")}
	first := startChild(t, args...)
	key := adopt(t, first.ready.readyBoard)
	must(t, first.cmd.Process.Kill())
	_ = first.cmd.Wait() // it was killed, and says so
	second := startChild(t, append(args, "--listen", first.ready.Address)...)
	if second.ready.State != "adopted" || second.ready.SetupCode != "" || second.ready.Address != first.ready.Address {
		t.Errorf("%+v", second.ready)
	}
	openSession(t, second.ready.Address, second.ready.ID, key)
}

func TestFailuresHaveAnExitCodeAndAReason(t *testing.T) {
	dir := t.TempDir()
	running := startRig(t, "--state", dir)
	cases := []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--help"}, 0, "-mdns-interface"},
		{[]string{"--nonsense"}, exitUsage, "nonsense"},
		{[]string{"--id", "x", "--state", dir}, exitUsage, "--id"},
		{[]string{"--id", "hob-7c9ebd", "--state", dir}, exitFailed, "in use"},
		{[]string{"--id", "hob-000001", "--state", dir, "--listen", running.ready.Address}, exitFailed, "address already in use"},
		{[]string{"--id", "hob-000001", "--state", dir, "--control", running.ready.Control}, exitFailed, "in use"},
		{[]string{"--id", "hob-000001", "--state", dir, "--fw", "a\nb"}, exitFailed, "does not start"},
		{[]string{"--id", "hob-7c9ebc", "--boards", "2", "--state", dir}, exitFailed, "in use"},
	}
	for _, c := range cases {
		var out, messages bytes.Buffer
		code := run(c.args, &out, &messages)
		if code != c.code || !strings.Contains(messages.String(), c.want) || out.Len() != 0 {
			t.Errorf("%q: exit %d, stdout %q, stderr %q; want %d and %q", c.args, code, out.String(), messages.String(), c.code, c.want)
		}
	}
}

func TestNothingLeaksWhenBoardsComeAndGo(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	before := leaktest.Open(t)
	for round := range 3 {
		t.Run(fmt.Sprint("round", round), func(t *testing.T) {
			r := startRig(t, "--id", randomID(t), "--boards", "4", "--mdns-interface", "lo")
			for _, b := range r.ready.Boards {
				ws := dialLink(t, b.Address)
				must(t, ws.WriteMessage(websocket.BinaryMessage, []byte("noise")))
				board := fmt.Sprintf(`,"board":%q}`, b.ID)
				r.control.do(`{"cmd":"freeze"` + board)
				askForLink(t, b.Address)
				r.control.do(`{"cmd":"power_cut"` + board)
				r.control.do(`{"cmd":"power_on"` + board)
				dialLink(t, b.Address)
				r.control.do(`{"cmd":"block"` + board)
			}
			must(t, r.stop())
		})
	}
	// zeroconf's announcing goroutine sleeps for up to 3.5 s after its server's end.
	leaktest.Goroutines(t, leaks, goleak.IgnoreAnyFunction("github.com/grandcat/zeroconf.(*Server).probe"))
	before.NoMore(t)
}

// askForLink sends an upgrade request and does not wait for the answer.
func askForLink(t *testing.T, address string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	request, err := http.NewRequest(http.MethodGet, "http://"+address+"/link", nil)
	must(t, err)
	request.Header = upgradeHeader("Sec-Websocket-Protocol", subprotocol)
	must(t, request.Write(conn))
}

func TestAHundredBoardsInOneProcess(t *testing.T) {
	r := startRig(t, "--boards", "100", "--id", "hob-000000000000")
	t.Run("boards", func(t *testing.T) {
		for _, b := range r.ready.Boards {
			t.Run(b.ID, func(t *testing.T) {
				t.Parallel()
				s := openSession(t, b.Address, b.ID, adopt(t, b))
				s.mustConfigure(theHouse()...)
				if result := s.command("gpio16", "on", nil); result["code"] != "done" {
					t.Errorf("%v", result)
				}
			})
		}
	})
	for _, b := range r.control.do(`{"cmd":"boards"}`).Boards {
		if b.State != "adopted" || b.Config == "" {
			t.Errorf("%+v", b)
		}
	}
}
