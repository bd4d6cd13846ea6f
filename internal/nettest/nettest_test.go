package nettest

import (
	"net"
	"strings"
	"testing"
)

func TestANamespaceSeesOnlyItsOwnInterfaces(t *testing.T) {
	a, b := New(t), New(t)
	Cable(t, Port{a, "left", "10.1.0.1/24"}, Port{b, "right", "10.1.0.2/24"})
	for n, want := range map[*Namespace]string{a: "lo left", b: "lo right"} {
		n.Do(t, func() {
			list, err := net.Interfaces()
			if err != nil {
				t.Error(err)
			}
			var names []string
			for _, i := range list {
				names = append(names, i.Name)
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("interfaces %q, want %q", got, want)
			}
		})
	}
	if list, err := net.InterfaceByName("left"); err == nil {
		t.Errorf("the test itself sees %v", list)
	}
}

func TestAvahiSeesWhatAvahiPublishes(t *testing.T) {
	a, b := New(t), New(t)
	Cable(t, Port{a, "left", "10.1.0.1/24"}, Port{b, "right", "10.1.0.2/24"})
	looking := a.StartAvahi(t, "left").Browse(t, "_probe._tcp")
	published := b.StartAvahi(t, "right").Publish(t, "here", "_probe._tcp", 4711, "key=value")
	looking.Await(t, ";here;_probe._tcp;local;right.local;10.1.0.2;4711;\"key=value\"")
	published.Stop()
	looking.Await(t, "-;left;IPv4;here;")
}
