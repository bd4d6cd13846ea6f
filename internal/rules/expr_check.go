package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"hob/internal/diag"
	"hob/internal/entity"
)

// Bounds of an expression. With them, and without anything that goes through lists, it takes
// microseconds at most.
const (
	MaxExpression = 500 // bytes
	maxExprNodes  = 200
)

// ExprError says what is wrong with an expression, and where.
type ExprError struct {
	Code        diag.Code
	From, Width int // code points of the expression's text; both 0: all of it
	Message     string
	Suggestion  string
	Unknown     string // a name that is no entity's, for which there may be a better suggestion
}

func (e *ExprError) Error() string { return e.Message }

// ExprName is a place of an expression that names an entity.
type ExprName struct {
	Entity      entity.ID
	From, Width int // code points
}

// CheckExpr checks an expression against a house: its grammar, its names, and that numbers are
// compared with numbers and words with words that can come. spec gives an entity's declaration, of
// which only what rules can ask has to be filled in. It returns where entities are named; the error
// is nil if nothing is wrong.
func CheckExpr(text string, spec func(entity.ID) (entity.Spec, bool)) ([]ExprName, *ExprError) {
	c, wrong := checkExpr(text, spec)
	if wrong == nil {
		if _, err := new(ground).cut(c, c.tree.Node); err != nil { // what it has is right, and still it cannot run
			wrong = &ExprError{Code: diag.BadExpression, Message: "this expression cannot be calculated: " + firstLine(err.Error())}
		}
	}
	return c.names, wrong
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// exprCheck goes through a tree once, finds what each part is, refuses whatever is not listed here,
// and gives names the form in which they run.
type exprCheck struct {
	spec  func(entity.ID) (entity.Spec, bool)
	names []ExprName
	refs  map[string]ref // by key
	tree  *parser.Tree
}

func checkExpr(text string, spec func(entity.ID) (entity.Spec, bool)) (*exprCheck, *ExprError) {
	c := &exprCheck{spec: spec, refs: make(map[string]ref)}
	if len(text) > MaxExpression {
		return c, &ExprError{Code: diag.BadExpression, Message: fmt.Sprintf("an expression is one line of at most %d characters", MaxExpression)}
	}
	config := conf.CreateNew()
	config.MaxNodes = maxExprNodes
	tree, err := parser.ParseWithConfig(text, config)
	if err != nil {
		return c, grammarError(err)
	}
	c.tree = tree
	kind, wrong := c.check(&tree.Node)
	if wrong == nil {
		wrong = want(tree.Node, kind, exprTruth)
	}
	if wrong != nil && wrong.Code == "" {
		wrong.Code = diag.BadExpression
	}
	return c, wrong
}

func grammarError(err error) *ExprError {
	e := &ExprError{Code: diag.BadExpression, Message: "this is no expression", Suggestion: `write such as bath.target < 18 && anna == "home"`}
	var at *file.Error
	if errors.As(err, &at) {
		e.Message += ": " + strings.ToLower(at.Message)
		e.From, e.Width = at.From, max(at.To-at.From, 1)
	}
	return e
}

// check finds what a part is. Its depth is bounded by maxExprNodes.
func (c *exprCheck) check(at *ast.Node) (exprKind, *ExprError) {
	switch n := (*at).(type) {
	case *ast.BoolNode:
		return exprTruth, nil
	case *ast.IntegerNode, *ast.FloatNode:
		return exprNumber, nil
	case *ast.StringNode:
		return exprText, nil
	case *ast.IdentifierNode:
		return c.name(n)
	case *ast.MemberNode:
		return c.member(at, n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.BuiltinNode:
		return c.call(n)
	case *ast.PredicateNode, *ast.PointerNode, *ast.ArrayNode, *ast.MapNode, *ast.SliceNode:
		return "", wrongAt(n, "an expression cannot go through lists", "write out what has to hold")
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return "", wrongAt(n, "an expression is one condition, without variables", "write out what has to hold")
	case *ast.NilNode, *ast.ChainNode:
		return "", wrongAt(n, "nothing is nil here: while something is not known, the rule does not run", "delete this part")
	}
	return "", wrongAt(*at, fmt.Sprintf("an expression has no %s", excerpt((*at).String())), "write out what has to hold")
}

// name is an entity's state.
func (c *exprCheck) name(n *ast.IdentifierNode) (exprKind, *ExprError) {
	id := entity.ID(n.Value)
	spec, ok := c.spec(id)
	if !ok {
		e := wrongAt(n, fmt.Sprintf("there is no entity %q", excerpt(n.Value)), "")
		e.Unknown = n.Value
		return "", e
	}
	c.noteName(id, n)
	state := refs(id, spec)[0]
	c.refs[state.key()] = state
	return exprText, nil
}

func (c *exprCheck) noteName(id entity.ID, n ast.Node) {
	at := n.Location()
	name := ExprName{id, at.From, at.To - at.From}
	if !slices.Contains(c.names, name) { // a chain of comparisons has its middle twice
		c.names = append(c.names, name)
	}
}

// member is something of an entity: bath.target.
func (c *exprCheck) member(at *ast.Node, n *ast.MemberNode) (exprKind, *ExprError) {
	owner, isName := n.Node.(*ast.IdentifierNode)
	property, isText := n.Property.(*ast.StringNode)
	if !isName || !isText || n.Method || n.Optional {
		return "", wrongAt(n, "only an entity has something after a dot", "write such as bath.target")
	}
	id := entity.ID(owner.Value)
	spec, ok := c.spec(id)
	if !ok {
		_, wrong := c.name(owner)
		return "", wrong
	}
	c.noteName(id, owner)
	var known []string
	for _, r := range refs(id, spec) {
		if r.property == property.Value {
			c.refs[r.key()] = r
			flat := &ast.IdentifierNode{Value: r.key()}
			flat.SetLocation(file.Location{From: owner.Location().From, To: property.Location().To})
			*at = flat
			return r.kind, nil
		}
		known = append(known, r.property)
	}
	e := wrongAt(property, fmt.Sprintf("%s has no %q", describe(id, spec), excerpt(property.Value)), "it has "+orList(known))
	if near := diag.Nearest(property.Value, known); near != "" {
		e.Suggestion = fmt.Sprintf("did you mean %s.%s?", id, near)
	}
	return "", e
}

func (c *exprCheck) unary(n *ast.UnaryNode) (exprKind, *ExprError) {
	kind, wrong := c.check(&n.Node)
	if wrong != nil {
		return "", wrong
	}
	if n.Operator == "-" || n.Operator == "+" {
		return exprNumber, want(n.Node, kind, exprNumber)
	}
	return exprTruth, want(n.Node, kind, exprTruth)
}

func (c *exprCheck) conditional(n *ast.ConditionalNode) (exprKind, *ExprError) {
	kind, wrong := c.check(&n.Cond)
	if wrong == nil {
		wrong = want(n.Cond, kind, exprTruth)
	}
	if wrong != nil {
		return "", wrong
	}
	first, wrong := c.check(&n.Exp1)
	if wrong != nil {
		return "", wrong
	}
	second, wrong := c.check(&n.Exp2)
	if wrong == nil {
		wrong = want(n.Exp2, second, first)
	}
	return first, wrong
}

// call allows the functions that take numbers and give one.
func (c *exprCheck) call(n *ast.BuiltinNode) (exprKind, *ExprError) {
	known := []string{"abs", "ceil", "floor", "round", "min", "max"}
	if !slices.Contains(known, n.Name) {
		return "", wrongAt(n, fmt.Sprintf("an expression cannot use %s: it neither goes through lists nor looks at the time", excerpt(n.Name)),
			"it knows "+orList(known)+"; for times, use the conditions time, days and sun")
	}
	for i := range n.Arguments {
		kind, wrong := c.check(&n.Arguments[i])
		if wrong == nil {
			wrong = want(n.Arguments[i], kind, exprNumber)
		}
		if wrong != nil {
			return "", wrong
		}
	}
	if one := n.Name != "min" && n.Name != "max"; len(n.Arguments) == 0 || one && len(n.Arguments) != 1 {
		return "", wrongAt(n, n.Name+" has the wrong number of arguments", fmt.Sprintf("write such as %s(bath.target)", n.Name))
	}
	return exprNumber, nil
}

// want is the mistake of a part that is something else than what its place needs.
func want(n ast.Node, is, needed exprKind) *ExprError {
	if is == needed {
		return nil
	}
	e := wrongAt(n, fmt.Sprintf("%s is %s, not %s", excerpt(n.String()), is, needed), "")
	name, isName := n.(*ast.IdentifierNode)
	switch {
	case needed == exprTruth && is == exprNumber:
		e.Suggestion = fmt.Sprintf("compare it, such as %s > 20", excerpt(n.String()))
	case needed == exprTruth:
		e.Suggestion = fmt.Sprintf(`compare it, such as %s == "on"`, excerpt(n.String()))
	case needed == exprNumber && isName && is == exprText:
		e.Suggestion = fmt.Sprintf("%s is the state; its numbers stand after a dot, such as %[1]s.value of a sensor", name.Value)
	}
	return e
}

func wrongAt(n ast.Node, message, suggestion string) *ExprError {
	from, to := extent(n)
	return &ExprError{From: from, Width: max(to-from, 1), Message: message, Suggestion: suggestion}
}

// extent is where a part with all that is in it stands: an operator's own place is its sign.
func extent(n ast.Node) (from, to int) {
	v := &extentVisitor{from: n.Location().From, to: n.Location().To}
	ast.Walk(&n, v)
	return v.from, v.to
}

type extentVisitor struct{ from, to int }

// Visit implements ast.Visitor.
func (v *extentVisitor) Visit(n *ast.Node) {
	at := (*n).Location()
	v.from, v.to = min(v.from, at.From), max(v.to, at.To)
}

// excerpt shortens what is quoted in messages.
func excerpt(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func describe(id entity.ID, spec entity.Spec) string {
	return fmt.Sprintf("the %s %q", strings.ReplaceAll(string(spec.Kind()), "_", " "), id)
}

// orList writes "a, b or c".
func orList(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}
