package config

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"hob/internal/diag"
)

// parseBudget is generous: full inputs take well under a second of the processor,
// with the race detector some seconds, unless their cost explodes, which is what the
// test is for. What else the computer does meanwhile does not count. A part of them
// has a part of the time: a cost that grows with the square shows in either alike.
func parseBudget() time.Duration {
	if campaign() {
		return 20 * time.Second
	}
	return 4 * time.Second
}

func campaign() bool { return os.Getenv("HOB_CAMPAIGN") != "" }

// processorTime is what this process has used so far.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func hostileInputs() map[string]func() string {
	// `make test` looks for costs that explode; `make campaign` fills the limits.
	if campaign() {
		return fullInputs()
	}
	return inputsOf(8)
}

// fullInputs fill the limits.
func fullInputs() map[string]func() string { return inputsOf(1) }

// inputsOf are a part of that.
func inputsOf(part int) map[string]func() string {
	full := maxBytes/part - 64
	lines := func(format string, n int) string { return numbered(format, n/part) }
	const (
		board = "boards: {x: {id: hob-000000, chip: esp32}}\n"
	)
	lights := func() string { return "lights:\n" + lines("  light%d: {pin: x/16}\n", 8_000) }
	repeat := func(s string) string { return strings.Repeat(s, full/len(s)) }
	return map[string]func() string{
		"open brackets":        func() string { return repeat("[") },
		"open braces":          func() string { return repeat("{") },
		"open brackets, lines": func() string { return repeat("[\n") },
		"nested dashes":        func() string { return repeat("- ") },
		"nested keys":          func() string { return repeat("a: ") },
		"question marks":       func() string { return repeat("? ") },
		"empty list items":     func() string { return "a: [" + repeat("a,") + "]" },
		"comments":             func() string { return repeat("#\n") + "a: b\n" },
		"comment and key":      func() string { return manyLines("# c\nk%d: v\n", full) },
		"too many keys":        func() string { return manyLines("k%d: 1\n", full) },
		"duplicate keys":       func() string { return lines("k%d: 1\n", 24_000) + lines("k%d: 1\n", 24_000) },
		"one key repeated":     func() string { return lines("k: 1 # %d\n", 49_000) },
		"unknown keys":         func() string { return lines("key%d: 1\n", 49_000) },
		"anchors":              func() string { return lines("k%d: &a%[1]d x\n", 49_000) },
		"aliases":              func() string { return "a: &a x\n" + lines("k%d: *a\n", 33_000) },
		"long keys":            func() string { return lines(strings.Repeat("k", 60)+"%d: 1\n", 14_000) },
		"one long line":        func() string { return "a: " + repeat("x") },
		"one long quote":       func() string { return `a: "` + repeat("x") },
		"late syntax error":    func() string { return manyLines("k%d: 1\n", full) + "a: b: c\n" },
		"many tabs":            func() string { return repeat("\tx: 1\n") },
		"spaces":               func() string { return repeat(" ") },
		"line ends":            func() string { return repeat("\r\n") },
		"long indent":          func() string { return manyIndented(full) },
		"block scalar":         func() string { return "a: |\n" + repeat("  x\n") },
		"many buttons":         func() string { return "buttons:\n" + lines("  b%d: {pin: x/1, press: toggle y}\n", 16_000) },
		"many switches":        func() string { return board + "switches:\n" + lines("  s%d: {pin: x/16}\n", 24_000) },
		"many near names": func() string {
			return board + lights() + "buttons:\n" + lines("  b%d: {pin: x/4, press: toggle lihgt%[1]d}\n", 8_000)
		},
		"many boards": func() string { return "boards:\n" + lines("  b%d: {id: hob-000000, chip: esp32}\n", 16_000) },
		"many unknown boards": func() string {
			return "boards:\n" + lines("  b%d: {id: hob-0%05[1]d, chip: esp32}\n", 8_000) + "switches:\n" + lines("  s%d: {pin: bb%[1]d/16}\n", 8_000)
		},
		"many bad ids":        func() string { return "switches:\n" + lines("  S-%d: {}\n", 33_000) },
		"many interlocks":     func() string { return board + "switches:\n" + lines("  s%d: {pin: x/16, interlock: g}\n", 16_000) },
		"many scenes":         func() string { return board + "scenes:\n  s0: {s1: on}\n" + lines("  s%d: {s1: on, s2: on}\n", 16_000) },
		"a chain of scenes":   func() string { return board + "scenes:\n" + chain(16_000/part) },
		"many unknown scenes": func() string { return board + "scenes:\n" + lines("  s%d: {x%[1]d: on}\n", 16_000) },
		"many unknown windows": func() string {
			return board + "heaters:\n" + lines("  h%d: {relay: x/16, sensor: t%[1]d, windows: [a%[1]d, b%[1]d]}\n", 8_000)
		},
		"many rules at once": func() string {
			return board + "switches: {l: {pin: x/16}, m: {pin: x/99}}\nrules:\n" + lines("  r%d: {when: {time: 06:00}, do: [l on, l off]}\n", 12_000)
		},
		"many rules often": func() string {
			return board + "switches: {l: {pin: x/16}, m: {pin: x/99}}\nrules:\n" + lines("  r%d: {when: {cron: '* * * * *'}, do: [l on]}\n", 12_000)
		},
		"many triggers": func() string {
			return board + "rules: {r: {when: [" + lines("{cron: '%d * * * *'},", 16_000) + "], do: x on}}\n"
		},
		"many messages": func() string {
			return board + "users: {u: {role: boss}}\nrules: {r: {when: {startup: true}, do: [" + lines("notify u%d hello,", 24_000) + "]}}\n"
		},
		"deep conditions": func() string {
			return board + "rules: {r: {when: {startup: true}, if: " + strings.Repeat("{not: ", 14) + "x" + strings.Repeat("}", 14) + ", do: x on}}\n"
		},
		"a long expression": func() string {
			return board + "rules: {r: {when: {startup: true}, if: {expr: \"" + strings.Repeat("(", 400) + "\"}, do: x on}}\n"
		},
		"many expressions": func() string {
			return board + "rules: {r: {when: {startup: true}, if: {any: [" + lines("{expr: 'a%d.b == c'},", 16_000) + "]}, do: x on}}\n"
		},
		"a long schedule": func() string {
			return board + "sensors: {t: {type: ds18b20, pin: x/4}}\nheaters: {h: {relay: x/16, sensor: t, schedule: {mon: '" + lines("06:00 comfort,", 30_000) + "'}}}\n"
		},
		"many presets": func() string {
			return board + "sensors: {t: {type: ds18b20, pin: x/4}}\nheaters: {h: {relay: x/16, sensor: t, presets: {" + lines("p%d: 21°C,", 30_000) + "}}}\n"
		},
		"many durations": func() string {
			return board + "switches:\n" + lines("  s%d: {off_after: 1h1m1s1ms1, max_on: 1}\n", 16_000)
		},
	}
}

// chain is a row of scenes, each of which activates the next, and the last the first.
func chain(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  s%d: {s%d: on}\n", i, (i+1)%n)
	}
	return b.String()
}

func manyLines(format string, size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size-40; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// numbered repeats a line with a rising number in it.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.TrimSuffix(fmt.Sprintf(format, i), fmt.Sprintf("%%!(EXTRA int=%d)", i)))
	}
	return b.String()
}

func manyIndented(size int) string {
	var b strings.Builder
	for i := 0; b.Len()+i+4 < size; i++ {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestHostileFilesAreRefusedInBoundedTime(t *testing.T) {
	for name, make := range hostileInputs() {
		t.Run(name, func(t *testing.T) {
			text := make()
			start := processorTime(t)
			house, list := Parse("house.yaml", []byte(text))
			if took := processorTime(t) - start; took > parseBudget() {
				t.Errorf("took %s", took)
			} else {
				t.Logf("%s, %d diagnostics", took.Round(time.Millisecond), len(list))
			}
			if house != nil || !list.HasErrors() {
				t.Error("a hostile file was accepted")
			}
			if len(list) > maxProblems+1 {
				t.Errorf("%d diagnostics", len(list))
			}
		})
	}
}

func TestAliasBombIsRefusedBeforeItIsExpanded(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 20; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	_, list := Parse("bomb.yaml", []byte(b.String()))
	if len(list) != 1 || list[0].Code != diag.TooComplex || list[0].Column < 5 {
		t.Errorf("got %v", list)
	}
}

func TestAliasOfItselfIsRefused(t *testing.T) {
	for _, text := range []string{"a: &a [*a]\n", "a: &a {b: *a}\n", "boards: &b {x: *b}\n", "&a [*a]: b\n"} {
		_, list := Parse("loop.yaml", []byte(text))
		if len(list) != 1 || list[0].Code != diag.TooComplex {
			t.Errorf("%q: got %v", text, list)
		}
	}
}

func TestNestingLimitIsExact(t *testing.T) {
	nested := func(depth int) string { return strings.Repeat("[", depth-1) + "x" + strings.Repeat("]", depth-1) }
	_, list := Parse("deep.yaml", []byte(nested(maxDepth)))
	if len(list) != 1 || list[0].Code != diag.WrongType {
		t.Errorf("depth %d: got %v", maxDepth, list)
	}
	_, list = Parse("deep.yaml", []byte(nested(maxDepth+1)))
	if len(list) != 1 || list[0].Code != diag.TooComplex || list[0].Column != maxDepth+1 {
		t.Errorf("depth %d: got %v", maxDepth+1, list)
	}
}

func TestSizeLimitIsExact(t *testing.T) {
	head := "boards: {hall: {id: hob-7c9ebd, chip: esp32}}\n#"
	fits := head + strings.Repeat("x", maxBytes-len(head))
	if house, list := Parse("big.yaml", []byte(fits)); house == nil {
		t.Errorf("%d bytes: %v", len(fits), list)
	}
	_, list := Parse("big.yaml", []byte(fits+"x"))
	if len(list) != 1 || list[0].Code != diag.TooLarge {
		t.Errorf("%d bytes: got %v", len(fits)+1, list)
	}
}
