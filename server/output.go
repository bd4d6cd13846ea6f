package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"hob/internal/entity"
)

// printJSON writes one value, indented, as a document of its own.
func (c *cli) printJSON(v any) error {
	c.printed = true
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printLine writes one value as one line, for streams.
func (c *cli) printLine(v any) error {
	c.printed = true
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// terminal says whether a person sees what is written to w, now and nobody later.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colorful says whether w is a terminal whose user wants colour.
func colorful(w io.Writer) bool {
	return terminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// cellsOf is how many cells a line of w's terminal has; 0 if it is none.
func cellsOf(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return n
}

// Colours of states: ANSI, the terminal's own palette.
const (
	plain  = ""
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	red    = "\x1b[31m"
	dim    = "\x1b[2m"
	reset  = "\x1b[0m"
)

// cell is a word of a table and its colour.
type cell struct {
	text  string
	color string
}

func text(s string) cell { return cell{text: s} }

// printable keeps what boards and strangers call themselves from steering the
// terminal: control characters and the like become a replacement character.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// table prints rows in columns under a head. Colour does not count as width.
func table(w io.Writer, head []string, rows [][]cell) {
	columns(w, append([][]cell{titles(head)}, rows...))
}

// columns prints rows, which have as many cells each, in columns.
func columns(w io.Writer, all [][]cell) {
	color := colorful(w)
	widths := make([]int, len(all[0]))
	for _, row := range all {
		for i, c := range row {
			row[i].text = printable(c.text)
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	for _, row := range all {
		var b strings.Builder
		for i, c := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text)+2)
			if i == len(row)-1 {
				pad = ""
			}
			if color && c.color != plain && c.text != "" {
				c.text = c.color + c.text + reset
			}
			b.WriteString(c.text + pad)
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

func titles(head []string) []cell {
	out := make([]cell, len(head))
	for i, h := range head {
		out[i] = cell{h, dim}
	}
	return out
}

// age is how long ago a unix time in ms was, in the words of a glance.
func age(ms int64) string {
	if ms == 0 {
		return ""
	}
	switch d := time.Since(time.UnixMilli(ms)); {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	default:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
}

// because is a cause in words.
func because(c entity.Cause) string {
	if c.By != "" {
		return string(c.Kind) + " " + c.By
	}
	return string(c.Kind)
}
