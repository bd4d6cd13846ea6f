package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.bug.st/serial"

	"hob/internal/provision"
)

const (
	// portTurn is how long a read of the port waits for something to come.
	portTurn = 100 * time.Millisecond
	// boardPatience is how long a board may take to answer: opening its port may
	// have restarted it.
	boardPatience = 20 * time.Second
)

// provisioning is what `hob provision` was asked for.
type provisioning struct {
	ssid         string
	passwordFile string
	open         bool
	wifiOnly     bool
	replace      bool
	reset        bool
	show         bool
}

func (c *cli) provisionCommand() *cobra.Command {
	var p provisioning
	cmd := &cobra.Command{
		Use:   "provision PORT",
		Short: "Give a board on a USB cable its Wi-Fi and its key",
		Long: `Gives a board that is on a USB cable the Wi-Fi to join and the key of this
server, in one go. PORT is its serial port, such as /dev/ttyUSB0, /dev/ttyACM0
or COM3. The board needs no setup code for it: whoever holds the cable could
write its whole flash.

The password is asked for, or read from a file. Without --ssid the network stays
as it is: a board with Ethernet needs none.`,
		Example: `  hob provision /dev/ttyUSB0 --ssid home
  hob provision /dev/ttyUSB0 --show`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := p.check(); err != nil {
				return err
			}
			return c.provision(cmd.Context(), given[0], p)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&p.ssid, "ssid", "", "name of the Wi-Fi to join")
	flags.StringVar(&p.passwordFile, "password-file", "", "file with its password; - is standard input")
	flags.BoolVar(&p.open, "open", false, "the Wi-Fi has no password")
	flags.BoolVar(&p.wifiOnly, "wifi-only", false, "leave the board's key as it is, and ask no server")
	flags.BoolVar(&p.replace, "replace", false, "give it a key although the server holds one of this board")
	flags.BoolVar(&p.reset, "reset", false, "bring the board back to the factory's state instead")
	flags.BoolVar(&p.show, "show", false, "only show what the board is")
	return cmd
}

func (p *provisioning) check() error {
	switch {
	case p.ssid == "" && (p.open || p.passwordFile != ""):
		return usage("a password is for a network: --ssid is missing")
	case p.open && p.passwordFile != "":
		return usage("a network is open or has a password, not both")
	case p.wifiOnly && p.ssid == "" && !p.reset && !p.show:
		return usage("--wifi-only needs --ssid")
	case p.reset && p.show, (p.reset || p.show) && p.ssid != "":
		return usage("--reset and --show stand alone")
	case len(p.ssid) > 32:
		return usage("the name of a Wi-Fi has at most 32 bytes")
	}
	return nil
}

func (c *cli) provision(ctx context.Context, path string, p provisioning) error {
	password, err := p.password(c.stderr, atTerminal())
	if err != nil {
		return err
	}
	port, err := serial.Open(path, &serial.Mode{BaudRate: 115200})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer port.Close()
	if err := port.SetReadTimeout(portTurn); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	conn := provision.New(port)
	ctx, cancel := context.WithTimeout(ctx, boardPatience)
	defer cancel()
	b, err := conn.Hello(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	switch {
	case p.show:
		return c.showProvisioned(b)
	case p.reset:
		if err := conn.Reset(ctx); err != nil {
			return err
		}
		fmt.Fprintf(c.stderr, "%s is as it came from the factory\n", printable(b.ID))
		return nil
	case p.ssid != "" && !b.WiFi:
		return fmt.Errorf("%s has no Wi-Fi: leave out --ssid", printable(b.ID))
	}
	return c.settle(ctx, conn, b, p, password)
}

// settle gives the board what it is to have.
func (c *cli) settle(ctx context.Context, conn *provision.Conn, b provision.Board, p provisioning, password string) error {
	s := provision.Settings{SSID: p.ssid, Password: password}
	if !p.wifiOnly {
		cl, err := c.client()
		if err != nil {
			return err
		}
		made, err := cl.Provision(ctx, b.ID, p.replace)
		if err != nil {
			return err
		}
		s.Key = made.Key
	}
	if err := conn.Provision(ctx, s); err != nil {
		return err
	}
	var done []string
	if s.SSID != "" {
		done = append(done, "joins "+printable(s.SSID))
	}
	if s.Key != "" {
		done = append(done, "has its key")
	}
	fmt.Fprintf(c.stderr, "%s (%s, firmware %s) %s\n", printable(b.ID), printable(b.Chip), printable(b.FW), strings.Join(done, " and "))
	if c.json {
		return c.printJSON(map[string]any{"id": b.ID, "chip": b.Chip, "firmware": b.FW, "ssid": s.SSID, "key": s.Key != ""})
	}
	return nil
}

func (c *cli) showProvisioned(b provision.Board) error {
	if c.json {
		return c.printJSON(b)
	}
	network := "no network"
	switch {
	case !b.WiFi:
		network = "Ethernet"
	case b.SSID != "":
		network = "Wi-Fi " + b.SSID
	}
	state := "not connected"
	if b.Online {
		state = "connected"
	}
	fmt.Fprintf(c.stdout, "%s  %s, firmware %s, %s, %s, %s\n", printable(b.ID), printable(b.Chip), printable(b.FW),
		printable(b.State), printable(network), state)
	if b.Code != "" {
		fmt.Fprintf(c.stdout, "setup code  %s\n", printable(b.Code))
	}
	return nil
}

// password is that of the network, "" for none.
func (p *provisioning) password(stderr io.Writer, asked person) (string, error) {
	var password string
	switch {
	case p.ssid == "" || p.open:
		return "", nil
	case p.passwordFile != "":
		text, err := firstLine(p.passwordFile, asked.in)
		if err != nil {
			return "", err
		}
		password = text
	case !asked.tty:
		return "", usage("there is nobody to ask for the password: --password-file or --open")
	default:
		fmt.Fprintf(stderr, "Password of %s: ", printable(p.ssid))
		text, err := asked.hush()
		fmt.Fprintln(stderr)
		if err != nil {
			return "", err
		}
		password = text
	}
	if len(password) < 8 || len(password) > 63 {
		return "", errors.New("the password of a Wi-Fi has 8 to 63 characters (--open for a network without one)")
	}
	return password, nil
}

func firstLine(path string, stdin io.Reader) (string, error) {
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer file.Close()
		stdin = file
	}
	line, err := bufio.NewReader(io.LimitReader(stdin, 256)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
