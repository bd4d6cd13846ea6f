package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// report prints what was measured of every system, then how Hob stands to the
// targets.
func (b *bench) report(w io.Writer, asJSON bool) error {
	var found []finding
	for _, t := range targets() {
		found = append(found, b.results.judge(t))
	}
	if asJSON {
		return json.NewEncoder(w).Encode(map[string]any{"figures": b.figures(), "targets": found, "notes": b.notes,
			"rounds": b.rounds, "quick": b.quick})
	}
	fmt.Fprintf(w, "\nMedians of %d rounds; in parentheses the lowest and the highest.\n\n", b.rounds)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	b.printFigures(t)
	_ = t.Flush()
	fmt.Fprint(w, "\n")
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "\ttarget\tfound\tagainst\tratio\tlimit\t(rounds)\n")
	for _, f := range found {
		f.print(t)
	}
	_ = t.Flush()
	for _, n := range b.notes {
		fmt.Fprintln(w, n)
	}
	return nil
}

// printFigures prints a row a figure and a column a system.
func (b *bench) printFigures(w io.Writer) {
	fmt.Fprint(w, "\t")
	for _, system := range systems() {
		fmt.Fprintf(w, "%s\t", system)
	}
	fmt.Fprintln(w)
	seen := map[string]bool{}
	for _, f := range b.results.order {
		if seen[f.what] {
			continue
		}
		seen[f.what] = true
		fmt.Fprintf(w, "%s\t", f.what)
		for _, system := range systems() {
			series := b.results.get(f.what, system)
			if len(series) == 0 {
				fmt.Fprint(w, "\t")
				continue
			}
			low, high := spread(series)
			fmt.Fprintf(w, "%s (%s to %s)\t", short(median(series)), short(low), short(high))
		}
		fmt.Fprintln(w)
	}
}

func (f finding) print(w io.Writer) {
	mark := map[string]string{"met": "ok  ", "missed": "MISS", "not measured": "-   "}[f.Verdict]
	fmt.Fprintf(w, "%s\t%d. %s\t", mark, f.Target, f.Name)
	found, against, ratio, rounds := "", "", "", ""
	if f.Found != nil {
		found = short(*f.Found)
	}
	if f.Against != nil {
		against, ratio = short(*f.Against), short(*f.Judged)
	}
	if f.Judged != nil {
		rounds = fmt.Sprintf("(%s to %s)", short(f.Low), short(f.High))
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", found, against, ratio, short(f.Limit), rounds)
}

// short prints three digits or so.
func short(v float64) string {
	switch {
	case v >= 100 || v == float64(int64(v)):
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func (b *bench) figures() map[string]map[string]float64 {
	out := map[string]map[string]float64{}
	for _, f := range b.results.order {
		if out[f.what] == nil {
			out[f.what] = map[string]float64{}
		}
		out[f.what][f.system] = b.results.value(f.what, f.system)
	}
	return out
}
