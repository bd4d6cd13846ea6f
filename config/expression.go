package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

const (
	maxExpression = 500 // bytes
	maxExprNodes  = 200
)

// expression checks an expression's grammar, and that the names in it are those
// of entities and of what they have. A name alone is the entity's state.
func (c *ruleCheck) expression(node *yaml.Node) *problem {
	raw := node.Value
	if len(raw) > maxExpression || strings.ContainsFunc(raw, unprintable) {
		return &problem{code: diag.BadExpression, message: fmt.Sprintf("an expression is one line of at most %d characters", maxExpression)}
	}
	config := conf.CreateNew()
	config.MaxNodes = maxExprNodes
	tree, err := parser.ParseWithConfig(raw, config)
	if err != nil {
		return exprSyntax(err)
	}
	w := &exprWalk{check: c, text: node}
	ast.Walk(&tree.Node, w)
	return w.found
}

func exprSyntax(err error) *problem {
	p := &problem{code: diag.BadExpression, message: "this is no expression", suggestion: "write such as bath.target < 18 && anna == \"home\""}
	var at *file.Error
	if errors.As(err, &at) {
		p.message += ": " + strings.ToLower(at.Message)
		p.part = part{at.From, max(at.To-at.From, 1)}
	}
	return p
}

// exprWalk visits a tree from its leaves up, and keeps the first mistake.
type exprWalk struct {
	check *ruleCheck
	text  *yaml.Node
	found *problem
}

// Visit implements ast.Visitor.
func (w *exprWalk) Visit(node *ast.Node) {
	p := w.wrong(*node)
	if p == nil || w.found != nil {
		return
	}
	at := (*node).Location()
	if p.part == (part{}) {
		p.part = part{at.From, max(at.To-at.From, 1)}
	}
	p.code = diag.BadExpression
	w.found = p
}

func (w *exprWalk) wrong(node ast.Node) *problem {
	switch n := node.(type) {
	case *ast.PredicateNode, *ast.PointerNode:
		return &problem{message: "an expression cannot go through lists", suggestion: "write out what has to hold"}
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return &problem{message: "an expression is one condition, without variables", suggestion: "write out what has to hold"}
	case *ast.IdentifierNode:
		if _, ok := w.check.byID[entity.ID(n.Value)]; !ok {
			return &problem{message: fmt.Sprintf("there is no entity %s", quote(n.Value)),
				suggestion: w.check.r.didYouMean(n.Value, w.check.stateful, "")}
		}
		at := n.Location()
		w.check.mention(entity.ID(n.Value), w.text, part{at.From, at.To - at.From})
	case *ast.MemberNode:
		return w.member(n)
	}
	return nil
}

func (w *exprWalk) member(n *ast.MemberNode) *problem {
	id, isName := n.Node.(*ast.IdentifierNode)
	property, isText := n.Property.(*ast.StringNode)
	if !isName || !isText || n.Method {
		return &problem{message: "only an entity has something after a dot", suggestion: "write such as bath.target"}
	}
	it, ok := w.check.byID[entity.ID(id.Value)]
	if !ok {
		return nil // told where the name is
	}
	known := properties(it)
	if slices.Contains(known, property.Value) {
		return nil
	}
	return &problem{message: fmt.Sprintf("%s has no %s", describeItem(it), quote(property.Value)), suggestion: "it has " + oneOf(known)}
}

// properties are what an expression can ask of an entity (docs/api.md, attributes).
func properties(it item) []string {
	out := []string{"state"}
	switch y := it.body.(type) {
	case *lightYAML:
		if _, drive := it.light(); drive != entity.DrivePin {
			out = append(out, "brightness")
		}
	case *sensorYAML:
		out = append(out, "value")
		if (&entity.Sensor{Type: y.sort()}).MeasuresHumidity() {
			out = append(out, "humidity")
		}
	case *thermostatYAML:
		out = append(out, "temperature", "target", "mode", "preset")
	}
	return out
}
