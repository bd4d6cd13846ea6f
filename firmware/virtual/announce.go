package main

import (
	"fmt"
	"log/slog"
	"net"

	"github.com/grandcat/zeroconf"
)

const serviceType = "_hob._tcp"

// announcer keeps one board's DNS-SD announcement up to date, from a goroutine
// of its own: joining multicast groups takes longer than a board should wait.
// announce and silence are for the board's goroutine and never wait; only the
// newest wish counts.
type announcer struct {
	id, chip, fw string
	iface        net.Interface
	log          *slog.Logger

	wishes chan wish // holds at most the newest one
	done   chan struct{}
}

// wish is what an announcement should be.
type wish struct {
	addr  *net.TCPAddr // nil: none
	state string
	last  bool // end
	quiet bool // with last: without a goodbye
}

func newAnnouncer(id, chip, fw string, iface net.Interface, log *slog.Logger) *announcer {
	return &announcer{
		id: id, chip: chip, fw: fw, iface: iface, log: log,
		wishes: make(chan wish, 1), done: make(chan struct{}),
	}
}

// announce says where the board is and whether it is new or adopted.
func (a *announcer) announce(addr *net.TCPAddr, state string) { a.want(wish{addr: addr, state: state}) }

// silence ends the announcement without a word, as a power cut does.
func (a *announcer) silence() { a.want(wish{}) }

// end takes the announcement back, with a goodbye unless quiet, and ends run.
func (a *announcer) end(quiet bool) {
	a.want(wish{last: true, quiet: quiet})
	<-a.done
}

func (a *announcer) want(w wish) {
	select {
	case <-a.wishes: // outdated
	default:
	}
	a.wishes <- w
}

// run serves wishes until end.
func (a *announcer) run() {
	defer close(a.done)
	var server *zeroconf.Server
	for w := range a.wishes {
		if server != nil {
			if w.last && !w.quiet {
				a.goodbye(server)
			}
			hush(server)
			server = nil
		}
		if w.last {
			return
		}
		if w.addr != nil {
			server = a.register(w)
		}
	}
}

func (a *announcer) register(w wish) *zeroconf.Server {
	ips, err := announcedIPs(w.addr.IP, a.iface)
	if err == nil {
		var server *zeroconf.Server
		txt := []string{"txtvers=1", "id=" + a.id, "chip=" + a.chip, "fw=" + a.fw, "proto=1", "state=" + w.state}
		server, err = zeroconf.RegisterProxy(a.id, serviceType, "local.", w.addr.Port, a.id, ips, txt, []net.Interface{a.iface})
		if err == nil {
			return server
		}
	}
	a.log.Error("announce", "board", a.id, "err", err)
	return nil
}

// announcedIPs are the addresses at which a listener on ip is reached by those
// who hear iface.
func announcedIPs(ip net.IP, iface net.Interface) ([]string, error) {
	if len(ip) > 0 && !ip.IsUnspecified() {
		return []string{ip.String()}, nil
	}
	if iface.Flags&net.FlagLoopback != 0 {
		return []string{"127.0.0.1"}, nil
	}
	addrs, err := iface.Addrs()
	if err != nil {
		return nil, err
	}
	var ips []string
	for _, addr := range addrs {
		if n, ok := addr.(*net.IPNet); ok {
			ips = append(ips, n.IP.String())
		}
	}
	if len(ips) == 0 {
		return nil, fmt.Errorf("interface %s has no address", iface.Name)
	}
	return ips, nil
}
