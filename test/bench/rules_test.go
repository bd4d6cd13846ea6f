package main

import (
	"io"
	"os"
	"testing"
)

func TestAnEngineOfAThousandRulesIsMeasured(t *testing.T) {
	b, err := newBench(true, 1, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(b.temp) })
	if err := b.rules(); err != nil { // also when no rule has run
		t.Fatal(err)
	}
	if got := b.results.get(figRules, nameHob); len(got) != 1 || got[0] <= 0 {
		t.Errorf("it found %v", got)
	}
}
