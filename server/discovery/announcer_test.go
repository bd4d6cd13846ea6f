package discovery

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/grandcat/zeroconf"

	"hob/internal/nettest"
)

// The test binary is also a board that only announces itself, so that a test can
// kill one without a goodbye: see startAnnouncer.
const announcerEnv = "HOB_TEST_ANNOUNCE"

func TestMain(m *testing.M) {
	if what := os.Getenv(announcerEnv); what != "" {
		if err := announceForEver(strings.Fields(what)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// announceForEver takes interface, id, port and addresses, and does not return
// unless it fails.
func announceForEver(args []string) error {
	i, err := net.InterfaceByName(args[0])
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	_, err = zeroconf.RegisterProxy(args[1], service, domain, port, args[1], args[3:], boardTXT(args[1]), []net.Interface{*i})
	if err != nil {
		return err
	}
	fmt.Println("announcing")
	select {}
}

// startAnnouncer starts a board in n. Stop kills it.
func startAnnouncer(t *testing.T, n *nettest.Namespace, iface, id string, port int, addresses ...string) *nettest.Process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	what := fmt.Sprint(announcerEnv, "=", iface, " ", id, " ", port, " ", strings.Join(addresses, " "))
	p := n.Start(t, func(c *exec.Cmd) { c.Env = append(os.Environ(), what) }, self)
	p.Await(t, "announcing")
	return p
}
