package main

import (
	"errors"
	"net"
	"strconv"

	"github.com/spf13/cobra"
)

// listenAddress is a flag that takes an address to listen on. Whether it is one of this
// computer's own shows when it is opened.
type listenAddress string

func (a *listenAddress) String() string { return string(*a) }
func (a *listenAddress) Type() string   { return "string" }
func (a *listenAddress) Set(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return errors.New("write such as 127.0.0.1:8420, or :8420 for every interface")
	}
	*a = listenAddress(v)
	return nil
}

func listenFlag(cmd *cobra.Command, at *string) {
	*at = defaultListen
	cmd.Flags().Var((*listenAddress)(at), "listen", "address and port to serve on")
}
