package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"regexp"
	"strconv"
	"strings"

	"hob/internal/chip"
)

const (
	version = "0.1.0"

	maxBoards = 4096
	// maxAnnounced: every announcement has two multicast sockets of its own that
	// hear all the others, so the work grows with the square of their number.
	maxAnnounced = 32
)

// options are the command line, checked.
type options struct {
	ids       []string
	chip      string
	fw        string
	listen    *net.TCPAddr
	stateDir  string
	control   string         // "" for none
	iface     *net.Interface // nil: no announcement
	seed      uint64
	security  uint
	updateKey []byte // who may sign updates; nil: nobody
	image     imageOptions
	serial    bool // a pseudo-terminal stands in for the cable of each board
	logLevel  slog.Level
	// sensors is what a board's sensors answer; nil: nothing is at any pin. No
	// flag sets it.
	sensors func(id string) sensorSource
}

// parseOptions reads the command line; messages for people go to stderr.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var (
		opt                       options
		id, listen, iface, levels string
		key                       string
		boards                    int
	)
	set := flag.NewFlagSet("hob-board", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&id, "id", "", "board id, hob- and 6 to 12 hexadecimal digits (required); further boards count up from it")
	set.StringVar(&opt.chip, "chip", "esp32", "chip type: "+strings.Join(chip.Names(), ", "))
	set.StringVar(&opt.fw, "fw", version, "firmware version to report")
	set.StringVar(&listen, "listen", "127.0.0.1:0", "address and port of the first board; others take the following ports, or any with port 0")
	set.StringVar(&opt.stateDir, "state", "", "directory that keeps the boards' settings; a temporary one if empty")
	set.StringVar(&opt.control, "control", "", "path of the control socket; none if empty")
	set.StringVar(&iface, "mdns-interface", "", "network interface to announce the boards on; not announced if empty")
	set.IntVar(&boards, "boards", 1, "how many boards this process carries")
	set.Uint64Var(&opt.seed, "seed", 1, "seed of the contacts' bounces")
	set.UintVar(&opt.security, "security", 0, "security version of the firmware")
	set.StringVar(&key, "update-key", "", "public key that signs updates, as hob sign prints it; none are taken if empty")
	set.StringVar(&opt.image.path, "image", "", "write an image of such a firmware (--chip, --fw, --security) to this file, and end")
	set.StringVar(&opt.image.fault, "image-fault", "", "what that image has wrong: crash, deaf")
	set.IntVar(&opt.image.size, "image-size", 65536, "bytes of that image")
	set.BoolVar(&opt.serial, "serial", false, "give each board a serial port, a pseudo-terminal")
	set.StringVar(&levels, "log", "warn", "what is logged on stderr: debug, info, warn or error")
	if err := set.Parse(args); err != nil {
		return opt, err
	}
	if set.NArg() > 0 {
		return opt, fmt.Errorf("unexpected argument %q", set.Arg(0))
	}
	if _, ok := chip.Lookup(opt.chip); !ok {
		return opt, fmt.Errorf("--chip: no chip %q", opt.chip)
	}
	if opt.security > 65535 {
		return opt, errors.New("--security is a number from 0 to 65535")
	}
	if opt.image.path != "" {
		return opt, opt.image.check()
	}
	var err error
	if opt.updateKey, err = publicKey(key); err != nil {
		return opt, err
	}
	if opt.ids, err = countIDs(id, boards); err != nil {
		return opt, err
	}
	if opt.listen, err = net.ResolveTCPAddr("tcp", listen); err != nil {
		return opt, fmt.Errorf("--listen: %w", err)
	}
	if opt.listen.Port != 0 && opt.listen.Port+boards-1 > 65535 {
		return opt, errors.New("--listen: there are not enough ports after this one")
	}
	if err = opt.logLevel.UnmarshalText([]byte(levels)); err != nil {
		return opt, fmt.Errorf("--log: %w", err)
	}
	opt.iface, err = announceOn(iface, opt.listen.IP, boards)
	return opt, err
}

// countIDs gives n ids, counting up from the first in hexadecimal.
func countIDs(first string, n int) ([]string, error) {
	if n < 1 || n > maxBoards {
		return nil, fmt.Errorf("--boards is a number from 1 to %d", maxBoards)
	}
	if !regexp.MustCompile(`^hob-[0-9a-f]{6,12}$`).MatchString(first) {
		return nil, fmt.Errorf("--id %q: want hob- and 6 to 12 lower-case hexadecimal digits", first)
	}
	digits := first[len("hob-"):]
	number, err := strconv.ParseUint(digits, 16, 64)
	if err != nil {
		return nil, fmt.Errorf("--id: %w", err)
	}
	ids := make([]string, n)
	for i := range ids {
		counted := fmt.Sprintf("%0*x", len(digits), number+uint64(i))
		if len(counted) > len(digits) {
			return nil, fmt.Errorf("--id %s: there are not %d ids of %d digits from there", first, n, len(digits))
		}
		ids[i] = "hob-" + counted
	}
	return ids, nil
}

func announceOn(name string, ip net.IP, boards int) (*net.Interface, error) {
	if name == "" {
		return nil, nil
	}
	iface, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("--mdns-interface %s: %w", name, err)
	}
	if boards > maxAnnounced {
		return nil, fmt.Errorf("--mdns-interface: at most %d boards can be announced; leave it out for more", maxAnnounced)
	}
	if ip.IsLoopback() && iface.Flags&net.FlagLoopback == 0 {
		return nil, fmt.Errorf("--mdns-interface %s: nobody there can reach %s", name, ip)
	}
	return iface, nil
}

// address is where board number i listens.
func (o options) address(i int) string {
	port := o.listen.Port
	if port != 0 {
		port += i
	}
	return (&net.TCPAddr{IP: o.listen.IP, Zone: o.listen.Zone, Port: port}).String()
}
