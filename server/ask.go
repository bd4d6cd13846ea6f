package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"hob/internal/entity"
	"hob/server/client"
)

// person is who types: where answers are read from, if anybody is there.
type person struct {
	in   io.Reader
	tty  bool                              // somebody reads what is asked
	hush func() (answer string, err error) // reads without showing what is typed
}

func atTerminal() person {
	fd := int(os.Stdin.Fd())
	return person{in: os.Stdin, tty: term.IsTerminal(fd) && terminal(os.Stderr), hush: func() (string, error) {
		b, err := term.ReadPassword(fd)
		return string(b), err
	}}
}

// moves says whether an action may move something that can hurt people.
func moves(v entity.Verb) bool {
	return v == entity.VerbOpen || v == entity.VerbClose || v == entity.VerbPulse
}

// confirm makes sure that somebody means a door to move: by yes, or by asking.
// The action then says so to the server.
func (c *cli) confirm(ctx context.Context, cl *client.Client, id entity.ID, a *entity.Action, yes bool, p person) error {
	if !moves(a.Verb) {
		return nil
	}
	if yes {
		a.Confirm = true
		return nil
	}
	e, err := cl.Entity(ctx, id)
	if err != nil || e.Kind != entity.KindGarageDoor {
		return nil //nolint:nilerr // what is wrong with it is the server's to say
	}
	if !p.tty {
		return usage("%s is a garage door: add --yes if you can see it, or nobody can be under it", id)
	}
	fmt.Fprintf(c.stderr, "%s is a garage door, and %s. Can you see it, and is nobody in its way? [y/N] ", printable(e.Name), e.State)
	line, err := bufio.NewReader(p.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		a.Confirm = true
		return nil
	}
	return &exitError{exitFailed, "nothing was done"}
}

// code puts the alarm's code into an action that needs one: the given one, or
// what a person types, unseen. "-" is a line of standard input.
func (c *cli) code(ctx context.Context, cl *client.Client, id entity.ID, a *entity.Action, given string, p person) error {
	switch {
	case given == "-":
		line, err := bufio.NewReader(p.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		a.Code = entity.NewSecret(strings.TrimRight(line, "\r\n"))
		return nil
	case given != "":
		a.Code = entity.NewSecret(given)
		return nil
	case a.Verb != entity.VerbDisarm || !a.Code.IsZero() || !p.tty:
		return nil
	}
	e, err := cl.Entity(ctx, id)
	if err != nil {
		return nil //nolint:nilerr // what is wrong with it is the server's to say
	}
	if needs, _ := attribute[bool](e, "code"); !needs {
		return nil
	}
	fmt.Fprintf(c.stderr, "Code of %s: ", printable(e.Name))
	typed, err := p.hush()
	fmt.Fprintln(c.stderr)
	a.Code = entity.NewSecret(typed)
	return err
}

// attribute is one attribute of a record that came from a server.
func attribute[T any](e entity.Record, name string) (T, bool) {
	all, _ := e.Attributes.(map[string]any)
	v, ok := all[name].(T)
	return v, ok
}
