package discovery

import (
	"testing"
	"time"

	"hob/internal/nettest"
)

const avahiService = "_hob._tcp"

func TestABoardThatAvahiAnnouncesIsFound(t *testing.T) {
	t.Parallel()
	house, board := nettest.New(t), nettest.New(t)
	nettest.Cable(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: board, Name: "wlan0", Address: "10.1.0.2/24"})
	avahi := board.StartAvahi(t, "board")
	published := avahi.Publish(t, "hob-0c0001", avahiService, 8080, boardTXT("hob-0c0001")...)
	b, heard := runIn(t, house, Options{Interval: time.Second})
	ev := heard.await(t, "the board", of("hob-0c0001", firstAt("10.1.0.2:8080")))
	if ev.about.Chip != "esp32c3" || ev.about.Firmware != "1.2.3" || ev.about.State != StateNew || ev.about.Conflict != "" {
		t.Errorf("%+v", ev.about)
	}
	published.Stop()
	// Also on a busy computer, where it may be taken for gone before, and comes back.
	heard.await(t, "its end, after which an unknown board is not listed", of("hob-0c0001", func(e event) bool {
		return e.change == Gone && len(b.Boards()) == 0
	}))
}

func TestAvahiSeesABoardThatAnnouncesItselfOurWay(t *testing.T) {
	t.Parallel()
	house, board := nettest.New(t), nettest.New(t)
	nettest.Cable(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: board, Name: "wlan0", Address: "10.1.0.2/24"})
	looking := house.StartAvahi(t, "house").Browse(t, avahiService)
	startAnnouncer(t, board, "wlan0", "hob-0c0002", 8080, "10.1.0.2")
	looking.Await(t, "=;eth0;IPv4;hob-0c0002;_hob._tcp;local;hob-0c0002.local;10.1.0.2;8080;")
	for _, kv := range boardTXT("hob-0c0002") {
		looking.Await(t, `"`+kv+`"`)
	}
}

func TestTwoAvahiHostsThatClaimOneBoardAreAConflict(t *testing.T) {
	t.Parallel()
	house, one, two := nettest.New(t), nettest.New(t), nettest.New(t)
	nettest.Switch(t, nettest.Port{In: house, Name: "eth0", Address: "10.1.0.1/24"},
		nettest.Port{In: one, Name: "wlan0", Address: "10.1.0.2/24"},
		nettest.Port{In: two, Name: "wlan0", Address: "10.1.0.3/24"})
	one.StartAvahi(t, "one").Publish(t, "hob-0c0003", avahiService, 80, boardTXT("hob-0c0003")...)
	two.StartAvahi(t, "two").Publish(t, "hob-0c0003", avahiService, 80, boardTXT("hob-0c0003")...)
	_, heard := runIn(t, house, Options{})
	ev := heard.await(t, "the conflict", of("hob-0c0003", func(e event) bool { return e.about.Conflict != "" }))
	if len(ev.about.Addresses) < 2 {
		t.Errorf("%+v", ev.about)
	}
}
