// Package imports checks who imports whom in this module. It has no code of its own: the tables in
// this file are the rules, each line with its reason, and ARCHITECTURE.md tells the idea behind them.
//
// A new edge between two packages needs a line here, so that it is decided and not just typed.
package imports

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "hob"

// edge allows one package of ours to import another; paths are relative to the module, "." is its root.
type edge struct{ from, to, why string }

func allowedEdges() []edge {
	return []edge{
		{"internal/entity", "internal/schedule", "heater plans are made of clock times"},
		{"internal/store", "internal/entity", "what is kept and recorded is told in entity's types"},
		{"internal/wire", "internal/entity", "frames carry points and ids as entity types"},
		{"internal/registry", "internal/entity", "the registry runs the entities' state machines"},
		{"internal/fakekind", "internal/entity", "it is a kind"},
		{"internal/command", "internal/entity", "commands, actions and outputs are entity types"},
		{"internal/command", "internal/registry", "a command is checked against, and awaited in, what is true now"},

		{"internal/rules", "internal/entity", "rules are declared, and the house is seen, in entity's types"},
		{"internal/rules", "internal/schedule", "triggers by time, windows and the sun"},
		{"internal/rules", "internal/diag", "what is wrong with an expression has a code"},
		{"internal/simulate", "internal/entity", "runs a declared house, and its tests"},
		{"internal/simulate", "internal/schedule", "a test names times of day and of the sun"},
		{"internal/simulate", "internal/rules", "runs the rules ahead"},
		{"internal/simulate", "internal/registry", "the same registry runs the entities live and ahead, so that the two cannot differ"},
		{"internal/simulate", "internal/command", "and the same router sees commands to their end"},

		{"config", "internal/chip", "a pin is checked against the board's chip"},
		{"config", "internal/diag", "every mistake is a diagnostic"},
		{"config", "internal/entity", "the result is a declared House"},
		{"config", "internal/rules", "expressions are checked as they will run"},
		{"config", "internal/schedule", "clock times and cron lines are checked at load"},

		{"config/plan", "internal/entity", "compares two declared houses"},
		{"config/plan", "internal/schedule", "tells the next runs of rules that change"},

		{"server", "internal/image", "hob sign and hob update read and sign images"},
		{"server/app", "internal/image", "what is signed is told to boards as link has it"},
		{"firmware/virtual", "internal/image", "boots what is in its slots"},
		{"server", "internal/provision", "hob provision talks to a board over its serial port"},

		{"server/client", "internal/entity", "the JSON shapes name kinds, actions and ids"},
		{"server/link", "internal/entity", "reports and commands are entity types"},
		{"server/link", "internal/wire", "speaks the boards' frames"},
		{"server/link", "internal/registry", "reports what boards say; is the way down for commands"},
		{"server/link", "internal/sock", "reads what boards say without waking a thread for it"},
		{"server/hub", "internal/sock", "writes to a thousand browsers"},
		{"server/hub", "internal/entity", "browsers are shown entities"},
		{"server/hub", "internal/registry", "snapshot, revision and stream come from here"},
		{"server/hub", "internal/command", "browsers send commands"},
		{"server/automation", "internal/entity", "deadlines belong to entities"},
		{"server/automation", "internal/registry", "learns of deadlines and ticks them"},
		{"server/automation", "internal/command", "an entity's deadline may switch an output"},
		{"server/automation", "internal/rules", "drives the engine of rules"},
		{"server/notify", "internal/entity", "users' channels and the calls of rules are declared in entity's types"},
		{"server/api", "internal/entity", "REST shows entities"},
		{"server/api", "internal/registry", "and their state"},
		{"server/api", "internal/command", "and sends commands"},
		{"server/api", "internal/store", "shows history and log"},
		{"server/api", "internal/rules", "shows rules and their runs, and has them judged in a house of the past"},
		{"server/api", "internal/schedule", "tells durations in the words of rules"},
		{"server/api", "config", "serves what the file declares"},
		{"server/api", "config/plan", "and what an edit would do"},
		{"server/api", "internal/diag", "and what is wrong with it"},

		{"server/app", "config", "wiring: loads the house"},
		{"server/app", "internal/entity", "wiring"},
		{"server/app", "internal/registry", "wiring"},
		{"server/app", "internal/command", "wiring"},
		{"server/app", "internal/diag", "wiring: shows a configuration's diagnostics"},
		{"server/app", "internal/store", "wiring"},
		{"server/app", "internal/rules", "wiring: what rules remember goes into the store"},
		{"server/app", "server/api", "wiring"},
		{"server/app", "server/automation", "wiring"},
		{"server/app", "server/discovery", "wiring"},
		{"server/app", "server/hub", "wiring"},
		{"server/app", "server/link", "wiring"},
		{"server/app", "server/notify", "wiring"},
		{"server/app", "server/watch", "wiring: reads the configuration again when it is saved"},
		{"server/app", "internal/wire", "wiring: reads a setup code before a board is asked"},
		{"server/app", "server/client", "both ends of the local socket take its name from one place"},

		{"server", "server/app", "serve and demo run the app"},
		{"server", "server/client", "the other subcommands talk to a running server"},
		{"server", "config", "check works without a server"},
		{"server", "internal/simulate", "so do simulate and test"},
		{"server", "internal/rules", "simulate shows its runs, and how a firing ended has a colour"},
		{"server", "internal/schedule", "--from is a day in the house's zone"},
		{"server", "config/plan", "so does plan"},
		{"server", "server/discovery", "init asks the network for boards before there is a server"},
		{"server", "internal/diag", "check prints diagnostics"},
		{"server", "internal/entity", "ids and actions on the command line are checked before they are sent"},
		{"server", "web", "serve hands the embedded dashboard to the app"},
		{"server", ".", "demo runs the embedded sample house"},

		{"firmware/virtual", "internal/chip", "a virtual board has its chip's pins"},
		{"test/bench", "config", "a test checks that its houses are valid ones"},
		{"test/bench", "internal/entity", "a house of many points is declared in entity's types"},
		{"test/bench", "internal/rules", "runs an engine of a thousand rules"},
		{"test/bench", "internal/schedule", "whose triggers have times"},
		{"test/bench", "internal/wire", "plays a thousand boards on the link"},

		{"firmware/virtual", "firmware/virtual/world", "rooms and doors around the boards"},
		{"firmware/virtual", "internal/wire", "names of frames and limits are the protocol's"},
	}
}

// helpers are packages for tests: any _test.go file may import them, and nothing else may.
func helpers() map[string]string {
	return map[string]string{
		"internal/nettest":  "network namespaces and the programs that live in them",
		"internal/logtest":  "what a program under test has logged",
		"internal/leaktest": "waits until what tests have started and opened has gone",
		"internal/fakekind": "a kind with every side that a kind can have, for those who run state machines",
	}
}

// testEdges are allowed in _test.go files beside what the package itself may import.
func testEdges() []edge {
	return []edge{
		{"config", ".", "the sample house that is embedded must be valid"},
		{"server/automation", "internal/schedule", "rules by time are declared in its types"},
		{"config", "internal/wire", "the fullest board that config accepts must fit into what a board stores"},
		{"config/plan", "config", "houses to compare are written as files"},
		{"config/plan", "internal/wire", "a plan's boards are those whose configuration differs on the link"},
		{"internal/simulate", "config", "its tests write houses as people do"},
		{"internal/simulate", ".", "the sample house passes its own tests"},
		{"internal/simulate", "internal/diag", "the guide's examples say what hob check says of them"},
		{"server/automation", "config", "what is foreseen is compared with what the drivers do, in houses as people write them"},
		{"server/automation", "internal/simulate", "as above"},
		{"server/app", "internal/schedule", "rules that are killed are due at times"},
		{"server", "internal/registry", "the command line's tests play the boards of a real server"},
		{"server", "internal/command", "as above"},
		{"server", "server/hub", "as above"},
		{"server", "server/api", "as above"},
		{"server", "internal/store", "and what it has recorded"},
		{"test/e2e", "server/client", "speaks to the server as people's scripts do"},
		{"test/e2e", "internal/entity", "ids and states by their types"},
	}
}

// owner gives a module of others, or a part of the standard library, to the packages that may use it.
type owner struct {
	imported string // an import path; what lies below it is meant too
	by       []string
	why      string
}

func owners() []owner {
	return []owner{
		{"github.com/labstack/echo", []string{"server/api"}, "HTTP framework: domain code stays on net/http"},
		{"github.com/danielgtaylor/huma", []string{"server/api"}, "as above"},
		{"github.com/gorilla/websocket",
			[]string{"server/link", "server/hub", "server/api", "server/client", "firmware/virtual", "test/bench", "test/e2e"},
			"the ends of our two WebSockets"},
		{"github.com/grandcat/zeroconf", []string{"server/discovery", "firmware/virtual"},
			"only who browses or announces lives with its edges"},
		{"github.com/flynn/noise", []string{"server/link", "internal/wire"}, "one place where keys meet frames"},
		{"github.com/robfig/cron", []string{"internal/schedule"}, "a parser only: its own next times are wrong around DST"},
		{"modernc.org/sqlite", []string{"internal/store"}, "one place where the state is on a disk"},
		{"github.com/pressly/goose", []string{"internal/store"}, "as above"},
		{"database", []string{"internal/store"}, "as above"},
		{"github.com/nicholas-fedor/shoutrrr", []string{"server/notify"}, "its errors hold whole addresses, so they are caught in one place"},
		{"github.com/fsnotify/fsnotify", []string{"server/watch"}, "its edges are handled in one place"},
		{"gopkg.in/yaml.v3", []string{"config"}, "YAML ends where the House begins"},
		{"github.com/expr-lang/expr", []string{"internal/rules"}, "expressions are checked and run in one place"},
		{"github.com/spf13/cobra", []string{"server", "firmware/virtual"}, "only commands know of command lines"},
		{"C", []string{"firmware/virtual"}, "bin/hob is static: cgo stays in hob-board"},
	}
}

// pure lists packages of engines and values: functions of their arguments, with no way to the world.
func pure() []string {
	return []string{"internal/chip", "internal/diag", "internal/entity", "internal/schedule", "internal/rules"}
}

func TestEveryImportBetweenOurPackagesIsAllowedWithAReason(t *testing.T) {
	allowed := map[[2]string]bool{}
	for _, e := range allowedEdges() {
		allowed[[2]string{e.from, e.to}] = true
	}
	allowedInTests := map[[2]string]bool{}
	for _, e := range testEdges() {
		allowedInTests[[2]string{e.from, e.to}] = true
	}
	for _, f := range sourceFiles(t) {
		for _, to := range f.ours() {
			key := [2]string{f.pkg, to}
			_, helper := helpers()[to]
			if to == f.pkg || allowed[key] || f.test && (helper || allowedInTests[key]) {
				continue
			}
			t.Errorf("%s: %s may not import %s (if it should: a line and a reason in internal/imports)", f.name, f.pkg, to)
		}
	}
}

func TestEveryRuleHasAReasonAndStandsOnce(t *testing.T) {
	seen := map[[2]string]bool{}
	for _, e := range slices.Concat(allowedEdges(), testEdges()) {
		key := [2]string{e.from, e.to}
		if e.why == "" || seen[key] {
			t.Errorf("%s -> %s: no reason, or a second line", e.from, e.to)
		}
		seen[key] = true
	}
}

func TestAdaptersDoNotKnowEachOther(t *testing.T) {
	adapters := []string{"server/api", "server/automation", "server/discovery", "server/hub", "server/link", "server/notify"}
	for _, e := range allowedEdges() {
		if slices.Contains(adapters, e.from) && strings.HasPrefix(e.to, "server") {
			t.Errorf("%s -> %s: app joins adapters through interfaces that their users declare", e.from, e.to)
		}
	}
}

func TestForeignModulesStayWithTheirOwners(t *testing.T) {
	for _, f := range sourceFiles(t) {
		for _, imported := range f.imports {
			for _, o := range owners() {
				if !within(imported, o.imported) || slices.Contains(o.by, f.pkg) || f.test {
					continue
				}
				t.Errorf("%s: %s may not import %s: %s", f.name, f.pkg, imported, o.why)
			}
		}
	}
}

func TestPurePackagesHaveNoWayToTheWorld(t *testing.T) {
	world := []string{"net", "os", "log", "syscall", "database", "C"}
	for _, f := range sourceFiles(t) {
		if f.test || f.ignored || !slices.Contains(pure(), f.pkg) {
			continue
		}
		for _, imported := range f.imports {
			if imported == "net/url" { // reads texts, and goes nowhere
				continue
			}
			if slices.ContainsFunc(world, func(w string) bool { return within(imported, w) }) {
				t.Errorf("%s: %s is pure and may not import %s", f.name, f.pkg, imported)
			}
		}
	}
}

// source is one Go file and what it imports.
type source struct {
	name    string // relative to the module's root
	pkg     string // its directory
	test    bool
	ignored bool // left out of builds (go:build ignore): a generator
	imports []string
}

// ours returns the imported packages of this module, relative to its root.
func (s source) ours() []string {
	var found []string
	for _, imported := range s.imports {
		if imported == module {
			found = append(found, ".")
		} else if rest, ok := strings.CutPrefix(imported, module+"/"); ok {
			found = append(found, rest)
		}
	}
	return found
}

// sourceFiles parses every Go file of the module, whatever its build tags.
func sourceFiles(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var found []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "node_modules" || base == "build" || base == "testdata" ||
				strings.HasPrefix(base, ".") && name != root {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parseSource(root, name)
		found = append(found, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 10 {
		t.Fatalf("found %d Go files: is %s still the module's root?", len(found), root)
	}
	return found
}

func parseSource(root, name string) (source, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	rel, err := filepath.Rel(root, name)
	if err != nil {
		return source{}, err
	}
	rel = filepath.ToSlash(rel)
	s := source{name: rel, pkg: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go")}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		s.imports = append(s.imports, imported)
	}
	for _, group := range parsed.Comments {
		for _, c := range group.List {
			s.ignored = s.ignored || c.Text == "//go:build ignore"
		}
	}
	return s, nil
}

// within reports whether an import path is base or lies below it.
func within(imported, base string) bool {
	return imported == base || strings.HasPrefix(imported, base+"/")
}
