package rules

import (
	"math"

	"github.com/expr-lang/expr/ast"

	"hob/internal/entity"
)

// formula is a condition in the form in which it can be solved: one of the types
// below.
type formula interface{}

type (
	allTrue []formula
	anyTrue []formula
	isFalse struct{ of formula }

	// wordIs says that something is one of the words that it can be.
	wordIs struct {
		of   variable
		word string
	}
	// levelIs says that a number is beyond a threshold.
	levelIs struct {
		of    variable
		below bool
		than  float64
	}
	// timeIs depends on nothing but the time.
	timeIs struct{ cond condition }
	// opaque is a part of an expression that nobody solves: it may be true or not.
	opaque struct {
		text string
		of   []entity.ID
	}
)

// variable is something that is so in the house: a state, a mode, a number.
type variable struct {
	entity   entity.ID
	property string // propertyState, a quantity, ...
}

func (v variable) String() string {
	return ref{entity: v.entity, property: v.property}.key()
}

// formula makes one of a condition; nil always holds.
func (g *ground) formula(c entity.RuleCondition) (formula, error) {
	switch c := c.(type) {
	case nil:
		return allTrue{}, nil
	case entity.All:
		parts, err := g.formulas(c)
		return allTrue(parts), err
	case entity.Any:
		parts, err := g.formulas(c)
		return anyTrue(parts), err
	case entity.Not:
		inner, err := g.formula(c.Condition)
		return isFalse{inner}, err
	case entity.InState:
		return wordIs{variable{c.Entity, propertyState}, c.State}, nil
	case entity.AtLevel:
		return levelIs{variable{c.Entity, string(c.Of)}, c.Below, c.Than}, nil
	case entity.Expr:
		checked, wrong := checkExpr(c.Text, g.spec)
		if wrong != nil {
			return nil, wrong
		}
		return checked.formula(checked.tree.Node), nil
	}
	cond, err := g.compileCondition(c)
	return timeIs{cond}, err
}

func (g *ground) formulas(list []entity.RuleCondition) ([]formula, error) {
	var out []formula
	for _, c := range list {
		f, err := g.formula(c)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (g *ground) spec(id entity.ID) (entity.Spec, bool) {
	spec, ok := g.specs[id]
	return spec, ok
}

// formula makes one of an expression. What it does not understand is opaque.
func (c *exprCheck) formula(n ast.Node) formula {
	switch n := n.(type) {
	case *ast.BoolNode:
		if n.Value {
			return allTrue{}
		}
		return anyTrue{}
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			return isFalse{c.formula(n.Node)}
		}
	case *ast.BinaryNode:
		if f := c.comparison(n); f != nil {
			return f
		}
	}
	out := opaque{text: n.String()}
	for _, r := range usedRefs(n, c.refs) {
		out.of = append(out.of, r.entity)
	}
	return out
}

// comparison understands those of a name with something that is written out.
func (c *exprCheck) comparison(n *ast.BinaryNode) formula {
	switch n.Operator {
	case "&&", "and":
		return allTrue{c.formula(n.Left), c.formula(n.Right)}
	case "||", "or":
		return anyTrue{c.formula(n.Left), c.formula(n.Right)}
	case "in":
		if list, ok := n.Right.(*ast.ArrayNode); ok {
			return c.oneOf(n.Left, list)
		}
		return nil
	}
	name, other, op := n.Left, n.Right, n.Operator
	if _, ok := name.(*ast.IdentifierNode); !ok { // 18 > bath.target is bath.target < 18
		name, other = other, name
		if turned, ok := map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<="}[op]; ok {
			op = turned
		}
	}
	of, ok := c.variable(name)
	if !ok {
		return nil
	}
	if word, ok := other.(*ast.StringNode); ok {
		return equality(op, wordIs{of, word.Value})
	}
	if than, ok := literal(other); ok {
		return level(op, of, than)
	}
	return nil
}

func (c *exprCheck) oneOf(name ast.Node, list *ast.ArrayNode) formula {
	of, ok := c.variable(name)
	var out anyTrue
	for _, one := range list.Nodes {
		word, isText := one.(*ast.StringNode)
		if !ok || !isText {
			return nil
		}
		out = append(out, wordIs{of, word.Value})
	}
	return out
}

func (c *exprCheck) variable(n ast.Node) (variable, bool) {
	id, ok := n.(*ast.IdentifierNode)
	if !ok {
		return variable{}, false
	}
	r, ok := c.refs[id.Value]
	return variable{r.entity, r.property}, ok && (r.words != nil || r.kind == exprNumber)
}

func equality(op string, is wordIs) formula {
	switch op {
	case "==":
		return is
	case "!=":
		return isFalse{is}
	}
	return nil
}

func level(op string, of variable, than float64) formula {
	below, above := levelIs{of, true, than}, levelIs{of, false, than}
	switch op {
	case "<":
		return below
	case ">":
		return above
	case "<=":
		return isFalse{above}
	case ">=":
		return isFalse{below}
	case "==":
		return allTrue{isFalse{below}, isFalse{above}}
	case "!=":
		return anyTrue{below, above}
	}
	return nil
}

func literal(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return float64(n.Value), true
	case *ast.FloatNode:
		return n.Value, !math.IsNaN(n.Value)
	case *ast.UnaryNode:
		f, ok := literal(n.Node)
		if n.Operator == "-" {
			f = -f
		}
		return f, ok && (n.Operator == "-" || n.Operator == "+")
	}
	return 0, false
}

// visit calls f with every part that is no combination of others.
func visit(of formula, f func(formula)) {
	switch of := of.(type) {
	case allTrue:
		for _, p := range of {
			visit(p, f)
		}
	case anyTrue:
		for _, p := range of {
			visit(p, f)
		}
	case isFalse:
		visit(of.of, f)
	default:
		f(of)
	}
}
