package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func TestIDsCountUpInHexadecimal(t *testing.T) {
	cases := []struct {
		first string
		n     int
		want  []string
	}{
		{"hob-7c9ebd", 1, []string{"hob-7c9ebd"}},
		{"hob-7c9ebf", 3, []string{"hob-7c9ebf", "hob-7c9ec0", "hob-7c9ec1"}},
		{"hob-00000000000f", 2, []string{"hob-00000000000f", "hob-000000000010"}},
		{"hob-fffffe", 2, []string{"hob-fffffe", "hob-ffffff"}},
	}
	for _, c := range cases {
		got, err := countIDs(c.first, c.n)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("countIDs(%s, %d) = %v, %v; want %v", c.first, c.n, got, err, c.want)
		}
	}
}

func TestBadCommandLinesAreRefusedWithTheReason(t *testing.T) {
	good := []string{"--id", "hob-7c9ebd", "--state", "dir"}
	cases := []struct {
		args []string
		want string
	}{
		{[]string{"--state", "dir"}, "--id"},
		{[]string{"--id", "hob-7C9EBD", "--state", "dir"}, "lower-case"},
		{[]string{"--id", "hob-12345", "--state", "dir"}, "6 to 12"},
		{[]string{"--id", "hob-ffffff", "--state", "dir", "--boards", "2"}, "not 2 ids"},
		{append(good, "--boards", "0"), "--boards"},
		{append(good, "--boards", "4097"), "--boards"},
		{append(good, "--chip", "esp8266"), "no chip"},
		{append(good, "--listen", "nowhere"), "--listen"},
		{append(good, "--listen", "127.0.0.1:65535", "--boards", "2"), "not enough ports"},
		{append(good, "--mdns-interface", "nosuch0"), "--mdns-interface"},
		{append(good, "--mdns-interface", "lo", "--boards", "33"), "at most 32"},
		{append(good, "--log", "loud"), "--log"},
		{append(good, "surplus"), "surplus"},
	}
	for _, c := range cases {
		_, err := parseOptions(c.args, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("parseOptions(%q): %v; want something about %q", c.args, err, c.want)
		}
	}
}

func TestBoardsTakeFollowingPortsOrAny(t *testing.T) {
	for listen, want := range map[string]string{"127.0.0.1:4000": "127.0.0.1:4002", "127.0.0.1:0": "127.0.0.1:0", "[::1]:4000": "[::1]:4002"} {
		opt, err := parseOptions([]string{"--id", "hob-7c9ebd", "--state", "dir", "--boards", "3", "--listen", listen}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if got := opt.address(2); got != want {
			t.Errorf("third board of --listen %s is at %s, want %s", listen, got, want)
		}
	}
}
