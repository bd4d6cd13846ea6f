package rules

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/checker"
	exprcompiler "github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"hob/internal/entity"
)

// An expression is cut at its &&, || and !, which are judged in three values as all, any and not
// are. Each part between them is a program of its own, which is run only when all that it names is
// known: so something unknown is never taken for false or zero, and hides nothing that is certain
// without it.

func (g *ground) compileExpr(text string) (condition, error) {
	checked, wrong := checkExpr(text, func(id entity.ID) (entity.Spec, bool) {
		spec, ok := g.specs[id]
		return spec, ok
	})
	if wrong != nil {
		return nil, fmt.Errorf("expression %q: %w", text, wrong)
	}
	return g.cut(checked, checked.tree.Node)
}

func (g *ground) cut(checked *exprCheck, n ast.Node) (condition, error) {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			inner, err := g.cut(checked, n.Node)
			return not{inner}, err
		}
	case *ast.BinaryNode:
		all := n.Operator == "&&" || n.Operator == "and"
		if all || n.Operator == "||" || n.Operator == "or" {
			left, err := g.cut(checked, n.Left)
			if err != nil {
				return nil, err
			}
			right, err := g.cut(checked, n.Right)
			if all {
				return allOf{left, right}, err
			}
			return anyOf{left, right}, err
		}
	}
	return g.program(checked, n)
}

// program compiles a part of an expression.
func (g *ground) program(checked *exprCheck, n ast.Node) (condition, error) {
	p := exprProgram{g: g, text: n.String(), idle: &sync.Pool{New: newExprMachine}}
	used := usedRefs(n, checked.refs)
	env := make(map[string]any, len(used))
	for _, r := range used {
		p.inputs = append(p.inputs, exprInput{r, r.key()})
		env[r.key()] = map[exprKind]any{exprNumber: 0.0, exprText: ""}[r.kind]
	}
	config := conf.New(env)
	config.MaxNodes = maxExprNodes
	config.Expect = reflect.Bool
	config.Functions[finite] = &builtin.Function{Name: finite, Func: finiteOnly, Types: []reflect.Type{reflect.TypeFor[func(float64) float64]()}}
	tree := &parser.Tree{Node: n, Source: checked.tree.Source}
	ast.Walk(&tree.Node, finitely{})
	if _, err := checker.Check(tree, config); err != nil {
		return nil, fmt.Errorf("%s: %w", p.text, err)
	}
	if err := optimizer.Optimize(&tree.Node, config); err != nil {
		return nil, fmt.Errorf("%s: %w", p.text, err)
	}
	program, err := exprcompiler.Compile(tree, config)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.text, err)
	}
	p.program = program
	return p, nil
}

// finite names a function that no expression can: it fails for what is no number, or
// beyond all of them. What cannot be calculated is not known.
const finite = "finite number"

func finiteOnly(args ...any) (any, error) {
	f, ok := args[0].(float64)
	if !ok || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, errNotFinite
	}
	return f, nil
}

var errNotFinite = errors.New("it is no finite number")

// finitely has every number that is calculated looked at, and whole ones calculated as
// all others are: they would wrap around.
type finitely struct{}

// Visit implements ast.Visitor.
func (finitely) Visit(n *ast.Node) {
	switch is := (*n).(type) {
	case *ast.IntegerNode:
		ast.Patch(n, &ast.FloatNode{Value: float64(is.Value)})
	case *ast.BinaryNode:
		if slices.Contains(arithmetic(), is.Operator) {
			ast.Patch(n, &ast.CallNode{Callee: &ast.IdentifierNode{Value: finite}, Arguments: []ast.Node{is}})
		}
	}
}

// usedRefs lists what a part names, in the order of the keys.
func usedRefs(n ast.Node, known map[string]ref) []ref {
	v := &refVisitor{known: known, found: make(map[string]ref)}
	ast.Walk(&n, v)
	var out []ref
	for _, key := range slices.Sorted(maps.Keys(v.found)) {
		out = append(out, v.found[key])
	}
	return out
}

type refVisitor struct{ known, found map[string]ref }

// Visit implements ast.Visitor.
func (v *refVisitor) Visit(n *ast.Node) {
	if id, ok := (*n).(*ast.IdentifierNode); ok {
		if r, ok := v.known[id.Value]; ok {
			v.found[id.Value] = r
		}
	}
}

// exprProgram is a part of an expression without && and ||.
type exprProgram struct {
	g       *ground
	text    string // as people would write it
	program *vm.Program
	inputs  []exprInput
	idle    *sync.Pool // of *exprMachine
}

// exprInput is a value that a program needs.
type exprInput struct {
	ref
	name string // in the program
}

// exprMachine is what it takes to run a program; it is used again.
type exprMachine struct {
	vm  vm.VM
	env map[string]any
}

func newExprMachine() any { return &exprMachine{env: make(map[string]any)} }

func (p exprProgram) verdict(w World, _ time.Time) Verdict {
	for i := range p.inputs {
		if in := &p.inputs[i]; !in.known(w.Entity(in.entity)) {
			return Unknown
		}
	}
	v, _ := p.run(w)
	return v
}

// run calculates, if all is known; without a result it says why.
func (p exprProgram) run(w World) (Verdict, string) {
	m, ok := p.idle.Get().(*exprMachine)
	if !ok { // there is nothing else in it
		return Unknown, "it cannot be calculated"
	}
	defer p.idle.Put(m)
	clear(m.env)
	for i := range p.inputs {
		in := &p.inputs[i]
		m.env[in.name] = in.value(w.Entity(in.entity))
	}
	result, err := m.vm.Run(p.program, m.env)
	if err != nil {
		return Unknown, "it cannot be calculated"
	}
	return verdict(result == true), ""
}

func (p exprProgram) trace(w World, _ time.Time) Trace {
	t := Trace{Text: p.text, Verdict: Unknown}
	for i := range p.inputs {
		in := &p.inputs[i]
		seen := w.Entity(in.entity)
		if !in.known(seen) {
			t.Why = p.g.unknown(w, in.entity, in.name)
			return t
		}
		if i > 0 {
			t.Value += ", "
		}
		t.Value += in.name + " is " + in.shown(p.g, seen)
	}
	if t.Verdict, t.Why = p.run(w); t.Verdict == No {
		t.Why = t.Text + " is not so"
		if t.Value != "" {
			t.Why = fmt.Sprintf("%s, so %s is not so", t.Value, t.Text)
		}
	}
	return t
}

// shown is a value with its unit.
func (in *exprInput) shown(g *ground, seen Seen) string {
	switch v := in.value(seen).(type) {
	case float64:
		return g.measured(in.entity, in.quantity, v)
	case string:
		if v != "" {
			return v
		}
	}
	return "none"
}
